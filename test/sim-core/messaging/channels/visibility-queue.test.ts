/** The queue with a visibility timeout: the rules of the SQS Developer Guide, one by one. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { days, minutes, s } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import {
  VisibilityQueue,
  type Received,
  type VisibilityQueueOptions,
} from '../../../../sim-core/messaging/channels/visibility-queue.ts';

class Bench {
  readonly sim: Simulation;
  readonly queue: VisibilityQueue;
  private sent = 0;

  constructor(options: Partial<VisibilityQueueOptions> = {}, sim = new Simulation()) {
    this.sim = sim;
    this.queue = new VisibilityQueue(sim, {
      name: 'q',
      fifo: false,
      visibility: s(30),
      retention: days(4),
      delay: 0,
      receivesMax: Infinity,
      deadLetters: undefined,
      ...options,
    });
  }

  send(group = 'g', deduplication = String(this.sent)): boolean {
    const content = this.sent++;
    const request = new RequestContext(content, this.sim.now);
    return this.queue.send(makeMessage({ request, content, sent: this.sim.now }), { group, deduplication });
  }

  elapse(seconds: number): void {
    this.sim.runUntil(this.sim.now + s(seconds));
  }
}

const contents = (received: readonly Received[]): unknown[] => received.map(({ message }) => message.content);

it('hides what was received until its time is over, and then gives it again, before what came after it', () => {
  const bench = new Bench();
  bench.send();
  bench.send();
  expect(contents(bench.queue.receive())).toEqual([0]);
  expect(contents(bench.queue.receive())).toEqual([1]);
  expect(bench.queue.receive()).toEqual([]);
  bench.elapse(29.9);
  expect(bench.queue.receive()).toEqual([]);
  bench.elapse(0.2);
  expect(bench.queue.receive(10).map(({ message, receives }) => [message.content, receives])).toEqual([
    [0, 2],
    [1, 2],
  ]);
});

it('counts the time anew from the call that changes it, and shows a message at once at 0', () => {
  const bench = new Bench();
  bench.send();
  const [{ receipt }] = bench.queue.receive();
  bench.elapse(20);
  expect(bench.queue.changeVisibility(receipt, s(30))).toBe(true);
  bench.elapse(29);
  expect(bench.queue.receive()).toEqual([]);
  expect(bench.queue.changeVisibility(receipt, 0)).toBe(true);
  bench.elapse(0.001);
  expect(contents(bench.queue.receive())).toEqual([0]);
  expect(bench.queue.changeVisibility(receipt, s(1))).toBe(false);
});

it('deletes by the latest receipt only, even after its time', () => {
  const bench = new Bench();
  bench.send();
  const [first] = bench.queue.receive();
  bench.elapse(31);
  const [second] = bench.queue.receive();
  expect(bench.queue.delete(first.receipt)).toBe(false);
  bench.elapse(31);
  expect(bench.queue.visible).toBe(1);
  expect(bench.queue.delete(second.receipt)).toBe(true);
  expect([bench.queue.visible, bench.queue.fates.count('acknowledged')]).toEqual([0, 1]);
});

it('moves a message to the dead letters by the receive after the last one allowed, whether a consumer failed or not', () => {
  const letters: unknown[] = [];
  const bench = new Bench({
    receivesMax: 2,
    deadLetters: ({ content }, death) => {
      letters.push([content, death]);
      return 'sent';
    },
  });
  bench.send();
  for (const expected of [[0], [0], []]) {
    expect(contents(bench.queue.receive())).toEqual(expected);
    bench.elapse(31);
  }
  expect(letters).toEqual([[0, 'delivery_limit']]);
  expect(bench.queue.fates.count('dead-lettered')).toBe(1);
});

it('keeps a dead letter for what is left of its time: one day there and four here make three', () => {
  const sim = new Simulation();
  const office = new Bench({}, sim);
  const source = new Bench(
    {
      receivesMax: 1,
      visibility: days(1),
      deadLetters: (message) => (office.queue.send(message) ? 'sent' : 'no queue'),
    },
    sim,
  );
  source.send();
  source.queue.receive();
  sim.runUntil(days(1) + 1);
  source.queue.receive();
  sim.runUntil(days(4) - 1);
  expect(office.queue.visible).toBe(1);
  sim.runUntil(days(4));
  expect(office.queue.receive()).toEqual([]);
  expect(office.queue.fates.count('expired')).toBe(1);
});

it('accepts a duplicate within five minutes and does not store it, though the first was deleted long ago', () => {
  const bench = new Bench({ fifo: true });
  expect(bench.send('g', 'same')).toBe(true);
  bench.queue.delete(bench.queue.receive()[0].receipt);
  bench.sim.runUntil(minutes(5) - 1);
  expect(bench.send('g', 'same')).toBe(false);
  bench.sim.runUntil(minutes(5));
  expect(bench.send('g', 'same')).toBe(true);
  expect(bench.queue.fates.total).toBe(2);
});

it('gives nothing more of a group while any of it is out, and several of one group to one receive', () => {
  const bench = new Bench({ fifo: true });
  for (const group of ['a', 'a', 'b', 'a', 'c']) bench.send(group);
  expect(contents(bench.queue.receive(2))).toEqual([0, 1]);
  expect(contents(bench.queue.receive(10))).toEqual([2, 4]);
  expect(bench.queue.receive(10)).toEqual([]);
  bench.elapse(30.1);
  expect(contents(bench.queue.receive(10))).toEqual([0, 1, 2, 3, 4]);
});

it('refuses a message without a group where groups are needed', () => {
  const bench = new Bench({ fifo: true });
  expect(() => bench.queue.send(makeMessage({ request: new RequestContext(0, 0), content: 0, sent: 0 }))).toThrow(
    'q: a FIFO queue needs a group for each message',
  );
});

it('hides a new message for the delay', () => {
  const bench = new Bench({ delay: s(5) });
  bench.send();
  expect([bench.queue.visible, bench.queue.delayed]).toEqual([0, 1]);
  bench.elapse(5.1);
  expect(contents(bench.queue.receive())).toEqual([0]);
});

it('deletes what it has kept for its retention, though nobody looks, and what is out then when it would come back', () => {
  const bench = new Bench({ retention: s(60), visibility: s(30) });
  bench.send();
  bench.elapse(10.5);
  bench.send();
  bench.elapse(34.5);
  expect(contents(bench.queue.receive(1))).toEqual([0]);
  bench.elapse(15.1);
  expect([bench.queue.visible, bench.queue.inFlight]).toEqual([1, 1]);
  bench.elapse(11);
  expect([bench.queue.visible, bench.queue.inFlight]).toEqual([0, 1]);
  bench.elapse(4);
  expect(bench.queue.inFlight).toBe(0);
  expect(bench.queue.fates.count('expired')).toBe(2);
});
