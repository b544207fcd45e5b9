/**
 * Looking at a part of a run that has more events than are kept: the run is computed once more, which gives the same run, and
 * of its events those around the cursor are kept. Which stretch that is, and what to say of it.
 */
import { keptSpan, type RecordedEvents, type Recording } from '../../sim-core/index.ts';
import { countText, instantText } from './measure-text.ts';

/** The share of what can be kept that lies before the cursor: who was under way then came a little earlier. */
const BEFORE = 1 / 8;

/** And of what can be kept, as much as a run's last stretch may have more of them than it has on average. */
const SPARE = 1 / 16;

/** From where on events are to be kept, in nanoseconds, so that those at an instant are, by how many there are on average. */
export function closeUpFrom({ header, events }: Recording, time: number): number {
  const span = (header.duration * events.kept) / events.total;
  const last = header.duration - (1 - SPARE) * span;
  return Math.max(0, Math.floor(Math.min(time - BEFORE * span, last)));
}

/** Whether what happened at an instant was kept one by one. */
export function isKept(events: RecordedEvents, time: number): boolean {
  const { from, until } = keptSpan(events);
  return time >= from && time < until;
}

/** Which events were kept, in words; empty where all were. */
export function keptText(events: RecordedEvents, duration: number): string {
  if (events.kept >= events.total) return '';
  const { from, until } = keptSpan(events);
  const begins = instantText(from, 1e6);
  const stretch = `from ${begins} to ${instantText(Math.min(until, duration), 1e6)}`;
  const before = from > 0 ? `; who came before ${begins} is not shown` : '';
  return `${countText(events.kept)} of ${countText(events.total)} events are kept, ${stretch}${before}`;
}
