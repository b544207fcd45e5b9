/**
 * A listener of the topic of dead letters that publishes each to the topic where it failed first, to be tried as if for the first
 * time, one at a time and no faster than its rate. Its consumer runs when somebody starts it (a container that does not start by
 * itself, as one is had for this), or always.
 *
 * Its own limits: what was redriven as often as it may be goes to a topic where it is parked; and it stops for a while when too
 * much of what it took comes back (`messaging/dead-letter/redrive-stop.ts`). It publishes and then commits, so that a death
 * between the two doubles a message. Where nothing can be published it comes back to the letter with its next poll. What it knows
 * of its turn and of what came back is its process's, and begins anew with that.
 */
import type { Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { SECOND, type Time } from '../../../kernel/time.ts';
import { RedriveStop, type RedriveStopOptions } from '../../../messaging/dead-letter/redrive-stop.ts';
import { deadLetterRedriven, redriveRefused, redriveStopped } from '../../../messaging/dead-letter/signals.ts';
import { lastHeader, withoutHeaders, type RecordHeaders } from '../../../messaging/log/record-headers.ts';
import type { Fetched } from '../consumer-fetches.ts';
import { topicOf } from '../topic.ts';
import type { RecordListener, RecordVerdict } from './record-listener.ts';
import type { Republisher } from './republisher.ts';
import { anew, originOf } from './retry-headers.ts';

const REDRIVES = 'x-redrives';
const REDRIVEN_AT = 'x-redriven-at';
const OF_REDRIVES: ReadonlySet<string> = new Set([REDRIVES, REDRIVEN_AT]);

export interface RedrivingOptions {
  readonly republisher: Republisher;
  /** Messages a second. */
  readonly rate: number;
  /** Times that a message is redriven at most, and the topic for those that were; Infinity for no limit. */
  readonly redrivesMax: number;
  readonly parking: string;
  readonly stop?: RedriveStopOptions;
}

/** What its process knows while it lives. */
interface Life {
  readonly stop: RedriveStop;
  /** When the next letter's turn is. */
  turn: Time;
}

/** For one consumer: what it knows is gone when that ends. */
export function redriving(sim: Simulation, options: RedrivingOptions): Pick<RecordListener, 'handle' | 'onKill'> {
  const { republisher, rate, redrivesMax, parking } = options;
  const interval = Math.max(1, Math.round(SECOND / rate));
  const redriven = sim.facts.channel(deadLetterRedriven);
  const refused = sim.facts.channel(redriveRefused);
  const stopped = sim.facts.channel(redriveStopped);
  let life: Life | undefined = undefined;

  function begin(): Life {
    const stop = new RedriveStop(options.stop);
    stop.begin(sim.now);
    return { stop, turn: 0 };
  }

  /** Whether it may go on with a dead letter, of which it takes note. */
  function goesOn(stop: RedriveStop, letter: string, queue: string, headers: RecordHeaders): boolean {
    const at = lastHeader(headers, REDRIVEN_AT);
    const share = stop.note(letter, typeof at === 'number' ? at : undefined, sim.now);
    if (share !== undefined && stopped.heard) stopped.emit({ queue, share });
    return share === undefined;
  }

  return {
    onKill: () => void (life = undefined),
    *handle(_received, fetched: Fetched): Behaviour<RecordVerdict> {
      const mine = (life ??= begin());
      const { stop } = mine;
      if (sim.now < stop.until) return { notBefore: stop.until };
      if (sim.now < mine.turn) yield mine.turn - sim.now;
      mine.turn = sim.now + interval;
      const { record, partition, offset } = fetched;
      const { headers, request } = record;
      const queue = topicOf(partition);
      const letter = `${partition}/${offset}`;
      if (!goesOn(stop, letter, queue, headers)) return { notBefore: stop.until };
      const before = Number(lastHeader(headers, REDRIVES) ?? 0);
      const isParked = before >= redrivesMax;
      const times = before + (isParked ? 0 : 1);
      const origin = originOf(fetched);
      const to = isParked ? parking : origin.topic;
      const sent = [
        ...withoutHeaders(anew(headers), OF_REDRIVES),
        { key: REDRIVES, value: times },
        { key: REDRIVEN_AT, value: sim.now },
      ];
      if (!(yield* republisher.publish(record, `${to}-${origin.partition}`, sent))) {
        if (refused.heard) refused.emit({ queue, request, to });
        return 'again';
      }
      stop.gone(letter);
      if (redriven.heard) redriven.emit({ queue, request, to, times, isParked });
      return 'done';
    },
  };
}
