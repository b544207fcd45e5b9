/**
 * Whether a run is to be trusted: what of it was kept, whether its own numbers agree with each other, and whether it is
 * long enough for what is read from it. A pure function of the recording, the same for the page and the command line.
 *
 * Two of the checks hold to the last nanosecond, whatever the model: every request that was sent has been answered, has
 * failed or is in flight; and Little's law (Little, Operations Research 9(3), 1961; in the form of Stidham 1974 for one
 * finite run): the time-integral of the number in a place is the sum of the times spent there, so that what the
 * completed stays leave of it is how long those still inside have been there. The others are judgements: a warm-up by
 * MSER-5 (`statistics/warm-up.ts`), a mean with its interval by batch means, the scenario's own expectations.
 * Leaves out what only several seeds can show: compare and sweep for that.
 */
import { requestCompleted, requestStarted } from '../workload/client.ts';
import { batchMeans } from '../statistics/batch-means.ts';
import { grouped, readable } from '../statistics/figures.ts';
import { mser } from '../statistics/warm-up.ts';
import { heldText, verdictOfClaims, type ClaimsVerdict } from './claims-verdict.ts';
import type { RecordedSignal, Recording } from './recording.ts';

/** `good`: holds. `doubt`: know this before you rely on it. `bad`: wrong. `untold`: this recording cannot say. */
export type HealthStatus = 'good' | 'doubt' | 'bad' | 'untold';

export interface HealthCheck {
  readonly name: 'end' | 'events' | 'facts' | 'conservation' | 'littles-law' | 'warm-up' | 'variation' | 'expectations';
  readonly status: HealthStatus;
  /** What was found, in a sentence with its figures. */
  readonly text: string;
}

/** Every check of a recording, in order. */
export function healthOf(recording: Recording): HealthCheck[] {
  return [
    end(recording),
    events(recording),
    facts(recording),
    conservation(recording),
    ...PLACES.flatMap((place) => littlesLaw(recording, place)),
    warmUp(recording),
    variation(recording),
    expectations(recording),
  ];
}

/** The latency that a run is looked at for: what its users feel, else the first of its histograms. */
const LATENCY = 'http.client.request.duration';
const ERRORS = 'http.client.request.errors';

function end({ header, simulated }: Recording): HealthCheck {
  const whole = simulated >= header.duration;
  const [reached, planned] = [simulated, header.duration].map((time) => `${readable(time / 1e9)} s`);
  const text = whole ? `the run reached its end at ${planned}` : `the run was stopped at ${reached} of ${planned}`;
  return { name: 'end', status: whole ? 'good' : 'doubt', text };
}

function events({ events: { kept, total } }: Recording): HealthCheck {
  const text =
    kept === total
      ? `all ${grouped(total)} events are kept`
      : `${grouped(kept)} of ${grouped(total)} events are kept; lists and traces end there, signals do not`;
  return { name: 'events', status: kept === total ? 'good' : 'doubt', text };
}

function facts({ facts: { sampledOneIn, tables, told } }: Recording): HealthCheck {
  const cut = tables.filter(({ kind, schema, rows }) => schema.request !== 'request' && rows < told[kind]);
  const sample =
    sampledOneIn === 1
      ? 'the facts of every request are kept'
      : `the facts of one request in ${grouped(sampledOneIn)} are kept; signals are made of all`;
  const rest = cut.map(({ kind, rows }) => `; the first ${grouped(rows)} of ${grouped(told[kind])} ${kind}`).join('');
  return { name: 'facts', status: sampledOneIn === 1 && cut.length === 0 ? 'good' : 'doubt', text: sample + rest };
}

/**
 * Sent, completed and failed are counted from facts, those in flight by the clients themselves: two accounts that
 * need not agree.
 */
function conservation({ facts: { told }, components, signals }: Recording): HealthCheck {
  const name = 'conservation';
  const [sent, ended] = [told[requestStarted.name], told[requestCompleted.name]];
  const clients = components.filter(({ kind, state }) => kind === 'client' && typeof state['in progress'] === 'number');
  const errors = signals.find((signal) => signal.name === ERRORS);
  if (sent === undefined || ended === undefined || errors === undefined || clients.length === 0) {
    return { name, status: 'untold', text: 'no client of this system counts its requests' };
  }
  const inFlight = clients.reduce((sum, { state }) => sum + Number(state['in progress']), 0);
  const failed = sumOf(errors.columns.count);
  const balance = sent - ended - inFlight;
  const account = `${grouped(sent)} requests sent = ${grouped(ended - failed)} completed + ${grouped(failed)} failed + ${grouped(inFlight)} in flight`;
  if (balance === 0) return { name, status: 'good', text: account };
  const wrong = balance > 0 ? `${grouped(balance)} are lost` : `${grouped(-balance)} ended twice`;
  return { name, status: 'bad', text: `${account} does not hold: ${wrong}` };
}

/** Where requests spend time: gauges that together count those inside, and the histogram of the times spent there. */
interface Place {
  readonly words: string;
  readonly inside: readonly string[];
  readonly time: string;
}

const PLACES: readonly Place[] = [
  { words: 'services', inside: ['http.server.active_requests'], time: 'http.server.request.duration' },
  {
    words: 'database',
    inside: ['db.client.connection.count', 'db.client.connection.pending_requests'],
    time: 'db.client.operation.duration',
  },
  { words: 'loads', inside: ['cache.loads.active'], time: 'cache.load.duration' },
];

