/** A JetStream stream as properties: what its limits keep against a plain list, and what a work queue does with each message. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import type { JetStreamDelivery } from '../../../../../sim-core/systems/nats/jetstream/consumer.ts';
import { JetStream } from '../../../../../sim-core/systems/nats/jetstream/jet-stream.ts';
import { storedBytes } from '../../../../../sim-core/systems/nats/jetstream/message-store.ts';

const subject = fc.constantFrom('a', 'b', 'c');
const published = fc.array(fc.record({ subject, bytes: fc.integer({ min: 1, max: 40 }), pauseMs: fc.nat(40) }), {
  maxLength: 60,
});

it('keeps the newest messages that all of its limits allow', () => {
  const limits = fc.record(
    {
      maxMessages: fc.integer({ min: 1, max: 10 }),
      maxBytes: fc.integer({ min: 60, max: 400 }),
      maxMessagesPerSubject: fc.integer({ min: 1, max: 4 }),
      maxAge: fc.integer({ min: 20, max: 300 }).map(ms),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(published, limits, (messages, configuration) => {
      const {
        maxMessages = Infinity,
        maxBytes = Infinity,
        maxMessagesPerSubject = Infinity,
        maxAge = Infinity,
      } = configuration;
      const sim = new Simulation();
      const stream = new JetStream<number>(sim, { name: 's', subjects: ['*'], ...configuration });
      let list: { subject: string; bytes: number; sequence: number; at: number }[] = [];
      messages.forEach(({ subject, bytes, pauseMs }, i) => {
        sim.runUntil(sim.now + ms(pauseMs));
        stream.publish({ subject, bytes, payload: i });
        list.push({ subject, bytes, sequence: i + 1, at: sim.now });
        // `runUntil` runs what is due before that instant.
        list = list.filter(({ at }) => at + maxAge >= sim.now);
        const same = list.filter((each) => each.subject === subject);
        if (same.length > maxMessagesPerSubject) list = list.filter((each) => each !== same[0]);
        const sum = (): number => list.reduce((total, each) => total + storedBytes(each), 0);
        while (list.length > maxMessages || sum() > maxBytes) list.shift();
        expect([...stream.store.all()].map(({ sequence }) => sequence)).toEqual(list.map(({ sequence }) => sequence));
        expect(stream.store.bytes).toBe(sum());
        expect(stream.violations()).toEqual([]);
      });
    }),
  );
});

it('hands each message of a work queue out until it is acknowledged, and no more, whatever consumers do to it', () => {
  const how = fc.constantFrom('acknowledge', 'reject', 'put off', 'keep');
  fc.assert(
    fc.property(
      published,
      fc.array(how, { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 1, max: 4 }),
      (messages, fates, maxAckPending) => {
        const sim = new Simulation();
        const stream = new JetStream<number>(sim, { name: 's', subjects: ['*'], retention: 'workqueue' });
        const consumer = stream.addConsumer({ name: 'c', ackWait: ms(50), maxAckPending });
        const acknowledged: number[] = [];
        let n = 0;
        const work = (delivery: JetStreamDelivery<number>): void => {
          expect(acknowledged).not.toContain(delivery.message.sequence);
          expect(consumer.unacknowledged.count).toBeLessThanOrEqual(maxAckPending);
          const fate = fates[n++ % fates.length];
          // In the end everybody does the work.
          if (fate === 'acknowledge' || n > 500) {
            acknowledged.push(delivery.message.sequence);
            consumer.acknowledge(delivery);
          } else if (fate === 'reject') consumer.reject(delivery);
          else if (fate === 'put off') consumer.reject(delivery, ms(30));
        };
        for (const { subject, bytes, pauseMs } of messages) {
          stream.publish({ subject, bytes, payload: 0 });
          consumer.request(1, sim.now + ms(20), (delivery) => sim.schedule(ms(1), () => work(delivery), 0));
          sim.runUntil(sim.now + ms(pauseMs));
          expect(stream.violations()).toEqual([]);
        }
        for (let rounds = 0; rounds < 2_000 && stream.store.count > 0; rounds++) {
          consumer.request(1, sim.now + ms(20), (delivery) => sim.schedule(ms(1), () => work(delivery), 0));
          sim.runUntil(sim.now + ms(60));
          expect(stream.violations()).toEqual([]);
        }
        expect(acknowledged.toSorted((a, b) => a - b)).toEqual(messages.map((_, i) => i + 1));
        expect(consumer.books.count('acknowledged')).toBe(messages.length);
      },
    ),
    { numRuns: 60 },
  );
});

it('tells a second message of an id the number of the first for as long as its window lasts', () => {
  const sim = new Simulation();
  const stream = new JetStream<number>(sim, { name: 's', subjects: ['a'], duplicateWindow: s(1) });
  const publish = () => stream.publish({ subject: 'a', bytes: 1, payload: 0, id: 'i' });
  expect(publish()).toEqual({ sequence: 1, duplicate: false });
  sim.runUntil(s(1) - 1);
  expect(publish()).toEqual({ sequence: 1, duplicate: true });
  sim.runUntil(s(1));
  expect(publish()).toEqual({ sequence: 2, duplicate: false });
  expect(stream.store.count).toBe(2);
});

it.each([
  [{ subjects: [] }, 'subjects is empty'],
  [{ subjects: ['a.>.b'] }, 'subjects has a.>.b'],
  [{ subjects: ['a'], discardNewPerSubject: true }, 'discardNewPerSubject needs discard to be new, it is old'],
])('refuses a configuration of %j', (configuration, message) => {
  expect(() => new JetStream(new Simulation(), { name: 's', ...configuration })).toThrow(message);
});

it('gives up all that a deleted consumer had, and hears nothing of it any more', () => {
  const how = fc.constantFrom('acknowledge', 'reject', 'put off', 'terminate', 'keep');
  fc.assert(
    fc.property(
      published,
      fc.array(how, { maxLength: 40 }),
      fc.array(how, { maxLength: 40 }),
      fc.boolean(),
      (messages, before, after, isLate) => {
        const sim = new Simulation();
        const stream = new JetStream<number>(sim, { name: 's', subjects: ['*'] });
        const deliveries: JetStreamDelivery<number>[] = [];
        const consume = () => {
          const consumer = stream.addConsumer({ name: 'c', ackWait: ms(50), maxAckPending: 5, replay: 'original' });
          consumer.listen((delivery) => deliveries.push(delivery));
          return consumer;
        };
        // One that comes late is given what there is at the pace at which it was stored.
        const early = isLate ? undefined : consume();
        messages.forEach(({ subject, bytes, pauseMs }, i) => {
          stream.publish({ subject, bytes, payload: i });
          sim.runUntil(sim.now + ms(pauseMs));
        });
        const consumer = early ?? consume();
        const treat = (deeds: readonly string[]): void =>
          deeds.forEach((deed, i) => {
            const delivery = deliveries[i];
            if (delivery === undefined) return;
            if (deed === 'acknowledge') consumer.acknowledge(delivery);
            else if (deed === 'terminate') consumer.terminate(delivery);
            else if (deed === 'reject') consumer.reject(delivery);
            else if (deed === 'put off') consumer.reject(delivery, ms(20));
            else consumer.inProgress(delivery);
          });
        treat(before);
        const { books } = consumer;
        const open = books.count('ready') + books.count('in-flight');
        const dropped = books.count('dropped');
        const acknowledged = books.count('acknowledged');
        stream.deleteConsumer('c');
        const seen = deliveries.length;
        treat(after);
        consumer.request(10, s(10), (delivery) => deliveries.push(delivery));
        sim.runUntil(sim.now + s(10));
        expect(consumer.violations('s')).toEqual([]);
        expect(deliveries).toHaveLength(seen);
        expect([books.count('ready'), books.count('in-flight')]).toEqual([0, 0]);
        expect([books.count('dropped'), books.count('acknowledged')]).toEqual([dropped + open, acknowledged]);
      },
    ),
  );
});

it('takes the last that was added for the last of its subject, removed or not, as long as the subject has any', () => {
  const stream = new JetStream<number>(new Simulation(), { name: 's', subjects: ['*'] });
  for (const subject of ['a', 'a', 'b']) stream.publish({ subject, bytes: 1, payload: 0 });
  stream.deleteMessage(2);
  expect(stream.store.lastOfSubjects('a')).toEqual([2]);
  stream.deleteMessage(1);
  expect(stream.store.lastOfSubjects(undefined)).toEqual([3]);
});
