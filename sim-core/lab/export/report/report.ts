/**
 * A run as one HTML file to be read, sent and printed: what was asked, whether it came out so, the charts that tell the story,
 * the slowest request, and how to compute all of it again. It holds all that it shows; nothing is fetched and nothing runs.
 */
import { SECOND } from '../../../kernel/time.ts';
import { grouped } from '../../../statistics/figures.ts';
import { quantity } from '../../../statistics/quantity.ts';
import { heldText, verdictOfClaims } from '../../claims-verdict.ts';
import { formatIntervention } from '../../intervention.ts';
import { formatValue } from '../../parameters.ts';
import type { Recording } from '../../recording.ts';
import { chartsOf, resolveParameters, type Scenario } from '../../scenario.ts';
import { thresholdsOf } from '../../thresholds.ts';
import type { ExportedRun } from '../exported-run.ts';
import { curveFigure, signalFigure, summaryText } from './figure.ts';
import { code, escaped, table } from './markup.ts';
import { STYLE } from './style.ts';
import { waterfall } from './waterfall.ts';

export function htmlReport(run: ExportedRun): string {
  const { recording, scenario } = run;
  const { header } = recording;
  const title = `${scenario.title}: ${header.variant}, seed ${header.seed}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<header>
<h1>${escaped(scenario.title)}</h1>
<p class="soft">${escaped(`${scenario.id}, handbook ${scenario.section}`)}</p>
<p>${escaped(scenario.question)}</p>
</header>
<main>
${verdict(recording, scenario)}
<h2>What happened</h2>
${figures(recording, scenario)}
${slowest(run)}
<h2>All signals</h2>
${signals(recording)}
<h2>The system</h2>
${table(
  ['Component', 'Kind', 'What it is'],
  recording.components.map(({ name, kind, help }) => [code(name), kind, escaped(help)]),
)}
<h2>The run</h2>
${inputs(recording, scenario)}
</main>
<footer>Brownout ${escaped(header.engine)}. Whoever computes the run again gets <code>${header.digest}</code>.</footer>
</html>
`;
}

/** What the variant is held to, and how it came out. */
function verdict({ header, expectations, simulated }: Recording, { roles }: Scenario): string {
  const { variant, duration } = header;
  const what = `<code>${escaped(variant)}</code> (${roles[variant]}), seed ${escaped(String(header.seed))}`;
  if (simulated < duration) {
    const reached = quantity(simulated / SECOND, 's');
    return `<p>${what}: the run ended at ${reached}, before its time, and is not judged.</p>`;
  }
  const { role, sign } = MARKS[verdictOfClaims(expectations)];
  const rows = expectations.map(({ text, pass, actual, limit, unit, notClaimed }) => [
    escaped(text),
    quantity(actual, unit),
    quantity(limit, unit),
    notClaimed !== undefined
      ? escaped(`not claimed: ${notClaimed}`)
      : pass
        ? '<span class="ok">✓ holds</span>'
        : '<span class="failed">✗ does not hold</span>',
  ]);
  return `<p class="verdict ${role}">${sign} ${heldText(expectations)}</p>
<p>${what}</p>
${table(['Expectation', 'Measured', 'Limit', 'Verdict'], rows, [1, 2])}`;
}

const MARKS = {
  held: { role: 'ok', sign: '✓' },
  failed: { role: 'failed', sign: '✗' },
  unclaimed: { role: 'soft', sign: '–' },
} as const;

/** The charts of the scenario, in its order. */
function figures(recording: Recording, scenario: Scenario): string {
  const { header, signals } = recording;
  const thresholds = thresholdsOf(scenario, header.variant, header.params);
  return chartsOf(scenario, header.params)
    .map((chart) => {
      const signal = signals.find(({ name }) => name === chart);
      if (signal) return signalFigure(recording, signal, thresholds);
      const curve = signals.filter(({ point }) => point?.curve === chart);
      return curve.length > 0 ? curveFigure(curve) : '';
    })
    .join('\n');
}

/** The one that took longest of those that were exported. */
function slowest({ requests, chosen }: ExportedRun): string {
  const lengthOf = ({ spans: [root] }: (typeof requests)[number]): number => (root.ended ? root.end - root.start : 0);
  const longest = requests
    .filter(({ request }) => chosen.slowest.has(request))
    .reduce<(typeof requests)[number] | undefined>(
      (most, one) => (most === undefined || lengthOf(one) > lengthOf(most) ? one : most),
      undefined,
    );
  return longest === undefined ? '' : waterfall(longest);
}

function signals({ signals: all }: Recording): string {
  const rows = all.map((signal) => [code(signal.name), escaped(signal.help), escaped(summaryText(signal))]);
  return table(['Signal', 'What it is', 'After the warm-up'], rows);
}

/** What it was computed from, and the command that computes it again. */
function inputs(recording: Recording, scenario: Scenario): string {
  const { header, simulated, events, facts } = recording;
  const { variant, seed, params, interventions } = header;
  const own = resolveParameters(scenario, variant, {});
  const changed = Object.keys(params).filter((name) => params[name] !== own[name]);
  const valueOf = (name: string): string => formatValue(scenario.params[name], params[name]);
  const command = [
    `brownout run ${scenario.id} --variant ${variant} --seed ${seed}`,
    ...changed.map((name) => `--set ${name}=${valueOf(name)}`),
    ...interventions.map((intervention) => `--at ${formatIntervention(intervention)}`),
  ].join(' ');
  const rows = Object.entries(scenario.params).map(([name, { help }]) => [
    code(name),
    `${escaped(valueOf(name))}${changed.includes(name) ? ' <span class="soft">(changed)</span>' : ''}`,
    escaped(help),
  ]);
  const sampled = facts.sampledOneIn > 1 ? `, facts of one request in ${facts.sampledOneIn}` : '';
  return `<pre><code>${escaped(command)}</code></pre>
<p>${quantity(simulated / SECOND, 's')} of simulated time, ${grouped(events.total)} events${sampled}.</p>
${table(['Parameter', 'Value', 'What it is'], rows)}`;
}
