/** What two formats' documents ask of a file, as far as a schema can: which members there are, and of what kind. Problems in words, few of many. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Members {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

interface Formats {
  readonly traceEvent: {
    readonly common: Pick<Members, 'optional'>;
    readonly phases: Readonly<Record<string, Members>>;
    readonly metadata: Readonly<Record<string, string>>;
  };
  readonly speedscope: Readonly<Record<'file' | 'frame' | 'sampled' | 'evented', Members>> & {
    readonly units: readonly string[];
  };
}

const formats = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors', 'trace-formats.json'), 'utf8')) as Formats;

type Dictionary = Readonly<Record<string, unknown>>;

function memberProblem(what: string, value: Dictionary, { required, optional }: Members): string | undefined {
  const missing = required.find((name) => !(name in value));
  if (missing !== undefined) return `${what}: no ${missing}`;
  const odd = Object.keys(value).find((name) => !required.includes(name) && !optional.includes(name));
  return odd === undefined ? undefined : `${what}: ${odd} is none of its members`;
}

const firstOf = <Item>(
  items: readonly Item[],
  problem: (item: Item, place: number) => string | undefined,
): string | undefined => {
  for (const [place, item] of items.entries()) {
    const found = problem(item, place);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Of a file in the Trace Event Format, as JSON. */
export function traceEventProblem(text: string): string | undefined {
  const { displayTimeUnit, traceEvents, ...others } = JSON.parse(text) as Dictionary;
  if (!['ms', 'ns', undefined].includes(displayTimeUnit as string))
    return `displayTimeUnit is ${String(displayTimeUnit)}`;
  const { common, phases, metadata } = formats.traceEvent;
  const odd = Object.keys(others).find((name) => !['otherData', 'stackFrames', 'samples', 'metadata'].includes(name));
  if (odd !== undefined) return `the file: ${odd} is none of its members`;
  return firstOf(traceEvents as Dictionary[], (event, place) => {
    const what = `event ${place}`;
    const phase = phases[event.ph as string];
    if (phase === undefined) return `${what}: phase ${String(event.ph)}`;
    const problem = memberProblem(what, event, { ...phase, optional: [...phase.optional, ...common.optional] });
    if (problem !== undefined) return problem;
    if ([event.pid, event.tid ?? 0].some((id) => !Number.isInteger(id)))
      return `${what}: pid or tid is no whole number`;
    if (phase.required.includes('ts') && !Number.isFinite(event.ts)) return `${what}: ts is ${String(event.ts)}`;
    if (event.ph === 'X' && !((event.dur as number) >= 0)) return `${what}: dur is ${String(event.dur)}`;
    const args = (event.args ?? {}) as Dictionary;
    if (event.ph === 'C' && !Object.values(args).every(Number.isFinite)) return `${what}: a counter that is no number`;
    if (event.ph === 'i' && !['g', 'p', 't', undefined].includes(event.s as string))
      return `${what}: scope ${String(event.s)}`;
    if (![undefined, 'e'].includes(event.bp as string)) return `${what}: binding point ${String(event.bp)}`;
    if (event.ph === 'M' && !(metadata[event.name as string] in args)) return `${what}: metadata ${String(event.name)}`;
    return undefined;
  });
}

/** Of a file of speedscope's, as JSON. */
export function speedscopeProblem(text: string): string | undefined {
  const file = JSON.parse(text) as Dictionary;
  const { speedscope } = formats;
  const problem = memberProblem('the file', file, speedscope.file);
  if (problem !== undefined) return problem;
  if (file.$schema !== 'https://www.speedscope.app/file-format-schema.json')
    return `$schema is ${String(file.$schema)}`;
  const { frames } = file.shared as { frames: Dictionary[] };
  const odd = firstOf(frames, (frame, place) => memberProblem(`frame ${place}`, frame, speedscope.frame));
  if (odd !== undefined) return odd;
  return firstOf(file.profiles as Dictionary[], (profile, place) => {
    const what = `profile ${place}`;
    if (profile.type !== 'sampled') return `${what}: type ${String(profile.type)}`;
    const missing = memberProblem(what, profile, speedscope.sampled);
    if (missing !== undefined) return missing;
    if (!speedscope.units.includes(profile.unit as string)) return `${what}: unit ${String(profile.unit)}`;
    const samples = profile.samples as number[][];
    const weights = profile.weights as number[];
    if (samples.length !== weights.length) return `${what}: ${samples.length} samples, ${weights.length} weights`;
    if (!weights.every((weight) => weight >= 0)) return `${what}: a weight below 0`;
    const isFrame = (frame: number): boolean => Number.isInteger(frame) && frame >= 0 && frame < frames.length;
    return samples.every((stack) => stack.every(isFrame)) ? undefined : `${what}: a sample of no frame`;
  });
}
