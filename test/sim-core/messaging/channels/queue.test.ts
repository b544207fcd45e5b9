/** The queue by itself: its books, its order and its consumers under whatever may happen to them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { Consumer } from '../../../../sim-core/messaging/channels/consumers.ts';
import type { Copy } from '../../../../sim-core/messaging/channels/copy.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { Queue } from '../../../../sim-core/messaging/channels/queue.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import {
  QUEUE_DEFAULTS,
  type Dispatch,
  type QueueOptions,
} from '../../../../sim-core/messaging/channels/queue-options.ts';

const ROOM = { hasRoom: true };

/** A queue, and the copies that consumers and gets have, as the outside sees them. */
class Bench {
  readonly sim = new Simulation();
  readonly queue: Queue;
  readonly letters: number[] = [];
  readonly held: { readonly copy: Copy; readonly by: Consumer | undefined }[] = [];
  readonly consumers: Consumer[] = [];
  refused = 0;
  private published = 0;

  constructor(options: Partial<QueueOptions>) {
    this.queue = new Queue(this.sim, { ...QUEUE_DEFAULTS, name: 'q', ...options });
  }

  publish(ttl: number | undefined, priority: number, persistent: boolean): void {
    const content = this.published++;
    const time = ttl === undefined ? undefined : ms(ttl);
    const request = new RequestContext(content, this.sim.now);
    const message = { request, content, sent: this.sim.now, bytes: 10, ttl: time, priority, persistent };
    if (!this.queue.publish(makeMessage(message))) this.refused++;
  }

  get(): void {
    const copy = this.queue.get(false);
    if (copy !== undefined) this.held.push({ copy, by: undefined });
  }

  subscribe(prefetch: number, priority: number, settlesAtOnce: boolean): Consumer {
    const consumer: Consumer = new Consumer({
      tag: `c${this.consumers.length}`,
      holder: ROOM,
      prefetch,
      priority,
      settlesAtOnce,
      deliver: (copy) => void (settlesAtOnce || this.held.push({ copy, by: consumer })),
    });
    this.consumers.push(consumer);
    this.queue.subscribe(consumer);
    return consumer;
  }

  take(pick: number): Copy[] {
    return this.held.length === 0 ? [] : this.held.splice(pick % this.held.length, 1).map(({ copy }) => copy);
  }

  get ready(): number[] {
    return [...this.queue.copies].map(({ message }) => message.content as number);
  }
}

type Deed = readonly [(bench: Bench, a: number, b: number) => void, number, number];

const deeds: readonly ((bench: Bench, a: number, b: number) => void)[] = [
  (bench, a, b) => bench.publish(a % 3 === 0 ? a * 10 : undefined, b, a % 2 === 0),
  (bench, a, b) => bench.publish(undefined, b, a % 4 !== 0),
  (bench) => bench.get(),
  (bench, a, b) => void bench.subscribe(1 + (a % 3), b % 2, a % 7 === 0),
  (bench, a) =>
    void (
      bench.consumers.length > 0 && bench.queue.unsubscribe(bench.consumers.splice(a % bench.consumers.length, 1)[0])
    ),
  (bench, a) => bench.queue.acknowledge(bench.take(a)),
  (bench, a) => bench.queue.reject(bench.take(a)),
  (bench, a) => bench.queue.giveBack(bench.take(a), a % 2 === 0 ? 'given-back' : 'holder-gone'),
  (bench, a) => bench.queue.giveBack([...bench.take(a), ...bench.take(a + 1)], 'given-back'),
  (bench, a) => bench.sim.runUntil(bench.sim.now + ms(a * 10) + 1),
  (bench) => void bench.queue.purge(),
  (bench, a) => bench.queue.configure({ lengthMax: 1 + a }),
  (bench) => {
    bench.held.length = 0;
    for (const consumer of bench.consumers.splice(0)) bench.queue.consumers.remove(consumer);
    bench.queue.crash();
    expect(bench.queue.violations()).toEqual([]);
    bench.sim.runUntil(bench.sim.now + ms(20));
    bench.queue.recover();
  },
];
const deed: fc.Arbitrary<Deed> = fc.tuple(fc.constantFrom(...deeds), fc.nat(9), fc.nat(3));

