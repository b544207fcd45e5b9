/** What a chart says in words: at the cursor, for its head and for who cannot see the lines, and as a table of everything. */
import { SAMPLES_MIN } from '../../sim-core/index.ts';
import { sidesOf, type ChartPair } from './chart-pair.ts';
import type { Chart } from './chart.ts';
import { differenceText, measureText } from './measure-text.ts';
import { mostAt } from './part-strip.ts';
import { rowAt } from './rows.ts';

/** One thing that can be read off a chart at any instant; the keyboard goes from one to the next. */
export interface Series {
  /** `A`, `B`, what lies between them: `B − A`; empty where there is only one run. */
  readonly side: string;
  readonly label: string;
  at(time: number): string;
}

/** All that can be read off, in the order in which it is said. */
export function seriesOf(pair: ChartPair): Series[] {
  const { a, b, difference } = pair;
  const sides = sidesOf(pair);
  const between: Series[] = difference
    ? [
        {
          side: sides.between,
          label: difference.label,
          at: (time) => differenceText(a.signal, difference.values[rowAt(a.rows, time)] ?? NaN),
        },
      ]
    : [];
  return [...linesOf(a, sides.a), ...(b ? linesOf(b, sides.b) : []), ...between];
}

function linesOf(chart: Chart, side: Series['side']): Series[] {
  const { signal, lines, strip, parts, rows } = chart;
  const read = lines.map(({ label, values }): Series => {
    return { side, label, at: (time) => measureText(signal, values[rowAt(rows, time)] ?? NaN) };
  });
  if (parts) {
    const most = (time: number): string => {
      const found = mostAt(parts, time);
      return found ? `${found.name}: ${measureText(signal, found.value)}` : 'none';
    };
    read.push({ side, label: `most in ${parts.of}`, at: most });
  }
  if (!strip) return read;
  const below = (time: number): string => measureText(strip.signal, strip.values[rowAt(rows, time)] ?? NaN);
  return [...read, { side, label: 'waiting', at: below }];
}

/** Everything at an instant as one sentence: `A p50 12 ms, p95 30 ms; B …`. */
export function sentence(series: readonly Series[], time: number): string {
  let side = '';
  return series
    .map((one, i) => {
      const said = [one.side === side ? '' : one.side, one.label, one.at(time)].filter(Boolean).join(' ');
      const gap = i === 0 ? '' : one.side === side ? ', ' : '; ';
      side = one.side;
      return gap + said;
    })
    .join('');
}

/** Why nothing is told at an instant where something was observed; undefined where there is nothing to explain. */
export function whyUntold({ signal, rows, untold, partlyTold }: Chart, time: number): string | undefined {
  const row = rowAt(rows, time);
  const within = ([from, to]: readonly [number, number]): boolean => row >= from && row < to;
  const samples = (signal.columns.samples ?? signal.columns.count)?.[row] ?? 0;
  if (untold.some(within)) return `too few samples: ${samples}`;
  if (partlyTold.some(within)) return `too few samples for p99: ${samples} of ${SAMPLES_MIN.p99}`;
  return undefined;
}

export interface Table {
  readonly heads: readonly string[];
  cell(row: number, column: number): string;
}

/** Every column of a chart's signals, those of B beside those of A, and what lies between them. */
export function tableOf(pair: ChartPair): Table {
  const { a, b, difference } = pair;
  const sides = sidesOf(pair);
  const columns = [
    ...columnsOf(a, b ? `${sides.a} ` : ''),
    ...(b && b.rows.interval === a.rows.interval ? columnsOf(b, `${sides.b} `) : []),
    ...(difference
      ? [
          {
            head: difference.label ? `${sides.between}, ${difference.label}` : sides.between,
            text: (row: number) => differenceText(a.signal, difference.values[row] ?? NaN),
          },
        ]
      : []),
  ];
  return { heads: columns.map(({ head }) => head), cell: (row, column) => columns[column].text(row) };
}

function columnsOf(chart: Chart, side: string): { readonly head: string; text(row: number): string }[] {
  const { parts } = chart;
  const columns = [chart.signal, ...(chart.strip ? [chart.strip.signal] : [])].flatMap((signal) =>
    Object.entries(signal.columns).map(([name, values]) => {
      const counted = name === 'count' || name === 'samples';
      const measured = counted ? ({ kind: 'counter', unit: '1' } as const) : signal;
      const head = signal === chart.signal ? name : `waiting ${name}`;
      return { head: side + head, text: (row: number) => measureText(measured, values[row] ?? NaN) };
    }),
  );
  const ofParts = (parts?.names ?? []).map((name, part) => {
    return { head: side + name, text: (row: number) => measureText(chart.signal, parts?.values[part][row] ?? NaN) };
  });
  return [...columns, ...ofParts];
}
