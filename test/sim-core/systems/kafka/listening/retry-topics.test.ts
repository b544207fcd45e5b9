/** Retries by way of topics: where a record goes, with what written on it, when it is tried again, and what a death makes of it. */
import { describe, expect, it } from 'vitest';
import { ms as milliseconds, s } from '../../../../../sim-core/kernel/time.ts';
import { lastHeader } from '../../../../../sim-core/messaging/log/record-headers.ts';
import { messageDeadLettered } from '../../../../../sim-core/messaging/dead-letter/facts.ts';
import { RetryTopics } from '../../../../../sim-core/systems/kafka/listening/retry-topics.ts';
import { ms } from '../small-cluster.ts';
import { smallRetries } from './small-retries.ts';

const SENDS = Array.from({ length: 40 }, (_, i) => 30 + i * 5);

describe('the topics', () => {
  const topicsOf = (attempts: number, base: number, cap: number) =>
    new RetryTopics({ topic: 'orders', attempts, backoff: { base, cap } });

  it('are one for each delay, the last of which are equal share one, and that of dead letters', () => {
    const retries = topicsOf(6, milliseconds(1000), milliseconds(4000));
    expect(retries.topics).toEqual([
      { name: 'orders-retry-0', delay: s(1) },
      { name: 'orders-retry-1', delay: s(2) },
      { name: 'orders-retry-2', delay: s(4) },
    ]);
    const way = [1, 2, 3, 4, 5, 6].map((attempt) => retries.after(attempt)?.name);
    expect(way.map((name) => name?.at(-1))).toEqual(['0', '1', '2', '2', '2', undefined]);
    expect(retries.deadLetterTopic).toBe('orders-dlt');
  });

  it('are none where there is one attempt, and a number of attempts that is none is refused', () => {
    expect(topicsOf(1, 1, 1).topics).toEqual([]);
    expect(topicsOf(1, 1, 1).after(1)).toBeUndefined();
    expect(() => topicsOf(0, 1, 1)).toThrow('retries of orders: attempts is 0; it must be an integer of at least 1');
  });
});

describe('a record that fails', () => {
  it('goes from topic to topic, is tried when it is due and not before, and others pass it', () => {
    const { sim, handled } = smallRetries({ isPoison: (key) => key === 5 }, SENDS);
    sim.runUntil(ms(900));
    const poison = handled.filter(({ request }) => request === 5);
    expect(poison.map(({ topic }) => topic)).toEqual(['t', 't-retry-0', 't-retry-1', 't-retry-1']);
    const waits = poison.slice(1).map(({ at }, index) => at - poison[index].at);
    for (const [index, delay] of [40, 80, 80].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(ms(delay));
      // A fetch that waits at the broker comes back first, and the work takes its time.
      expect(waits[index]).toBeLessThan(ms(delay + 20));
    }
    const others = handled.filter(({ request }) => request !== 5);
    expect(others).toHaveLength(SENDS.length - 1);
    expect(Math.max(...others.map(({ at, request }) => at - ms(SENDS[request])))).toBeLessThan(ms(40));
  });

  it('has written on it where it came from, why it failed and how often, and is told as a dead letter', () => {
    const { sim, recordsOf, cluster } = smallRetries({ isPoison: (key) => key === 5 }, SENDS);
    const letters: unknown[] = [];
    sim.facts.channel(messageDeadLettered).listen((letter) => letters.push(letter));
    sim.runUntil(ms(900));
    const [letter, ...more] = recordsOf('t-dlt');
    expect(more).toEqual([]);
    const headers = Object.fromEntries(letter.headers.map(({ key }) => [key, lastHeader(letter.headers, key)]));
    const home = ['t-0', 't-1'].find((id) =>
      cluster.book.line(id).some(({ records }) => records.some(({ key }) => key === 5)),
    )!;
    const batch = cluster.book.line(home).find(({ records }) => records.some(({ key }) => key === 5))!;
    expect(headers).toMatchObject({
      'kafka_original-topic': 't',
      'kafka_original-partition': Number(home.at(-1)),
      'kafka_original-offset': batch.firstOffset + batch.records.findIndex(({ key }) => key === 5),
      'kafka_exception-message': 'poison',
      'retry_topic-attempts': 5,
    });
    expect(letter.key).toBe(5);
    expect(letter.payloadBytes).toBe(100);
    expect(letters).toEqual([{ queue: 't-dlt', request: 5, reason: 'poison', attempts: 4, origin: 't' }]);
  });

  it('is done after those that came behind it in its partition: their order is lost', () => {
    const { sim, handled } = smallRetries({ transient: { share: 0.2, times: 2 } }, SENDS);
    sim.runUntil(ms(900));
    const done = handled.filter(({ isGood }) => isGood).map(({ request }) => request);
    expect(done.toSorted((a, b) => a - b)).toEqual(SENDS.map((_, i) => i));
    expect(done).not.toEqual(SENDS.map((_, i) => i));
  });
});

it('leaves two of a record that its process dies of between publishing it again and the commit, and one of it after that', () => {
  const { sim, group, hooks, recordsOf, handled } = smallRetries({ isPoison: (key) => key === 5 }, SENDS);
  let deaths = 0;
  hooks.forwarded = (request) => {
    if (request !== 5 || deaths++ > 0) return;
    sim.schedule(0, () => group.consumers[0].kill(ms(10)), undefined);
  };
  sim.runUntil(ms(1200));
  expect(recordsOf('t-retry-0').map(({ request }) => request)).toEqual([5, 5]);
  expect(recordsOf('t-dlt').map(({ request }) => request)).toEqual([5, 5]);
  // Each copy has attempts of its own, after the one that was made twice.
  expect(handled.filter(({ request }) => request === 5)).toHaveLength(8);
  expect(new Set(handled.filter(({ isGood }) => isGood).map(({ request }) => request)).size).toBe(SENDS.length - 1);
});

it('is read again where it is while its next topic does not take it', () => {
  const { sim, cluster, recordsOf, handled } = smallRetries({ isPoison: (key) => key === 5 }, SENDS, 2);
  // All three replicas have to be in sync for a dead letter, and one of the brokers is away for a while.
  cluster.topics.find(({ name }) => name === 't-dlt')!.minInSync = 3;
  cluster.brokers[1].kill(ms(6000));
  sim.runUntil(ms(5900));
  const attempts = handled.filter(({ topic, request }) => topic === 't-retry-0' && request === 5).length;
  expect(attempts).toBeGreaterThan(1);
  expect(recordsOf('t-dlt')).toEqual([]);
  sim.runUntil(ms(9000));
  expect(recordsOf('t-dlt').length).toBeGreaterThan(0);
  expect(handled.filter(({ isGood }) => isGood)).toHaveLength(SENDS.length - 1);
});
