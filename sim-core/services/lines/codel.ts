/**
 * Controlled delay for a service: a line is good if it is short now and then, as the line of a burst is. If even the shortest wait
 * of an interval was above a target the line is a standing one, and during the next interval whoever waited for more than twice
 * the target is turned away.
 *
 * As Facebook's folly has it (https://github.com/facebook/folly/blob/main/folly/executors/Codel.cpp; B. Maurer, Fail at Scale,
 * 2015). CoDel proper is another thing (codel-rfc8289.ts).
 */
import { ms, type Duration } from '../../kernel/time.ts';
import type { LineDiscipline } from './line-discipline.ts';

export const CODEL_TARGET = ms(5);
export const CODEL_INTERVAL = ms(100);

export function codel(): LineDiscipline {
  let isOverloaded = false;
  let intervalEnds = 0;
  let shortest: Duration = 0;
  let isFirst = true;
  return {
    placeOf: () => 0,
    drops(waited, now) {
      if (now > intervalEnds && !isFirst) {
        isFirst = true;
        intervalEnds = now + CODEL_INTERVAL;
        isOverloaded = shortest > CODEL_TARGET;
      }
      // The first of an interval is served, or a line that has gone would not be seen.
      if (isFirst) {
        isFirst = false;
        shortest = waited;
        return false;
      }
      shortest = Math.min(shortest, waited);
      return isOverloaded && waited > 2 * CODEL_TARGET;
    },
  };
}
