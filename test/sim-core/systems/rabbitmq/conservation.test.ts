/**
 * Nothing is lost in silence between queues: whatever happens, every message that was routed to a queue has a fate there, and
 * every dead letter is a copy somewhere else. Counted from outside, by what publishes are answered and what queues tell.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Queue } from '../../../../sim-core/messaging/channels/queue.ts';
import { QueueBooks } from '../../../../sim-core/messaging/channels/queue-books.ts';
import { Client } from './client.ts';

const NAMES = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...NAMES);

interface Plan {
  readonly office: string | undefined;
  readonly lengthMax: number | undefined;
  readonly overflow: string;
  readonly ttl: number | undefined;
  readonly limit: number | undefined;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  office: fc.constantFrom(undefined, ...NAMES, 'nowhere'),
  lengthMax: fc.constantFrom(undefined, 0, 1, 2),
  overflow: fc.constantFrom('drop-head', 'reject-publish', 'reject-publish-dlx'),
  ttl: fc.constantFrom(undefined, 5, 30),
  limit: fc.constantFrom(undefined, 1),
});

type Deed = (lab: Lab) => void;
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(name, fc.boolean()).map(
      ([to, persistent]): Deed =>
        (lab) =>
          lab.publish(to, persistent),
    ),
  },
  {
    weight: 2,
    arbitrary: name.map(
      (from): Deed =>
        (lab) =>
          lab.get(from),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(9), fc.nat(2)).map(
      ([pick, how]): Deed =>
        (lab) =>
          lab.settle(pick, how),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(20).map(
      (time): Deed =>
        (lab) =>
          lab.client.elapse(time),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(name, name).map(
      ([from, to]): Deed =>
        (lab) =>
          lab.redrive(from, to),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (queue): Deed =>
        (lab) =>
          void lab.client.channel.purge(queue),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Deed>((lab) => lab.crash()) },
);

class Lab {
  client = new Client();
  readonly queues: readonly Queue[];
  private readonly out: number[] = [];
  /** Copies that publishes, redrives and queues say they made. */
  private made = 0;

  constructor(plans: readonly Plan[]) {
    for (const [i, { office, lengthMax, overflow, ttl, limit }] of plans.entries()) {
      this.client.queue(NAMES[i], {
        ...(office === undefined ? {} : { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': office }),
        ...(lengthMax === undefined ? {} : { 'x-max-length': lengthMax }),
        ...(ttl === undefined ? {} : { 'x-message-ttl': ttl }),
        // The last one is a quorum queue, which cannot dead-letter what it refuses.
        ...(i < 2
          ? { 'x-overflow': overflow }
          : { 'x-queue-type': 'quorum', ...(limit === undefined ? {} : { 'x-delivery-limit': limit }) }),
      });
    }
    this.queues = NAMES.map((each) => this.client.broker.peek(each)!.queue);
  }

  publish(to: string, persistent: boolean): void {
    this.made += this.client.publish('m', to, { persistent }).queues.length;
  }

  get(from: string): void {
    const delivery = this.client.channel.get(from, false);
    if (delivery !== undefined) this.out.push(delivery.tag);
  }

  settle(pick: number, how: number): void {
    if (this.out.length === 0) return;
    const [tag] = this.out.splice(pick % this.out.length, 1);
    if (how === 0) this.client.channel.acknowledge(tag, false);
    else this.client.channel.reject(tag, false, how === 1);
  }

  redrive(from: string, to: string): void {
    if (from === to) return;
    const { broker } = this.client;
    const [source, target] = [broker.peek(from)!.queue, broker.peek(to)!.queue];
    const before = target.fates.total;
    broker.redrive(source, target);
    this.made += target.fates.total - before;
  }

  crash(): void {
    const { broker } = this.client;
    broker.crash();
    broker.recover();
    this.out.length = 0;
    this.client = new Client(broker);
  }

  /** Copies in the books of all queues; and how many there must be, once no dead letter is under way. */
  get balance(): readonly [number, number] {
    this.client.elapse(0);
    const sum = (of: (queue: Queue) => number): number => this.queues.reduce((total, queue) => total + of(queue), 0);
    const letters = sum(({ fates }) => fates.count('dead-lettered')) - this.client.broker.lettersLost;
    return [sum(({ fates }) => fates.total), this.made + letters];
  }
}

const plans = fc.tuple(plan, plan, plan);
const conserves = fc.property(plans, fc.array(deed, { maxLength: 40 }), (chosen, todo) => {
  const lab = new Lab(chosen);
  for (const act of todo) {
    act(lab);
    if (lab.client.broker.violations().length > 0) return false;
  }
  const [booked, made] = lab.balance;
  return booked === made;
});

it('has a fate for every copy and a copy for every dead letter', () => {
  fc.assert(conserves, { numRuns: 300 });
});

describe('finds a broker that', () => {
  const faults: Record<string, () => void> = {
    'says of a dead letter that came round that it was sent': () => {
      const { buried } = QueueBooks.prototype;
      vi.spyOn(QueueBooks.prototype, 'buried').mockImplementation(function (
        this: QueueBooks,
        copy,
        from,
        dispatch,
        death,
      ) {
        buried.call(this, copy, from, dispatch === 'cycle' ? 'sent' : dispatch, death);
      });
    },
    'forgets what a full queue refused': () => {
      const { end } = QueueBooks.prototype;
      vi.spyOn(QueueBooks.prototype, 'end').mockImplementation(function (this: QueueBooks, copy, from, fate, cause) {
        if (cause !== 'refused by a full queue') end.call(this, copy, from, fate, cause);
      });
    },
    'does not take up what it dead-letters for want of room': () => {
      const { buried } = QueueBooks.prototype;
      vi.spyOn(QueueBooks.prototype, 'buried').mockImplementation(function (
        this: QueueBooks,
        copy,
        from,
        dispatch,
        death,
      ) {
        if (death !== 'maxlen') buried.call(this, copy, from, dispatch, death);
      });
    },
  };
  it.each(Object.entries(faults))('%s', (_, plant) => {
    plant();
    try {
      expect(fc.check(conserves, { numRuns: 300, seed: 1 }).failed).toBe(true);
    } finally {
      vi.restoreAllMocks();
    }
  });
});
