/** What a real nats-server 2.9.10 did, case by case: `test/vectors/nats_behaviours.json`. Times are compared roughly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, MILLISECOND, s } from '../../../../sim-core/kernel/time.ts';
import { CoreServer } from '../../../../sim-core/systems/nats/core.ts';
import type {
  Advisory,
  JetStreamConsumer,
  JetStreamDelivery,
} from '../../../../sim-core/systems/nats/jetstream/consumer.ts';
import { JetStream } from '../../../../sim-core/systems/nats/jetstream/jet-stream.ts';

const file = join(import.meta.dirname, '../../../vectors/nats_behaviours.json');
const rows = (JSON.parse(readFileSync(file, 'utf8')) as { rows: { case: string; observed: unknown }[] }).rows;
const observed = <Observed>(name: string): Observed => rows.find((row) => row.case === name)!.observed as Observed;

/** How far the server's own clock was off what it was told. */
const SLACK_MS = 12;

const server = () => new CoreServer<number>(new Simulation().random('member'));
const message = (subject: string, bytes = 1) => ({ subject, bytes, payload: 0 });

describe('core', () => {
  it('publishes to nobody without an error, and tells a request at once that there is no responder', () => {
    expect(observed('core-publish-no-subscriber')).toBe('no error');
    expect(observed('request-no-responders')).toEqual({ code: '503' });
    expect(server().publish({ ...message('nobody'), reply: 'inbox' })).toBe(0);
  });

  it('delivers one copy a subscription, also on one connection', () => {
    const nats = server();
    const connection = nats.connect('c');
    connection.subscribe('foo.*');
    connection.subscribe('foo.bar');
    const { delivered } = observed<{ delivered: number }>('overlapping-plain-subscriptions-same-connection');
    expect(nats.publish(message('foo.bar'))).toBe(delivered);
  });

  it('cuts a slow consumer off at its limit, and the publisher notices nothing', () => {
    const { sent, closed } = observed<{ sent: number; closed: boolean }>('slow-consumer-disconnect');
    const nats = new CoreServer<number>(new Simulation().random('member'), 1_000_000);
    const slow = nats.connect('slow');
    slow.subscribe('>');
    for (let i = 0; i < sent; i++) nats.publish(message('foo', 1_000));
    expect(slow.cut).toBe(closed);
    expect(slow.books.count('lost')).toBe(1_001);
    expect(nats.unheard).toBe(sent - 1_001);
    expect(nats.violations()).toEqual([]);
  });
});

interface Seen {
  readonly seq: number;
  readonly attempt: number;
  readonly atMs: number;
}

/** A stream with messages up to a number, and a consumer of it; `take` keeps what it was given and when. */
function asked(first: number, last: number, options: object = {}) {
  const sim = new Simulation();
  const stream = new JetStream<number>(sim, { name: 's', subjects: ['>'] });
  for (let seq = 1; seq <= last; seq++) {
    stream.publish({ ...message('a') });
    if (seq < first) stream.deleteMessage(seq);
  }
  const seen: Seen[] = [];
  const deliveries: JetStreamDelivery<number>[] = [];
  const advisories: Advisory[] = [];
  const consumer = stream.addConsumer({ name: 'c', ...options });
  consumer.onAdvisory = (advisory) => advisories.push(advisory);
  const take = (delivery: JetStreamDelivery<number>): void => {
    deliveries.push(delivery);
    seen.push({ seq: delivery.message.sequence, attempt: delivery.attempt, atMs: sim.now / MILLISECOND });
  };
  return { sim, stream, consumer, seen, deliveries, advisories, take };
}

/** The same with a push consumer, which is given all that there is. */
function consumed(first: number, last: number, options: object) {
  const all = asked(first, last, { push: true, ...options });
  all.consumer.listen(all.take);
  return all;
}

const near = (actual: readonly number[], wanted: readonly number[]): void => {
  expect(actual).toHaveLength(wanted.length);
  actual.forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThanOrEqual(SLACK_MS));
};