const options: fc.Arbitrary<Partial<QueueOptions>> = fc
  .record({
    kind: fc.constantFrom('classic' as const, 'quorum' as const),
    durable: fc.boolean(),
    priorityMax: fc.constantFrom(0, 2),
    singleActiveConsumer: fc.boolean(),
    ttl: fc.constantFrom(Infinity, ms(30)),
    lengthMax: fc.constantFrom(Infinity, 0, 3),
    bytesMax: fc.constantFrom(Infinity, 45),
    overflow: fc.constantFrom('drop-head' as const, 'reject-publish' as const, 'reject-publish-dlx' as const),
    deliveryLimit: fc.constantFrom(Infinity, 1),
    office: fc.constantFrom(
      'none' as const,
      'sent' as const,
      'no exchange' as const,
      'no queue' as const,
      'cycle' as const,
    ),
  })
  .map(({ office, ...rest }) => (office === 'none' ? rest : { ...rest, deadLetters: (): Dispatch => office }));

it('has one fate for every copy, whatever happens', () => {
  fc.assert(
    fc.property(options, fc.array(deed, { maxLength: 60 }), (chosen, todo) => {
      const bench = new Bench(chosen);
      for (const [act, a, b] of todo) {
        act(bench, a, b);
        expect(bench.queue.violations()).toEqual([]);
        expect(bench.queue.inFlight).toBe(bench.held.length);
        for (const consumer of bench.consumers) {
          expect(consumer.unsettled).toBe(bench.held.filter(({ by }) => by === consumer).length);
          expect(consumer.unsettled).toBeLessThanOrEqual(consumer.prefetch);
        }
      }
      const { queue } = bench;
      expect(queue.delete()).toBeGreaterThanOrEqual(0);
      expect(queue.fates.count('ready') + queue.fates.count('in-flight')).toBe(0);
    }),
    { numRuns: 300 },
  );
});

it('loses what is not persistent by a crash, and has the rest in order, marked as redelivered', () => {
  const bench = new Bench({});
  for (const persistent of [true, false, true, true]) bench.publish(undefined, 0, persistent);
  bench.get();
  bench.get();
  bench.queue.crash();
  expect(bench.ready).toEqual([0, 2, 3]);
  expect([...bench.queue.copies].every(({ redelivered }) => redelivered)).toBe(true);
  expect(bench.queue.fates.count('lost')).toBe(1);
});

it('loses everything by a crash unless it is durable', () => {
  const bench = new Bench({ durable: false });
  bench.publish(undefined, 0, true);
  bench.queue.crash();
  expect([bench.ready, bench.queue.fates.count('lost')]).toEqual([[], 1]);
});

it('keeps everything in a quorum queue over a crash, and who had what: only that is marked, and comes first', () => {
  const bench = new Bench({ kind: 'quorum' });
  for (const persistent of [true, false, true, true]) bench.publish(undefined, 0, persistent);
  bench.get();
  bench.get();
  bench.queue.crash();
  bench.queue.recover();
  const copies = [...bench.queue.copies];
  expect(bench.ready).toEqual([0, 1, 2, 3]);
  expect(copies.map(({ redelivered, returns }) => [redelivered, returns])).toEqual([
    [true, 1],
    [true, 1],
    [false, 0],
    [false, 0],
  ]);
});

it('counts a crash as a return where a delivery limit is', () => {
  const bench = new Bench({ kind: 'quorum', deliveryLimit: 0 });
  bench.publish(undefined, 0, true);
  bench.get();
  bench.queue.crash();
  expect([bench.queue.inFlight, bench.queue.fates.count('dropped')]).toEqual([1, 0]);
  bench.queue.recover();
  expect([bench.queue.inFlight, bench.queue.fates.count('dropped')]).toEqual([0, 1]);
});

it('drops from a classic queue what is over its limit after a crash, even where it would refuse', () => {
  const bench = new Bench({ lengthMax: 1, overflow: 'reject-publish' });
  bench.publish(undefined, 0, true);
  bench.get();
  bench.publish(undefined, 0, true);
  bench.queue.crash();
  expect(bench.ready).toEqual([0, 1]);
  bench.queue.recover();
  expect([bench.ready, bench.queue.fates.count('dropped')]).toEqual([[1], 1]);
});

