/** From rules by an Alertmanager to a pager: what is sent, when somebody is told, and what becomes of what cannot be sent. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MINUTE, ms, SECOND, toSeconds } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { Alertmanager, ROUTE_DEFAULTS } from '../../../../sim-core/observability/slo/alertmanager.ts';
import { AlertingRule } from '../../../../sim-core/observability/slo/alerting-rule.ts';
import { Pager } from '../../../../sim-core/observability/slo/pager.ts';
import { RuleEvaluator } from '../../../../sim-core/observability/slo/rule-evaluator.ts';
import { alertChanged, pagerClosed, pagerOpened } from '../../../../sim-core/observability/slo/signals.ts';

/** A rule that holds in some minutes, evaluated every minute; and what was heard of it, in seconds. */
function lab(holds: (minute: number) => boolean) {
  const sim = new Simulation();
  const delay = constant(ms(100));
  const pager = new Pager(sim, { name: 'pager', help: 'Wakes somebody' });
  const manager = new Alertmanager(sim, {
    name: 'alertmanager',
    routes: [
      {
        ...ROUTE_DEFAULTS,
        matches: { severity: 'page' },
        receiver: new Link(sim, pager, { from: 'alertmanager', delay }),
        groupBy: ['service'],
      },
    ],
    inhibitRules: [],
  });
  const rule = new AlertingRule({ name: 'Errors', labels: { service: 'api', severity: 'page' }, for: 2 * MINUTE });
  const way = new Link(sim, manager, { from: 'prometheus', delay, timeout: 10 * SECOND });
  const evaluator = new RuleEvaluator(sim, {
    name: 'prometheus',
    help: 'Evaluates rules',
    rules: [{ rule, holding: () => (holds(sim.now / MINUTE) ? [{}] : []) }],
    interval: MINUTE,
    alertmanager: way,
  });
  const heard: [number, string][] = [];
  const note = (what: string): unknown => heard.push([toSeconds(sim.now), what]);
  sim.facts.channel(alertChanged).listen(({ to }) => note(to));
  sim.facts.channel(pagerOpened).listen(() => note('opened'));
  sim.facts.channel(pagerClosed).listen(() => note('closed'));
  return { sim, evaluator, heard, way };
}

describe('rules, an Alertmanager and a pager', () => {
  it('wake somebody after `for`, the group wait and the ways, and tell him that it is over at the next look', () => {
    const { sim, heard } = lab((minute) => minute >= 3 && minute < 10);
    sim.runUntil(30 * MINUTE);
    expect(heard).toEqual([
      [180, 'pending'],
      [300, 'firing'],
      [330.2, 'opened'],
      [600, 'inactive'],
      [630.2, 'closed'],
    ]);
  });

  it('wake nobody for what does not hold for long enough', () => {
    const { sim, heard } = lab((minute) => minute % 3 > 0);
    sim.runUntil(30 * MINUTE);
    expect(new Set(heard.map(([, what]) => what))).toEqual(new Set(['pending', 'inactive']));
  });

  it('tell later what could not be told, and count what was thrown away', () => {
    const { sim, evaluator, heard, way } = lab((minute) => minute >= 3);
    way.cut();
    sim.scheduleAt(6.5 * MINUTE, () => way.open(), undefined);
    sim.runUntil(10 * MINUTE);
    // What waited at the link arrives when it opens again; nobody waits for its answer any more.
    expect(heard.at(-1)).toEqual([390.2, 'opened']);
    expect(evaluator.state()).toEqual({ rules: 1, pending: 0, firing: 1, dropped: 1 });
  });

  it('begin anew after a crash, and what was told of a firing alert runs out meanwhile', () => {
    const { sim, evaluator, heard } = lab((minute) => minute >= 3);
    sim.scheduleAt(6.5 * MINUTE, () => evaluator.crash(12 * MINUTE), undefined);
    sim.runUntil(30 * MINUTE);
    expect(heard).toEqual([
      [180, 'pending'],
      [300, 'firing'],
      [330.2, 'opened'],
      // Last told of at five minutes, for four; the group is looked at every five, from five and a half on.
      [630.2, 'closed'],
      [1140, 'pending'],
      [1260, 'firing'],
      [1290.2, 'opened'],
    ]);
  });

  it('refuses an interval that is none', () => {
    const sim = new Simulation();
    const { way } = lab(() => false);
    const options = { name: 'p', help: '', rules: [], interval: 0, alertmanager: way };
    expect(() => new RuleEvaluator(sim, options)).toThrow('interval: 0 ns is not above 0');
  });
});
