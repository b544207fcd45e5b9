/**
 * Where the time of requests went, as a profile that speedscope opens (https://www.speedscope.app, its format is
 * https://www.speedscope.app/file-format-schema.json): stacks of who called whom with what each was at itself, weighed by
 * simulated time. Time within calls is the callee's; what goes on after its caller has gone counts all the same, so it is the
 * work of the system that is told, not how long somebody waited.
 *
 * One profile is of a sample of the requests, another of those that took longest, each of its stretch of the run: what makes
 * them slow is what differs. Where processors are modelled, a third one is of their time, of the whole run and whoever it was for: what
 * they were at, as a profiler of CPU time that misses nothing would have it.
 */
import { fleetOf } from '../../network/component.ts';
import type { RequestTrace, SpanSegment, TraceSpan } from '../traces/request-trace.ts';
import { ENGINE_VERSION } from '../version.ts';
import type { Recording } from '../recording.ts';
import type { ExportedRun } from './exported-run.ts';

interface SampledProfile {
  readonly type: 'sampled';
  readonly name: string;
  readonly unit: 'nanoseconds';
  readonly startValue: number;
  readonly endValue: number;
  /** Stacks of frames, the outermost first, by their places in the list of all frames. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

/** The file's text. */
export function speedscopeProfile(run: ExportedRun): string {
  const { scenario, variant, seed } = run.recording.header;
  const { sampled, slowest } = run.chosen;
  const frames = new Map<string, number>();
  const profileOf = (name: string, requests: ReadonlySet<number>): SampledProfile =>
    profile(
      name,
      run.requests.filter(({ request }) => requests.has(request)),
      frames,
    );
  const profiles = [
    profileOf(`a sample of the requests (${sampled.size})`, sampled),
    profileOf(`the slowest of each stretch of the run (${slowest.size})`, slowest),
  ];
  const work = workProfile(run.recording, frames);
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: `${scenario}, ${variant}, seed ${seed}`,
    exporter: `brownout ${ENGINE_VERSION}`,
    activeProfileIndex: 0,
    shared: { frames: [...frames.keys()].map((name) => ({ name })) },
    profiles: work === undefined ? profiles : [...profiles, work],
  });
}

/** Copies are one. Processors that no component is named for stand by themselves. */
function workProfile({ components, work = [] }: Recording, frames: Map<string, number>): SampledProfile | undefined {
  if (work.length === 0) return undefined;
  const times = new Map<string, number>();
  for (const { processors, frame, time } of work) {
    const owner = components.find(({ name }) => processors === name || processors.startsWith(`${name} `));
    const at = frame === '' ? processors.slice(owner?.name.length ?? processors.length).trim() || 'works' : frame;
    const stack = `${fleetOf(owner?.name ?? processors)}${BETWEEN}${at}`;
    times.set(stack, (times.get(stack) ?? 0) + time);
  }
  return profileOfTimes('processor time of the run', times, frames);
}

function profile(name: string, traces: readonly RequestTrace[], frames: Map<string, number>): SampledProfile {
  const times = new Map<string, number>();
  for (const trace of traces) addTimes(trace, times);
  return profileOfTimes(name, times, frames);
}

function profileOfTimes(name: string, times: ReadonlyMap<string, number>, frames: Map<string, number>): SampledProfile {
  // Alike stacks side by side, so that a flame graph in order of time joins them.
  const stacks = [...times].filter(([, time]) => time > 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const numberOf = (frame: string): number => {
    const known = frames.get(frame);
    if (known !== undefined) return known;
    frames.set(frame, frames.size);
    return frames.size - 1;
  };
  const weights = stacks.map(([, time]) => time);
  return {
    type: 'sampled',
    name,
    unit: 'nanoseconds',
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples: stacks.map(([stack]) => stack.split(BETWEEN).map(numberOf)),
    weights,
  };
}

/** Between the frames of a stack that is a key; no name has it. */
const BETWEEN = '\u0000';

/** The time that each span of a trace spent by itself, by its stack. */
function addTimes({ spans }: RequestTrace, times: Map<string, number>): void {
  const stacks: string[] = [];
  spans.forEach((span, place) => {
    const around = span.parent < 0 ? '' : `${stacks[span.parent]}${BETWEEN}`;
    const stack = `${around}${frameOf(span)}`;
    stacks.push(stack);
    const within = spans.filter(({ parent }) => parent === place);
    for (const segment of span.segments) {
      const own = uncovered(segment, within);
      const leaf = segment.kind === 'travel' ? `${around}network` : `${stack}${BETWEEN}${workOf(segment, span)}`;
      if (own > 0) times.set(leaf, (times.get(leaf) ?? 0) + own);
    }
  });
}

/** Copies are one. */
function frameOf({ kind, name, component }: TraceSpan): string {
  const who = component === undefined ? 'the system' : fleetOf(component);
  if (kind === 'request') return `${who}: request`;
  return kind === 'call' ? who : `${who}: ${name}`;
}

/** Whoever is still in a component when the run ends may have waited there: what ends a wait is what tells of it. */
function workOf({ kind, to, label, awaited }: SpanSegment, { ended, end }: TraceSpan): string {
  if (!ended && to === end) return 'unfinished';
  if (kind === 'work') return 'works';
  return awaited < 0 ? label.slice(0, label.lastIndexOf(', in ')) : 'waits for another request';
}

/** How much of a stretch no span within covers. */
function uncovered({ from, to }: SpanSegment, within: readonly TraceSpan[]): number {
  let [own, at] = [0, from];
  for (const { start, end } of within.toSorted((a, b) => a.start - b.start)) {
    if (end <= at || start >= to) continue;
    if (start > at) own += start - at;
    at = Math.min(to, end);
  }
  return own + to - at;
}
