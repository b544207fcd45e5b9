/**
 * What an SQS queue can be told, within what the service takes (Amazon SQS API Reference, CreateQueue), and its defaults.
 * Times of the API are whole seconds: there is no shorter visibility timeout than one second but none at all.
 */
import { days, hours, minutes, s, SECOND, type Duration } from '../../kernel/time.ts';

export interface SqsQueueOptions {
  /** A FIFO queue's name ends in `.fifo`, and no other's does. */
  readonly name: string;
  readonly visibility?: Duration;
  readonly retention?: Duration;
  readonly delay?: Duration;
  /** The queue to which a message goes in place of one receive more than so many (`RedrivePolicy`); it is there already. */
  readonly redrive?: { readonly queue: string; readonly maxReceiveCount: number };
}

export interface SqsQueueAttributes {
  readonly fifo: boolean;
  readonly visibility: Duration;
  readonly retention: Duration;
  readonly delay: Duration;
}

export const LONGEST_VISIBILITY: Duration = hours(12);
export const LONGEST_WAIT: Duration = s(20);
const MOST_RECEIVES = 1000;

const RANGES = {
  visibility: [0, LONGEST_VISIBILITY],
  retention: [minutes(1), days(14)],
  delay: [0, minutes(15)],
} as const;

/** All that the queue is, or one error that names what is wrong. */
export function readQueueOptions(options: SqsQueueOptions): SqsQueueAttributes {
  const { name, visibility = s(30), retention = days(4), delay = 0, redrive } = options;
  const times = { visibility, retention, delay };
  for (const [field, [least, most]] of Object.entries(RANGES)) {
    checkTime(`${name}: ${field}`, times[field as keyof typeof times], least, most);
  }
  const fifo = isFifo(name);
  if (redrive === undefined) return { fifo, ...times };
  const { queue, maxReceiveCount: receives } = redrive;
  if (!Number.isInteger(receives) || receives < 1 || receives > MOST_RECEIVES) {
    throw new RangeError(`${name}: maxReceiveCount is ${receives}; it must be an integer from 1 to ${MOST_RECEIVES}`);
  }
  if (isFifo(queue) !== fifo) {
    throw new RangeError(
      `${name}: dead letters of a ${kindOf(fifo)} queue go to a ${kindOf(fifo)} queue, not to ${queue}`,
    );
  }
  return { fifo, ...times };
}

/** A time that the API takes: whole seconds within bounds. */
export function checkTime(what: string, time: Duration, least: Duration, most: Duration): void {
  if (time % SECOND === 0 && time >= least && time <= most) return;
  const [value, from, to] = [time, least, most].map((each) => each / SECOND);
  throw new RangeError(`${what} is ${value} s; it must be whole seconds, from ${from} to ${to}`);
}

const isFifo = (name: string): boolean => name.endsWith('.fifo');
const kindOf = (fifo: boolean): string => (fifo ? 'FIFO' : 'standard');
