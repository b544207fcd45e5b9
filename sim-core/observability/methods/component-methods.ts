/**
 * Every component and every link of a run by RED, USE and the golden signals, out of what was measured of it: nothing that a
 * component has to do anything for.
 *
 * | method | of | is |
 * |---|---|---|
 * | RED (T. Wilkie 2015) | a component that is called | calls that came, the share of its answers that said no, time until it answered |
 * | | a consumer; others that nobody calls | what it says that it worked at: messages, requests, scrapes; else its own calls |
 * | | a link | calls over it, the share that failed or timed out, time until its caller heard; cancelled ones apart |
 * | USE (B. Gregg 2013) | each capacity of a component | share in use, those who wait, those for whom there was no room |
 * | golden (SRE book, chapter 6) | both | latency, traffic and errors are RED's, saturation is the fullest capacity |
 *
 * A component that has nothing of one sort stands there all the same, and says that it has not.
 */
import { toSeconds, type Duration, type Time } from '../../kernel/time.ts';
import { fleetOf } from '../../network/component.ts';
import { ERRORS_MOST, UTILIZATION_MOST, WAITING_MOST } from './detection.ts';
import { togetherBy, type Ended, type MeasuredCapacity, type MeasuredCalls, type Measures } from './measures.ts';

/** The part of a recording that it takes. */
export interface MeasuredRun {
  readonly header: { readonly duration: Duration; readonly warmUp: Duration; readonly interval: Duration };
  readonly simulated?: Time;
  readonly components: readonly { readonly name: string; readonly kind: string }[];
  readonly flows: readonly { readonly from: string; readonly to: string; readonly requests: Float64Array }[];
  readonly measures?: Measures;
}

export interface RedRow {
  /** What is counted: `calls to it`, `calls of its own`, or the kind of fact that tells of its work. */
  readonly of: string;
  /** A second. */
  readonly rate: number;
  /** Share of those that ended; NaN while none has. */
  readonly errors: number;
  /** Seconds; NaN while none has ended. */
  readonly mean: number;
  readonly p95: number;
  /** Those that their callers were taken from, which is neither an error nor a duration. */
  readonly cancelled: number;
}

export interface MethodsRow {
  readonly name: string;
  readonly kind: string;
  /** Undefined for what neither is called, nor calls, nor says that it works. */
  readonly red: RedRow | undefined;
  /** None where the model bounds nothing. */
  readonly use: readonly MeasuredCapacity[];
  /** The share in use of the fullest capacity; NaN without one. */
  readonly saturation: number;
  /** What is beyond the threshold that teams begin with (`detection.ts`), over the run as a whole: `errors`, `database pool`. */
  readonly beyond: readonly string[];
}

/** Components in their order, then links, those between the same two fleets as one; none of a recording that kept no measures. */
export function methodsOf(run: MeasuredRun): MethodsRow[] {
  const { measures } = run;
  if (measures === undefined) return [];
  const components = run.components.map(({ name, kind }) =>
    rowOf(name, kind, redOfComponent(run, measures, name, kind), capacitiesOfOwner(run, measures, name)),
  );
  const links = linksOf(run).map(([name, pairs]) => {
    const came = pairs.reduce((sum, pair) => sum + arrivals(run, pair), 0);
    const own = pairs.flatMap((pair) => callsOf(measures, 'caller', pair));
    return rowOf(name, 'link', red(run, 'calls over it', came, own, p95Of(measures, name)), []);
  });
  return [...components, ...links];
}

function rowOf(name: string, kind: string, red: RedRow | undefined, use: readonly MeasuredCapacity[]): MethodsRow {
  const beyond = [
    ...(red !== undefined && red.errors > ERRORS_MOST ? ['errors'] : []),
    ...use
      .filter(
        (one) =>
          one.refused > 0 || one.waiting > WAITING_MOST || (!one.isMeantToFill && one.utilization > UTILIZATION_MOST),
      )
      .map((one) => one.name),
  ];
  const saturation = use
    .filter(({ isMeantToFill }) => !isMeantToFill)
    .reduce((most, { utilization }) => (utilization <= most ? most : utilization), NaN);
  return { name, kind, red, use, saturation, beyond };
}

