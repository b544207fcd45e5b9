/** What a comparison found, for the terminal and as JSON: how often each word occurred, and each difference step by step. */
import { grouped } from '../../../sim-core/index.ts';
import { columns, type Style } from '../reporters/style.ts';
import { unstableMax, type Comparison, type Difference, type Sighting } from './comparison.ts';
import type { Twin } from './twin.ts';

export interface Outcome<Step> extends Comparison<Step> {
  readonly version: string;
  readonly seed: number;
  readonly seconds: number;
}

export function asText<Step>(twin: Twin<Step>, outcome: Outcome<Step>, style: Style): string {
  const { version, scripts, steps, seed, seconds, different, differences, unshrunk } = outcome;
  const heading = `${twin.name}: the model beside ${version}, ${grouped(scripts)} scripts of seed ${seed}, ${grouped(steps)} steps in ${seconds.toFixed(1)} s`;
  const blocks = differences.map((difference) => differenceText(twin, difference, seed, style));
  if (unshrunk.length > 0) blocks.push(`${moreText(unshrunk)}\n`);
  const verdict =
    different === 0
      ? style.good('No answer differs.')
      : style.bad(`${grouped(different)} ${different === 1 ? 'script differs' : 'scripts differ'}.`);
  return [
    style.strong(heading),
    '',
    wordTable(outcome, style),
    '',
    ...blocks,
    ...unstableText(outcome, style),
    verdict,
    '',
  ].join('\n');
}

/** An outcome, and whose it is. */
export interface NamedOutcome<Step> extends Outcome<Step> {
  readonly twin: string;
}

export function asJson<Step>(outcomes: readonly NamedOutcome<Step>[]): string {
  const results = outcomes.map(({ occurrences, ...rest }) => ({
    ...rest,
    occurrences: Object.fromEntries(occurrences),
  }));
  return `${JSON.stringify({ results }, null, 2)}\n`;
}

/** What differed once only, and how much of that there may be. */
function unstableText<Step>({ unstable, scripts }: Outcome<Step>, style: Style): string[] {
  if (unstable.length === 0) return [];
  const max = unstableMax(scripts);
  const count = `${unstable.length} differed among others and not when played alone; of ${grouped(scripts)} at most ${max} may.`;
  return [unstable.length > max ? style.bad(count) : count, ...unstable.map(sightingText)];
}

const moreText = (unshrunk: readonly Sighting[]): string =>
  [
    `${grouped(unshrunk.length)} more ${unshrunk.length === 1 ? 'script differs' : 'scripts differ'}:`,
    ...unshrunk.map(sightingText),
  ].join('\n');

const sightingText = ({ number, at, model, server }: Sighting): string =>
  [
    `  Script ${number}, step ${at + 1}`,
    `    model   ${JSON.stringify(model)}`,
    `    server  ${JSON.stringify(server)}`,
  ].join('\n');

/** The words in columns of a page's width, each with the number of scripts that did it. */
function wordTable<Step>({ occurrences }: Outcome<Step>, style: Style): string {
  const cells = [...occurrences].map(([word, count]) => [word, String(count)]);
  const perLine = 3;
  const lines = Math.ceil(cells.length / perLine);
  const rows = Array.from({ length: lines }, (_, line) =>
    Array.from({ length: perLine }, (__, column) => cells[column * lines + line] ?? ['', '']).flat(),
  );
  return [
    style.faint('In how many of the scripts each operation and argument was done:'),
    ...columns(rows, [1, 3, 5]),
  ].join('\n');
}

function differenceText<Step>(twin: Twin<Step>, difference: Difference<Step>, seed: number, style: Style): string {
  const { number, steps, script, at, model, server } = difference;
  const shrunk = script.length < steps ? `, shrunk from ${steps} steps to ${script.length}` : '';
  const lines = script.slice(0, at + 1).map((step, i) => `${i === at ? '>' : ' '} ${i + 1}. ${twin.line(step)}`);
  return [
    style.strong(`Script ${number} of seed ${seed}${shrunk}: step ${at + 1} differs`),
    ...lines,
    `  model   ${JSON.stringify(model[at])}`,
    `  server  ${JSON.stringify(server[at])}`,
    '',
  ].join('\n');
}
