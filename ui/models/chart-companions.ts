/**
 * What belongs into the chart of a gauge of things in use: how many there are, and who waits for one. Neither is listed
 * anywhere: the size is what a component of the kind that the signal speaks of states under the plural of the signal's
 * unit (`{connection}`: `connections`), and who waits is a gauge of the same subject whose last word says so. A new
 * scenario that follows OpenTelemetry's names gets both without a line here.
 */
import type { RecordedSignal, Recording } from '../../sim-core/index.ts';
import { plural } from './measure-text.ts';
import { ownerOf } from './signal-style.ts';

/** Last words of gauges of what is in use, and of who waits for it. */
const IN_USE = /\.(?:count|active|in_use|in_flight|active_requests|active_messages)$/;
const WAITING = /\.(?:pending_requests|pending|queued|waiting|queue_depth|queue\.(?:size|depth|length))$/;

/** The gauge of who waits for what `name` counts, if the run recorded one. */
export function waitingFor(signals: readonly RecordedSignal[], name: string): RecordedSignal | undefined {
  if (!IN_USE.test(name)) return undefined;
  const subject = name.replace(IN_USE, '');
  return signals.find((other) => {
    return other.kind === 'gauge' && WAITING.test(other.name) && other.name.replace(WAITING, '') === subject;
  });
}

/** How many there are of what a gauge counts, over all components that have some; undefined if none states it. */
export function sizeOf({ components }: Recording, { name, unit }: RecordedSignal): number | undefined {
  const thing = /^\{(.+)\}$/.exec(unit)?.[1];
  if (thing === undefined || !IN_USE.test(name)) return undefined;
  const owner = ownerOf(name);
  const sizes = components
    .filter(({ kind }) => kind === owner)
    .map(({ state }) => state[plural(thing)])
    .filter((size) => typeof size === 'number');
  return sizes.length > 0 ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
}