/** Relative error that adding up thousands of rounded means may leave. */
const ROUNDING = 1e-9;

function littlesLaw({ header, signals, simulated }: Recording, { words, inside, time }: Place): HealthCheck[] {
  const named = (name: string): RecordedSignal | undefined => signals.find((signal) => signal.name === name);
  const gauges = inside.map(named);
  const stays = named(time);
  if (stays === undefined || gauges.some((gauge) => gauge === undefined) || simulated === 0) return [];
  const { interval } = header;
  let integral = 0;
  let left = 0;
  for (const gauge of gauges as RecordedSignal[]) {
    const { mean, last } = gauge.columns;
    mean.forEach((value, row) => {
      const seconds = Math.max(0, Math.min(interval, simulated - row * interval)) / 1e9;
      if (seconds > 0) integral += value * seconds;
    });
    left += last[Math.ceil(simulated / interval) - 1];
  }
  const { count, mean } = stays.columns;
  const spent = sumOf(count.map((number, row) => (number > 0 ? number * mean[row] : 0)));
  const rest = integral - spent;
  const seconds = simulated / 1e9;
  const slack = ROUNDING * Math.max(1, integral);
  const holds = left === 0 ? Math.abs(rest) <= slack : rest >= -slack && rest <= left * seconds + slack;
  const law = `${words}: L = ${readable(integral / seconds)}, λW = ${readable(spent / seconds)}`;
  const share = integral > 0 ? ` (${readable((100 * Math.abs(rest)) / integral)} %)` : '';
  const explained =
    left === 0
      ? `, residual ${readable(Math.abs(rest) / seconds)}${share}; nobody is left inside`
      : `; the residual${share} is the ${grouped(left)} still inside, there for ${readable(rest / left)} s in the mean`;
  return [{ name: 'littles-law', status: holds ? 'good' : 'bad', text: law + explained }];
}

function warmUp({ header, signals }: Recording): HealthCheck {
  const name = 'warm-up';
  const series = meansOf(signals);
  if (series === undefined || series.values.length < MSER_MIN) {
    return { name, status: 'untold', text: 'too few intervals with a latency to tell how long the run warms up' };
  }
  const { drop, settled } = mser(series.values);
  const set = `${readable(header.warmUp / 1e9)} s`;
  if (!settled) {
    const text = `the latency does not settle within the run, by MSER-5: take the run for an incident, not for a steady state; its warm-up is ${set}`;
    return { name, status: 'doubt', text };
  }
  const needed = (series.rows[drop] * header.interval) / 1e9;
  const enough = header.warmUp / 1e9 >= needed;
  const text = `MSER-5 drops the first ${readable(needed)} s, the run leaves out ${set}`;
  return { name, status: enough ? 'good' : 'doubt', text };
}

/** Observations that MSER-5 takes at least. */
const MSER_MIN = 50;
const BATCHES = 10;

function variation({ header, signals }: Recording): HealthCheck {
  const name = 'variation';
  const series = meansOf(signals);
  const first = series?.rows.findIndex((row) => row * header.interval >= header.warmUp) ?? -1;
  const steady = first < 0 ? [] : (series?.values.slice(first) ?? []);
  if (series === undefined || steady.length < 2 * BATCHES) {
    return { name, status: 'untold', text: 'too few intervals after the warm-up for an interval of confidence' };
  }
  const { mean, halfWidth, lag1 } = batchMeans(steady, BATCHES);
  const share = mean > 0 ? halfWidth / mean : NaN;
  const correlated = lag1 > 2 / Math.sqrt(BATCHES);
  const narrow = correlated ? '; neighbouring batches resemble each other, so it is rather wider' : '';
  const text = `${series.signal}, mean of the intervals: ${readable(mean)} s ± ${readable(100 * share)} % (95 %, ${BATCHES} batches)${narrow}`;
  return { name, status: share <= VARIATION_MAX && !correlated ? 'good' : 'doubt', text };
}

/** A mean is known well enough to compare by where its interval is at most a fifth of it to either side. */
const VARIATION_MAX = 0.2;

function expectations({ expectations: results }: Recording): HealthCheck {
  const name = 'expectations';
  if (results.length === 0) return { name, status: 'untold', text: 'nothing was judged' };
  return { name, status: STATUS[verdictOfClaims(results)], text: heldText(results) };
}

const STATUS: Readonly<Record<ClaimsVerdict, HealthCheck['status']>> = {
  held: 'good',
  failed: 'bad',
  unclaimed: 'untold',
};

/** The mean latency of every interval that has one. */
function meansOf(
  signals: readonly RecordedSignal[],
): { readonly signal: string; readonly values: number[]; readonly rows: number[] } | undefined {
  const histograms = signals.filter(({ kind, unit }) => kind === 'histogram' && unit === 's');
  const signal = histograms.find(({ name }) => name === LATENCY) ?? histograms[0];
  if (signal === undefined) return undefined;
  const { count, mean } = signal.columns;
  const rows = Array.from(count.keys()).filter((row) => count[row] > 0);
  return { signal: signal.name, rows, values: rows.map((row) => mean[row]) };
}

/** Of a column, without the rows that the run did not reach. */
const sumOf = (column: Float64Array): number => column.reduce((sum, value) => sum + (value > 0 ? value : 0), 0);
