/** Another process that begins later: a crowd that comes at a moment. */
import type { Time } from '../../kernel/time.ts';
import type { ArrivalProcess } from './arrivals.ts';

export function startingAt(start: Time, process: ArrivalProcess): ArrivalProcess {
  return { ...process, next: (previous, random) => process.next(Math.max(previous, start), random) };
}