describe('JetStream', () => {
  it('delivers three times in all with a max_deliver of 3, then leaves the message there with an advisory', () => {
    const {
      deliveries,
      consumer: info,
      advisories: told,
      stream_msgs,
    } = observed<{
      deliveries: ({ delivery: number; at_ms: number } | string)[];
      consumer: { num_ack_pending: number; ack_floor: { stream_seq: number }; delivered: { consumer_seq: number } };
      advisories: { deliveries: number; stream_seq: number }[];
      stream_msgs: number;
    }>('js-ack-wait-400ms-max-deliver-3');
    const { sim, stream, consumer, seen, advisories } = consumed(3, 3, { ackWait: ms(400), maxDeliver: 3 });
    sim.runUntil(s(5));
    const real = deliveries.filter((each) => typeof each !== 'string');
    expect(seen.map(({ attempt }) => attempt)).toEqual(real.map(({ delivery }) => delivery));
    near(
      seen.map(({ atMs }) => atMs),
      real.map(({ at_ms }) => at_ms),
    );
    expect(advisories).toEqual(
      told.map(({ deliveries, stream_seq }) => ({ type: 'max_deliver', deliveries, sequence: stream_seq })),
    );
    expect(stream.store.count).toBe(stream_msgs);
    expect(consumer.unacknowledged.count).toBe(info.num_ack_pending);
    expect(consumer.unacknowledged.floor.sequence).toBe(info.ack_floor.stream_seq);
    expect(consumer.delivered.delivery).toBe(info.delivered.consumer_seq);
  });

  it('stops delivering at max_ack_pending', () => {
    const { seen } = consumed(4, 9, { maxAckPending: 2 });
    expect(seen.map(({ seq }) => seq)).toEqual(observed('js-max-ack-pending-2'));
  });

  it('delivers again at once after a nak, after its delay with one, and lets others overtake', () => {
    const { first, then } = observed<{ first: number; then: [number, boolean, number][] }>('js-nak');
    const { sim, consumer, seen, deliveries, take } = asked(4, 8);
    consumer.request(1, s(5), take);
    consumer.reject(deliveries[0]);
    consumer.request(1, s(5), take);
    expect(seen.map(({ seq, attempt }) => [seq, attempt])).toEqual([
      [first, 1],
      [first, 2],
    ]);
    consumer.reject(deliveries[1], ms(300));
    consumer.request(then.length, s(5), take);
    sim.runUntil(s(1));
    const after = seen.slice(2);
    expect(after.map(({ seq, attempt }) => [seq, attempt > 1])).toEqual(then.map(([seq, again]) => [seq, again]));
    near(
      after.map(({ atMs }) => atMs),
      then.map(([, , atMs]) => atMs),
    );
  });

  it('never delivers again what was terminated, and begins to wait anew for what is in progress', () => {
    const { sim, consumer, seen, deliveries } = consumed(6, 8, { ackWait: ms(400) });
    expect(seen.map(({ seq, attempt }) => [seq, attempt > 1])).toEqual(observed('js-term'));
    consumer.terminate(deliveries[0]);
    consumer.acknowledge(deliveries[1]);
    sim.runUntil(ms(300));
    consumer.inProgress(deliveries[2]);
    sim.runUntil(ms(600));
    expect(seen).toHaveLength(3);
    sim.runUntil(ms(701));
    expect(seen.slice(3).map(({ seq }) => seq)).toEqual([8]);
  });

  it('acknowledges all before with the policy all', () => {
    const { acked_seq, ack_floor, ack_pending } = observed<Record<string, number>>('js-ack-all');
    const { consumer, deliveries } = consumed(6, 8, { ackPolicy: 'all' });
    consumer.acknowledge(deliveries.find(({ message }) => message.sequence === acked_seq)!);
    expect(consumer.unacknowledged.floor.sequence).toBe(ack_floor);
    expect(consumer.unacknowledged.count).toBe(ack_pending);
  });

  it('waits by its back-off in place of ack_wait, and repeats the last one', () => {
    const { times_ms } = observed<{ times_ms: number[] }>('js-backoff-100-300-600-max5');
    const { sim, seen } = consumed(4, 4, { backOff: [ms(100), ms(300), ms(600)], maxDeliver: 5 });
    sim.runUntil(s(5));
    near(
      seen.map(({ atMs }) => atMs),
      times_ms,
    );
  });

  it('keeps a message under interest until all that are interested have acknowledged it', () => {
    const kept = observed<Record<string, number>>('js-interest');
    const stream = new JetStream<number>(new Simulation(), { name: 's', subjects: ['>'], retention: 'interest' });
    stream.publish(message('a'));
    expect(stream.store.count).toBe(kept.no_consumers);
    const consumers: JetStreamConsumer<number>[] = ['x', 'y'].map((name) => stream.addConsumer({ name }));
    stream.publish(message('a'));
    const acknowledge = (consumer: JetStreamConsumer<number>): void =>
      consumer.request(1, s(1), (delivery) => consumer.acknowledge(delivery));
    acknowledge(consumers[0]);
    expect(stream.store.count).toBe(kept.acked_by_one_of_two);
    acknowledge(consumers[1]);
    expect(stream.store.count).toBe(kept.acked_by_both);
  });

  it('refuses the new message with discard new, and drops the oldest of a subject at its limit', () => {
    const { discard_new, last_per_subject } = observed<{
      discard_new: (number | string)[];
      last_per_subject: { messages: number; first_seq: number; last_seq: number };
    }>('js-discard-new-and-per-subject');
    const full = new JetStream<number>(new Simulation(), {
      name: 's',
      subjects: ['>'],
      discard: 'new',
      maxMessages: 3,
    });
    const publish = (): number | string => {
      try {
        return full.publish(message('a')).sequence;
      } catch {
        return '503';
      }
    };
    expect(discard_new.map(publish)).toEqual(discard_new);
    const latest = new JetStream<number>(new Simulation(), { name: 's', subjects: ['>'], maxMessagesPerSubject: 1 });
    for (const subject of ['a', 'b', 'a', 'a']) latest.publish(message(subject));
    const { count, firstSequence, lastSequence } = latest.store;
    expect([count, firstSequence, lastSequence]).toEqual(Object.values(last_per_subject));
  });

  describe('killed and started again', () => {
    const ended = observed<{
      messages: number;
      delivered: [number, number];
      ack_floor: [number, number];
      ack_pending: number;
      kill_after_ms: number;
      duplicate_of_last_id: { seq: number; duplicate: boolean };
      killed_after_150_ms: { ack_floor: [number, number]; ack_pending: number };
    }>('js-sigkill-file-storage');
    /** Four of six messages are delivered and, later, acknowledged in a row; killed so many milliseconds after that. */
    const killed = (killAfterMs: number) => {
      const all = asked(1, 5, { ackWait: s(60) });
      const { sim, stream, consumer, deliveries, take } = all;
      stream.publish({ ...message('a'), id: 'i' });
      consumer.request(4, sim.now + 1, take);
      sim.runUntil(ms(300));
      for (const delivery of deliveries) consumer.acknowledge(delivery);
      sim.runUntil(sim.now + ms(killAfterMs));
      stream.crash();
      stream.recover();
      return all;
    };
    const told = ({ consumer }: ReturnType<typeof killed>) => {
      const { floor, count } = consumer.unacknowledged;
      return { ack_floor: [floor.delivery, floor.sequence], ack_pending: count };
    };

    it('has every message and id in files, and of what consumers did what it had written down', () => {
      const { ack_floor, ack_pending } = ended;
      const early = killed(ended.kill_after_ms);
      expect(told(early)).toEqual({ ack_floor, ack_pending });
      expect(told(killed(150))).toEqual(ended.killed_after_150_ms);
      const { stream, consumer } = early;
      expect(stream.store.count).toBe(ended.messages);
      expect([consumer.delivered.delivery, consumer.delivered.sequence]).toEqual(ended.delivered);
      const { seq: sequence, duplicate } = ended.duplicate_of_last_id;
      expect(stream.publish({ ...message('a'), id: 'i' })).toEqual({ sequence, duplicate });
    });

    it('reads the ids of its messages when it is given the next one: that of a message that is gone by then is a new one', () => {
      const again = (isGone: boolean, isAsked: boolean) => {
        const { stream } = asked(1, 0);
        stream.publish({ ...message('a'), id: 'i' });
        stream.publish(message('b'));
        stream.crash();
        stream.recover();
        if (isAsked) stream.publish({ ...message('b'), id: 'j' });
        if (isGone) stream.deleteMessage(1);
        return stream.publish({ ...message('a'), id: 'i' }).duplicate;
      };
      expect([again(false, false), again(true, false), again(true, true)]).toEqual([true, false, true]);
    });

    it('waits for what a nak had made due like for all others, and looks at it half a second later at the soonest', () => {
      const { pending, attempts } = observed<{ pending: number[]; attempts: number[] }>('js-sigkill-naked');
      const { sim, stream, consumer, seen, deliveries, take } = asked(1, 6, { ackWait: s(2) });
      const ask = (count: number, time = 1): void => consumer.request(count, sim.now + time, take);
      ask(4);
      const [first, second, third, fourth] = deliveries;
      consumer.acknowledge(first);
      consumer.acknowledge(third);
      consumer.reject(second);
      ask(1);
      consumer.reject(fourth);
      sim.runUntil(s(1.8));
      stream.crash();
      stream.recover();
      seen.length = 0;
      ask(2, s(1.5));
      ask(2, s(1.5));
      sim.runUntil(s(3.3) + 1);
      expect(seen.slice(0, 2).map(({ seq }) => seq)).toEqual([5, 6]);
      expect(seen.slice(2).map(({ seq }) => seq)).toEqual(pending);
      expect(seen.slice(2).map(({ attempt }) => attempt)).toEqual(attempts);
      for (const { atMs } of seen.slice(2)) expect(atMs).toBeGreaterThanOrEqual(1_800 + 500);
    });

    it('has nothing any more in memory, neither messages nor consumers', () => {
      expect(observed('js-sigkill-memory-storage')).toEqual({
        stream: 'stream not found',
        consumer: 'stream not found',
      });
      const stream = new JetStream<number>(new Simulation(), { name: 's', subjects: ['>'], storage: 'memory' });
      const { books } = stream.addConsumer({ name: 'c' });
      stream.publish(message('a'));
      stream.crash();
      expect(() => stream.publish(message('a'))).toThrow('s: nobody answers, its server is down');
      stream.recover();
      expect([stream.store.count, stream.store.lastSequence, stream.consumers.size]).toEqual([0, 0, 0]);
      expect(books.count('lost')).toBe(1);
    });
  });
});
