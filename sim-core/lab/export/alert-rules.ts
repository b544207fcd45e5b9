/**
 * A scenario's expectations as alerts for Prometheus: each fires where the claim that it is made of is refuted. Of a pitfall's
 * run they are the claims of the remedies that repair it, since what a pitfall is held to is that it goes wrong; of any other
 * run those of its own variant. Claims that ask for what is not exported are remarks in the file.
 *
 * They are about a run: limits are those of its parameters, windows as long as it was measured. What pages a team all year are the
 * alerts that a scenario's team has itself, on burn rates for instance (`observability/export/prometheus-rules.ts`); they stand before
 * them as groups of their own.
 */
import { inPromql, ruleFile, type AlertRule } from '../../observability/export/rule-file.ts';
import { readable } from '../../statistics/figures.ts';
import type { Expectation } from '../expectation.ts';
import type { RecordedSignal, RecordingHeader } from '../recording.ts';
import { pitfallOf, type Scenario } from '../scenario.ts';
import type { ExportedRun } from './exported-run.ts';
import { RunQueries } from './promql.ts';

/** An alert, and the claim that it holds a run to. */
export interface ClaimAlert {
  readonly rule: AlertRule;
  readonly expectation: Expectation;
}

export function alertRules({ recording, scenario }: ExportedRun): string {
  const { header, signals } = recording;
  const { alerts, unsaid } = claimAlerts(scenario, header, signals);
  const remarks = [
    `${scenario.title} (${scenario.id}), ${header.variant}: an alert for each claim of ${claimants(scenario, header.variant).join(', ')}.`,
    ...unsaid.map((claim) => `Not said by what is exported: ${claim}.`),
  ];
  const rules = alerts.map(({ rule }) => rule);
  const own = scenario.alerts?.(header.params as never) ?? [];
  const { interval: row } = new RunQueries(header);
  for (const { name, interval } of own) {
    remarks.push(`${name}: what the team has itself; Prometheus evaluates it every ${inPromql(interval)}.`);
  }
  if (own.length > 0) {
    const few = 'a rate needs two, which a window of less than two rows need not have';
    remarks.push(`Samples of this run's export are ${inPromql(row)} apart, a row: ${few}.`);
  }
  return ruleFile([...own, { name: scenario.id, interval: row, rules }], remarks);
}

/** The claims that a run is held to, as alerts, and in words those that cannot be. */
export function claimAlerts(
  scenario: Scenario,
  header: RecordingHeader,
  signals: readonly RecordedSignal[],
): { readonly alerts: readonly ClaimAlert[]; readonly unsaid: readonly string[] } {
  const queries = new RunQueries(header);
  const alerts = new Map<string, ClaimAlert>();
  const unsaid = new Set<string>();
  for (const variant of claimants(scenario, header.variant)) {
    for (const expectation of scenario.expect[variant]) {
      const { claim } = expectation;
      const { text } = claim?.measure ?? { text: 'a claim in code' };
      const bound = claim?.bound === 'at most' ? 'above' : 'below';
      const limit = claim?.limit(header.params) ?? NaN;
      const expr = claim && queries.beyond(claim.measure, signals, bound, limit);
      const words = `${text} is ${claim?.bound ?? ''} ${readable(limit)}`;
      if (expr === undefined || !Number.isFinite(limit)) unsaid.add(words);
      else if (!alerts.has(expr)) {
        const name = alertName(text, bound);
        const labels = { severity: 'warning', scenario: scenario.id, claim_of: variant };
        const annotations = { summary: `${scenario.title}: not so that ${words}` };
        alerts.set(expr, { rule: { alert: name, expr, for: 0, labels, annotations }, expectation });
      }
    }
  }
  return { alerts: [...alerts.values()], unsaid: [...unsaid] };
}

/** Whose claims a run is held to. */
function claimants(scenario: Scenario, variant: string): string[] {
  const remedies = Object.keys(scenario.variants).filter((other) => pitfallOf(scenario, other) === variant);
  return scenario.roles[variant] === 'pitfall' && remedies.length > 0 ? remedies : [variant];
}

/** `peak of db.client.operation.rate` above its limit is `PeakOfDbClientOperationRateAbove`. */
function alertName(text: string, bound: 'above' | 'below'): string {
  const words = `${text} ${bound}`.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}