it('lets nothing expire while its node is down, and all that was due as soon as it is up', () => {
  const letters: number[] = [];
  const bench: Bench = new Bench({
    ttl: ms(30),
    expires: ms(40),
    deadLetters: () => {
      letters.push(bench.sim.now);
      return 'sent';
    },
  });
  bench.publish(undefined, 0, true);
  bench.queue.crash();
  bench.sim.runUntil(ms(100));
  expect([letters, bench.queue.ready]).toEqual([[], 1]);
  bench.queue.recover();
  expect([letters, bench.queue.ready]).toEqual([[ms(100)], 0]);
  bench.sim.runUntil(ms(140) - 1);
  expect(bench.queue.fates.total).toBe(1);
});

describe('the order of what was given back', () => {
  /** Publishes so many, gets them all, and gives back those named, one by one; what stands ready then. */
  const orderOf = (chosen: Partial<QueueOptions>, out: number, more: number, backs: readonly number[]): number[] => {
    const bench = new Bench(chosen);
    for (let i = 0; i < out + more; i++) bench.publish(undefined, 0, true);
    const copies = Array.from({ length: out }, () => bench.queue.get(false)!);
    for (const back of backs) bench.queue.giveBack([copies[back]], 'given-back');
    return bench.ready;
  };
  const cases = fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.nat(8))
    .chain(([out, more]) => fc.tuple(fc.constant(out), fc.constant(more), fc.shuffledSubarray([...Array(out).keys()])));
  const behind = (out: number, more: number): number[] => Array.from({ length: more }, (_, i) => out + i);

  it('is the order of publishing in a classic queue', () => {
    fc.assert(
      fc.property(cases, ([out, more, backs]) => {
        expect(orderOf({}, out, more, backs)).toEqual([...[...backs].sort((a, b) => a - b), ...behind(out, more)]);
      }),
    );
  });

  it('is the order of coming back behind all others in a quorum queue without a delivery limit', () => {
    fc.assert(
      fc.property(cases, ([out, more, backs]) => {
        expect(orderOf({ kind: 'quorum' }, out, more, backs)).toEqual([...behind(out, more), ...backs]);
      }),
    );
  });

  it('is the order of coming back before all others in a quorum queue with one', () => {
    fc.assert(
      fc.property(cases, ([out, more, backs]) => {
        expect(orderOf({ kind: 'quorum', deliveryLimit: 9 }, out, more, backs)).toEqual([
          ...backs,
          ...behind(out, more),
        ]);
      }),
    );
  });
});

it('hands every copy to the single active consumer, and to the next one only when it has gone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(fc.nat(9), { maxLength: 30 }), (count, steps) => {
      const bench = new Bench({ singleActiveConsumer: true });
      const line = Array.from({ length: count }, () => bench.subscribe(3, 0, false));
      for (const step of steps) {
        const before = bench.held.length;
        if (step === 0 && line.length > 1) bench.queue.unsubscribe(line.shift()!);
        else if (step < 6) bench.publish(undefined, 0, true);
        else bench.queue.acknowledge(bench.take(step));
        for (const { by } of bench.held.slice(before)) expect(by).toBe(line[0]);
      }
    }),
  );
});

it('gives a lower consumer something only while no higher one can take it', () => {
  const bench = new Bench({});
  const low = bench.subscribe(Infinity, 0, false);
  const high = bench.subscribe(2, 5, false);
  for (let i = 0; i < 4; i++) bench.publish(undefined, 0, true);
  expect([high.unsettled, low.unsettled]).toEqual([2, 2]);
  bench.queue.acknowledge([bench.held.find(({ by }) => by === high)!.copy]);
  bench.publish(undefined, 0, true);
  expect([high.unsettled, low.unsettled]).toEqual([2, 2]);
});

it('lets a consumer settle while it is being handed a copy, and hands out each once', () => {
  const bench = new Bench({});
  for (let i = 0; i < 5; i++) bench.publish(undefined, 0, true);
  const seen: unknown[] = [];
  const deliver = (copy: Copy): void => {
    seen.push(copy.message.content);
    bench.queue.acknowledge([copy]);
  };
  bench.queue.subscribe(
    new Consumer({ tag: 'c', holder: ROOM, prefetch: 1, priority: 0, settlesAtOnce: false, deliver }),
  );
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});