interface Ends {
  readonly from?: string;
  readonly to?: string;
}

const matches = (one: { readonly from: string; readonly to: string }, { from, to }: Ends): boolean =>
  (from === undefined || one.from === from) && (to === undefined || one.to === to);

function redOfComponent(run: MeasuredRun, measures: Measures, name: string, kind: string): RedRow | undefined {
  const asked = arrivals(run, { to: name });
  const toIt = (): RedRow =>
    red(run, 'calls to it', asked, callsOf(measures, 'callee', { to: name }), p95Of(measures, togetherBy.to(name)));
  const work = measures.activities
    .filter(({ component }) => component === name)
    .toSorted((a, b) => b.count - a.count)
    .at(0);
  if (asked > 0 && (kind !== 'consumer' || work === undefined)) return toIt();
  if (work !== undefined) return red(run, work.fact, work.count, [{ ...work, cancelled: 0 }], work.p95);
  const sent = arrivals(run, { from: name });
  if (sent > 0) {
    const own = callsOf(measures, 'caller', { from: name });
    return red(run, 'calls of its own', sent, own, p95Of(measures, togetherBy.from(name)));
  }
  return run.flows.some((flow) => matches(flow, { to: name })) ? toIt() : undefined;
}

const callsOf = ({ calls }: Measures, end: MeasuredCalls['end'], ends: Ends): MeasuredCalls[] =>
  calls.filter((one) => one.end === end && matches(one, ends));

/** Rows before it are the warm-up's. */
const firstRow = ({ header }: MeasuredRun): number => Math.ceil(header.warmUp / header.interval);

/** Calls that arrived over these links after the warm-up. */
function arrivals(run: MeasuredRun, ends: Ends): number {
  const from = firstRow(run);
  const flows = run.flows.filter((flow) => matches(flow, ends));
  return flows.reduce((sum, { requests }) => sum + requests.subarray(from).reduce((all, row) => all + row, 0), 0);
}

/** NaN where none has ended. */
const p95Of = ({ together }: Measures, name: string): number => together.find((one) => one.name === name)?.p95 ?? NaN;

type Tallied = Ended & Pick<MeasuredCalls, 'cancelled'>;

function red(run: MeasuredRun, of: string, came: number, ended: readonly Tallied[], p95: number): RedRow {
  const { duration, interval } = run.header;
  const seconds = toSeconds((run.simulated ?? duration) - firstRow(run) * interval);
  const sum = (value: (one: Tallied) => number): number => ended.reduce((all, one) => all + value(one), 0);
  const count = sum((one) => one.count);
  return {
    of,
    rate: came / seconds,
    errors: sum(({ failed }) => failed) / count,
    mean: sum((one) => (one.count > 0 ? one.count * one.mean : 0)) / count,
    p95,
    cancelled: sum(({ cancelled }) => cancelled),
  };
}

/** Capacities whose name begins with a component's, the longest that does; or with that of an instance of it: `orders-1 processors`. */
function capacitiesOfOwner({ components }: MeasuredRun, { capacities }: Measures, owner: string): MeasuredCapacity[] {
  const names = components.map(({ name }) => name).toSorted((a, b) => b.length - a.length);
  const ownerOf = (capacity: string): string | undefined => {
    const named = names.find((name) => capacity.startsWith(`${name} `));
    if (named !== undefined) return named;
    const [first] = capacity.split(' ');
    return names.find((name) => name === fleetOf(first));
  };
  return capacities.filter(({ name }) => ownerOf(name) === owner);
}

type Pair = Required<Ends>;

/** Each pair of ends once, by the fleets that they belong to: `app > cache`. */
function linksOf({ flows }: MeasuredRun): [name: string, pairs: Pair[]][] {
  const pairs = new Map(flows.map(({ from, to }): [string, Pair] => [`${from} > ${to}`, { from, to }]));
  const byFleets = new Map<string, Pair[]>();
  for (const pair of pairs.values()) {
    const name = `${fleetOf(pair.from)} > ${fleetOf(pair.to)}`;
    byFleets.set(name, [...(byFleets.get(name) ?? []), pair]);
  }
  return [...byFleets];
}
