/** A picture of one signal over the run, or of a curve, as SVG that needs no script and no style but the page's. */
import { SECOND } from '../../../kernel/time.ts';
import { quantity } from '../../../statistics/quantity.ts';
import type { RecordedSignal, Recording } from '../../recording.ts';
import type { Threshold } from '../../thresholds.ts';
import { at, escaped, picture } from './markup.ts';
import { ticksUpTo } from './ticks.ts';

const WIDTH = 660;
const HEIGHT = 200;
const LEFT = 74;
const RIGHT = 20;
const TOP = 14;
const BOTTOM = 24;

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A figure with its legend and what it is in a sentence. */
export function signalFigure(recording: Recording, signal: RecordedSignal, thresholds: readonly Threshold[]): string {
  const { header, simulated } = recording;
  const { interval, warmUp } = header;
  const middle = (row: number): number =>
    (row * interval + Math.min(interval, simulated - row * interval) / 2) / SECOND;
  const lines = columnsOf(signal).map(([name, column]): Line => {
    return { name, points: Array.from(column, (value, row) => [middle(row), value] as const) };
  });
  const limits = thresholds.filter((one) => one.signal === signal.name);
  const done = header.interventions.map(({ at: time, action, target }) => ({
    x: time / SECOND,
    name: `${action} ${target}`,
  }));
  const drawn = draw(lines, simulated / SECOND, signal.unit, 's', limits, warmUp / SECOND, done);
  return framed(signal.name, signal.help, lines, drawn, summaryText(signal));
}

/** All lines of a curve, over the sizes that it was measured at. */
export function curveFigure(signals: readonly RecordedSignal[]): string {
  const byLine = new Map<string, [number, number][]>();
  for (const { point, summary } of signals) {
    const points = byLine.get(point!.line) ?? [];
    byLine.set(point!.line, points);
    points.push([point!.at, summary.mean ?? summary.total ?? NaN]);
  }
  const lines = [...byLine].map(([name, points]): Line => ({ name, points: points.toSorted(([a], [b]) => a - b) }));
  const [{ point, unit }] = signals;
  const end = Math.max(...lines.flatMap(({ points }) => points.map(([x]) => x)));
  const drawn = draw(lines, end, unit, point!.axis, [], 0, []);
  return framed(point!.title, `Over ${point!.axis}`, lines, drawn, `${lines.length} lines`);
}

/** What a reader is shown of each kind of signal. */
function columnsOf({ kind, columns }: RecordedSignal): [name: string, column: Float64Array][] {
  switch (kind) {
    case 'counter':
      return [['in each interval', columns.count]];
    case 'gauge':
      return [
        ['mean', columns.mean],
        ['highest', columns.max],
      ];
    case 'histogram':
      return [
        ['p50', columns.p50],
        ['p95', columns.p95],
        ['p99', columns.p99],
      ];
    default:
      return [['mean', columns.mean]];
  }
}

/** Its summary in words: `mean 2.1 ms, p99 38 ms`. */
export function summaryText({ kind, unit, summary }: RecordedSignal): string {
  const figures = Object.entries(summary).map(([field, value]) => {
    const isCount = kind === 'histogram' && field === 'count';
    return `${field} ${quantity(value, isCount ? '1' : unit)}`;
  });
  return figures.join(', ');
}

function framed(title: string, help: string, lines: readonly Line[], drawn: string, summary: string): string {
  const legend =
    lines.length < 2
      ? ''
      : lines.map(({ name }, i) => `<span class="key line-${i % 6}">${escaped(name)}</span>`).join(' ');
  const label = `${title}: ${summary}`;
  return `<figure>
<figcaption><strong>${escaped(title)}</strong> ${escaped(help)} ${legend}</figcaption>
${picture(WIDTH, HEIGHT, label, drawn)}
</figure>`;
}

function draw(
  lines: readonly Line[],
  end: number,
  unit: string,
  axis: string,
  limits: readonly Threshold[],
  warmUp: number,
  done: readonly { readonly x: number; readonly name: string }[],
): string {
  const values = lines.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  // A limit that is far above all that was measured would leave nothing to see of it.
  const shown = limits.filter(({ value }) => value <= 3 * highest);
  const top = 1.05 * Math.max(highest, ...shown.map(({ value }) => value)) || 1;
  const x = (value: number): string => at(LEFT + (value / end) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): string => at(HEIGHT - BOTTOM - (Math.max(0, value) / top) * (HEIGHT - TOP - BOTTOM));
  const [left, right, floor] = [at(LEFT), at(WIDTH - RIGHT), at(HEIGHT - BOTTOM)];
  return [
    warmUp > 0
      ? `<rect class="warm" x="${left}" y="${TOP}" width="${at(Number(x(warmUp)) - LEFT)}" height="${at(HEIGHT - TOP - BOTTOM)}"><title>warm-up, left out of summaries</title></rect>`
      : '',
    ...ticksUpTo(top, 5).map(
      (tick) =>
        `<path class="grid" d="M${left} ${y(tick)}H${right}"/><text class="tick" x="${LEFT - 6}" y="${y(tick)}" dy="4" text-anchor="end">${escaped(quantity(tick, unit))}</text>`,
    ),
    ...ticksUpTo(end, 8).map(
      (tick) =>
        `<text class="tick" x="${x(tick)}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(axis === 's' ? quantity(tick, 's') : String(tick))}</text>`,
    ),
    `<path class="axis" d="M${left} ${floor}H${right}"/>`,
    ...shown.map(
      ({ value, label }) =>
        `<path class="limit" d="M${left} ${y(value)}H${right}"/><text class="limit-text" x="${right}" y="${y(value)}" dy="-4" text-anchor="end">${escaped(`${label} ${quantity(value, unit)}`)}</text>`,
    ),
    ...done.map(
      ({ x: time, name }) =>
        `<path class="deed" d="M${x(time)} ${TOP}V${floor}"><title>${escaped(name)}</title></path><text class="tick" x="${x(time)}" y="${TOP + 8}" dx="4">${escaped(name)}</text>`,
    ),
    ...lines.map(({ points }, i) => `<path class="line line-${i % 6}" d="${pathOf(points, x, y)}"/>`),
  ].join('');
}

/** Broken where there is no value; a value between two gaps is a dot. */
function pathOf(
  points: readonly (readonly [x: number, y: number])[],
  x: (value: number) => string,
  y: (value: number) => string,
): string {
  let path = '';
  let isOpen = false;
  points.forEach(([across, value], i) => {
    if (!Number.isFinite(value)) {
      isOpen = false;
      return;
    }
    path += `${isOpen ? 'L' : 'M'}${x(across)} ${y(value)}`;
    if (!isOpen && !Number.isFinite(points[i + 1]?.[1] ?? NaN)) path += 'h.01';
    isOpen = true;
  });
  return path;
}
