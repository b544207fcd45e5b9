/** A copy: one message in one queue, with what has happened to it there. */
import type { Duration, Time } from '../../kernel/time.ts';
import type { Message } from './message.ts';

export class Copy {
  readonly message: Message;
  readonly enqueued: Time;
  /** From then on it is gone, as soon as the queue looks at it; Infinity for never. */
  readonly expires: Time;
  /** In a queue with priorities, how high it stands there. */
  readonly priority: number;
  /** Orders the ready copies of one priority: the least comes first. */
  place = 0;
  /** Times it was handed to somebody. */
  deliveries = 0;
  /** Times it was handed to somebody and came back. */
  returns = 0;
  /** Whether its next receiver is told that somebody may have had it before. */
  redelivered = false;

  constructor(message: Message, enqueued: Time, ttl: Duration, priority: number) {
    this.message = message;
    this.enqueued = enqueued;
    this.expires = enqueued + ttl;
    this.priority = priority;
  }
}
