/** A NATS server over links: who gets what, and what is lost when somebody dies; with core subscriptions and with streams. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { HandlingFailed } from '../../../../sim-core/messaging/consuming/received.ts';
import { Connection, CoreServer } from '../../../../sim-core/systems/nats/core.ts';
import { NatsServer } from '../../../../sim-core/systems/nats/server.ts';
import { SmallNats } from './small-nats.ts';

const kill = (nats: SmallNats, seconds: number): void => nats.server.interventions['kill'].apply([seconds]);

describe('core NATS', () => {
  it('gives each subscriber a copy and each queue group one, whoever is in it', () => {
    const nats = new SmallNats();
    for (const who of ['a', 'b']) nats.subscriber(who, ms(1), { group: 'g' });
    nats.subscriber('c', ms(1));
    nats.subscriber('d', ms(1), { subject: 'other' });
    for (let id = 0; id < 20; id++) nats.publish(id);
    nats.elapse(s(1));
    const of = (...who: string[]): number[] => nats.idsOf(nats.handled.filter((each) => who.includes(each[0])));
    const all = Array.from({ length: 20 }, (_, id) => id);
    expect(of('a', 'b')).toEqual(all);
    expect(of('c')).toEqual(all);
    expect(of('d')).toEqual([]);
    expect(nats.replies.get(0)).toEqual({ copies: 2 });
  });

  it('keeps nothing for who comes later', () => {
    const nats = new SmallNats();
    nats.publish(0);
    nats.elapse(ms(10));
    nats.subscriber('a', ms(1));
    nats.publish(1);
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['a:1']);
    expect(nats.unheard).toEqual([0]);
  });

  it('loses what a process had taken in when it dies, and gives the rest to others of its group', () => {
    const nats = new SmallNats();
    const one = nats.subscriber('a', ms(100), { group: 'g' });
    for (let id = 0; id < 3; id++) nats.publish(id);
    nats.elapse(ms(50));
    nats.subscriber('b', ms(1), { group: 'g' });
    one.kill(s(1));
    nats.publish(3);
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['b:3']);
    expect(nats.lost).toEqual(['a:1', 'a:2', 'a:0'].map((each) => `${each} process ended`));
  });

  it('has a paused subscriber keep what it has read ahead, until it goes on', () => {
    const nats = new SmallNats();
    const one = nats.subscriber('a', ms(1), { readAhead: 2 });
    one.interventions['pause'].apply([1]);
    for (let id = 0; id < 3; id++) nats.publish(id);
    nats.elapse(ms(900));
    expect(nats.begun).toEqual([]);
    expect(one.state()).toMatchObject({ waiting: 2, paused: 'yes' });
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['a:0', 'a:1', 'a:2']);
    expect(nats.lost).toEqual([]);
  });

  it('has a subscriber that dies while it is paused begin anew, and not paused', () => {
    const nats = new SmallNats();
    const one = nats.subscriber('a', ms(1));
    one.interventions['pause'].apply([60]);
    nats.publish(0);
    nats.elapse(ms(100));
    one.kill(ms(100));
    nats.elapse(s(1));
    nats.publish(1);
    nats.elapse(s(1));
    expect([nats.handled, nats.lost]).toEqual([['a:1'], ['a:0 process ended']]);
  });

  it('killed, loses what is pending; subscribers go on with what they have, and come back by themselves', () => {
    const nats = new SmallNats();
    nats.subscriber('a', ms(100), { readAhead: 2 });
    for (let id = 0; id < 4; id++) nats.publish(id);
    nats.elapse(ms(50));
    kill(nats, 0.5);
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['a:0', 'a:1']);
    expect(nats.lost).toEqual(['a:2', 'a:3'].map((each) => `${each} connection ended`));
    nats.publish(4);
    nats.elapse(s(1));
    expect(nats.handled.at(-1)).toBe('a:4');
  });

  it('loses what is published before a subscriber is back, and its publisher is told nothing of it', () => {
    const nats = new SmallNats();
    nats.subscriber('a', ms(1), { reconnect: { wait: ms(200), jitter: 0 } });
    kill(nats, 0.21);
    // It has tried 10 ms too early, and tries again after 400 ms.
    for (const [id, at] of [250, 390, 410].entries()) nats.sim.schedule(ms(at), () => nats.publish(id), undefined, 0);
    nats.elapse(s(2));
    expect(nats.unheard).toEqual([0, 1]);
    expect(nats.handled).toEqual(['a:2']);
    expect(nats.replies.get(0)).toEqual({ copies: 0 });
  });

  it('cuts off who reads too slowly, at a limit of bytes, and nobody else', () => {
    const nats = new SmallNats(0, 1_000);
    nats.subscriber('slow', ms(500), { readAhead: 1 });
    nats.subscriber('quick', ms(1), { readAhead: 10 });
    for (let id = 0; id < 12; id++) nats.sim.schedule(id * ms(5), () => nats.publish(id), undefined, 0);
    nats.elapse(ms(100));
    expect(nats.handled.filter((each) => each.startsWith('quick'))).toHaveLength(12);
    // Of 106 bytes nine are within the limit; the one more that it takes goes with them.
    expect(nats.lost).toHaveLength(10);
    expect(nats.replies.size).toBe(12);
    nats.elapse(s(2));
    nats.publish(12);
    nats.elapse(s(1));
    expect(nats.handled.at(-1)).toBe('slow:12');
  });
});

describe('a stream', () => {
  it('acknowledges what it stores, once for each id, and tells core subscribers as well', () => {
    const nats = new SmallNats();
    nats.stream('file');
    nats.subscriber('a', ms(1));
    nats.publish(7);
    nats.elapse(ms(10));
    nats.publish(7);
    nats.elapse(ms(10));
    expect(nats.replies.get(7)).toEqual({ copies: 1, ack: { sequence: 1, duplicate: true } });
    nats.publish(8, 'jobs.b');
    nats.elapse(ms(10));
    expect(nats.replies.get(8)).toEqual({ copies: 1, ack: { sequence: 2, duplicate: false } });
    expect(nats.server.state()['s']).toBe(2);
  });

  it('says why it refuses', () => {
    const nats = new SmallNats();
    nats.server.streams.add({ name: 's', subjects: ['jobs.>'], discard: 'new', maxMessages: 1 });
    for (const id of [0, 1]) nats.publish(id);
    nats.elapse(ms(10));
    expect(nats.replies.get(1)).toEqual({ copies: 0, refusal: 'maximum messages exceeded' });
  });

  it.each([true, false])('spreads over the processes of a durable consumer, pull: %s', (isPull) => {
    const nats = new SmallNats();
    nats.stream('file', isPull ? {} : { push: true });
    for (const who of ['a', 'b']) nats.worker(who, ms(20), { isPush: !isPull });
    for (let id = 0; id < 12; id++) nats.publish(id);
    nats.elapse(s(1));
    expect(nats.idsOf(nats.handled)).toEqual(Array.from({ length: 12 }, (_, id) => id));
    for (const who of ['a', 'b']) expect(nats.handled.some((each) => each.startsWith(who))).toBe(true);
    expect(nats.server.state()['s/d']).toBe('0 pending, 0 unacknowledged');
  });

  it('delivers again after the ack wait what a paused process has, and that handles it too when it goes on', () => {
    const nats = new SmallNats();
    nats.stream('file');
    const pull = { batch: 1, expires: s(5) };
    nats.worker('a', ms(10), { pull }).interventions['pause'].apply([3]);
    nats.publish(0);
    nats.elapse(ms(50));
    nats.worker('b', ms(10));
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['b:0']);
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['b:0', 'a:0']);
    expect(nats.server.state()['s/d']).toBe('0 pending, 0 unacknowledged');
  });

  it('delivers again after the ack wait what a dead process had, and to another what takes longer', () => {
    const nats = new SmallNats();
    nats.stream('file');
    const one = nats.worker('a', ms(100));
    nats.publish(0);
    nats.elapse(ms(50));
    one.kill(s(60));
    nats.worker('b', ms(100));
    nats.elapse(ms(900));
    expect(nats.handled).toEqual([]);
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['b:0']);
    const slow = new SmallNats();
    slow.stream('file', { maxDeliver: 3 });
    for (const who of ['a', 'b']) slow.worker(who, ms(1_500));
    slow.publish(0);
    slow.elapse(s(5));
    expect(slow.begun).toEqual(['a:0', 'b:0']);
  });

  it('delivers again what was rejected, at once or after a delay, and no more often than it may', () => {
    for (const [options, expected] of [
      [{}, ms(50)],
      [{ nakDelay: ms(400) }, ms(1_000)],
    ] as const) {
      const nats = new SmallNats();
      nats.stream('file', { maxDeliver: 3 });
      nats.worker('a', ms(10), { fails: () => true, ...options });
      nats.publish(0);
      nats.elapse(expected);
      expect(nats.begun).toHaveLength(3);
      nats.elapse(s(5));
      expect(nats.begun).toHaveLength(3);
      // No dead-letter queue: it stays in the stream.
      expect(nats.server.state()['s']).toBe(1);
    }
  });

  it('takes an acknowledgement from whatever connection, as soon as there is one again', () => {
    const nats = new SmallNats();
    nats.stream('file', { ackWait: s(3) }, 'workqueue');
    nats.worker('a', ms(300));
    nats.publish(0);
    nats.elapse(ms(150));
    kill(nats, 0.5);
    nats.elapse(ms(300));
    expect(nats.handled).toEqual(['a:0']);
    expect(nats.server.state()['s']).toBe(1);
    nats.elapse(s(1));
    expect(nats.server.state()['s']).toBe(0);
    nats.elapse(s(5));
    expect(nats.begun).toEqual(['a:0']);
  });

  it('kept for interest goes when each consumer has acknowledged, and is not kept where there is none', () => {
    const nats = new SmallNats();
    nats.publish(0);
    nats.server.streams.add({ name: 's', subjects: ['jobs.>'], retention: 'interest' });
    nats.elapse(ms(10));
    for (const name of ['d', 'e']) nats.server.streams.addConsumer('s', { name, ackWait: s(1) });
    nats.worker('a', ms(10));
    nats.publish(1);
    nats.elapse(ms(100));
    expect([nats.handled, nats.server.state()['s']]).toEqual([['a:1'], 1]);
    nats.worker('b', ms(10), { consumer: 'e' });
    nats.elapse(ms(100));
    expect([nats.handled, nats.server.state()['s']]).toEqual([['a:1', 'b:1'], 0]);
  });

  it('in memory is empty after a kill, and takes and gives messages again', () => {
    const nats = new SmallNats();
    nats.stream('memory', {}, 'workqueue');
    nats.worker('a', ms(200), { pull: { batch: 1, expires: s(1) } });
    for (let id = 0; id < 3; id++) nats.publish(id);
    nats.elapse(ms(100));
    kill(nats, 0.3);
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['a:0']);
    nats.publish(3);
    nats.elapse(s(3));
    expect(nats.handled).toEqual(['a:0', 'a:3']);
    expect(nats.replies.get(3)!.ack).toEqual({ sequence: 1, duplicate: false });
  });

  it('replays to a consumer that is added later what it still holds', () => {
    const nats = new SmallNats();
    nats.stream('file');
    nats.worker('a', ms(1));
    for (let id = 0; id < 5; id++) nats.publish(id);
    nats.elapse(s(1));
    nats.server.streams.addConsumer('s', { name: 'late' });
    nats.worker('b', ms(1), { consumer: 'late' });
    nats.elapse(s(1));
    expect(nats.idsOf(nats.handled.filter((each) => each.startsWith('b')))).toEqual([0, 1, 2, 3, 4]);
  });
});

const fault = fc.record({ at: fc.nat(2_000), who: fc.nat(2), downtime: fc.integer({ min: 1, max: 500 }) });
const times = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 12 });

/** Two processes and a server that are killed at those moments, while messages are published. */
function underFaults(
  nats: SmallNats,
  faults: readonly { readonly at: number; readonly who: number; readonly downtime: number }[],
  sent: readonly number[],
): void {
  const victims = nats.parts.slice(-2);
  for (const { at, who, downtime } of faults) {
    const victim = who === 2 ? nats.server : victims[who];
    nats.sim.scheduleAt(ms(at), () => victim.interventions['kill'].apply([downtime / 1000]), undefined, 0);
  }
  sent.forEach((at, id) => nats.sim.scheduleAt(ms(at), () => nats.publish(id), undefined, 0));
  nats.elapse(s(40));
}

/** Room for three messages of a hundred bytes and their subjects: a fourth that is pending cuts a client off. */
const ROOM = 350;

/**
 * Whether a member of a group, who handles one message after the other, and two subscribers of their own, one of whom reads too
 * slowly, have an end for each copy that the server says it made.
 */
const eachCopyEnds = fc.property(
  fc.array(fault, { maxLength: 8 }),
  fc.array(fc.nat(2_000), { minLength: 1, maxLength: 24 }),
  fc.nat(),
  fc.integer({ min: 1, max: 3 }),
  (faults, sent, seed, readAhead) => {
    const nats = new SmallNats(seed, ROOM);
    nats.subscriber('plain', ms(5), { readAhead: 30 });
    nats.subscriber('slow', ms(300), { readAhead });
    for (const who of ['a', 'b']) nats.subscriber(who, ms(40), { group: 'g', readAhead: 30 });
    underFaults(nats, faults, sent);
    const ends = new Map<number, number>();
    const names = [...nats.handled, ...nats.lost].map((each) => each.split(' ')[0]);
    for (const id of nats.idsOf(names)) ends.set(id, (ends.get(id) ?? 0) + 1);
    for (const id of sent.keys()) {
      const { copies } = nats.replies.get(id)!;
      const isUnheard = nats.unheard.filter((each) => each === id).length;
      const wrong = (ends.get(id) ?? 0) !== copies || isUnheard !== (copies === 0 ? 1 : 0);
      if (wrong)
        throw new Error(`message ${id}: ${copies} copies, ${ends.get(id) ?? 0} ends, unheard ${isUnheard} times`);
    }
    // No two ends of one copy: a group counts as one.
    const owners = names.map((each) => each.replace(/^[ab]:/, 'g:'));
    if (new Set(owners).size !== owners.length) throw new Error(`a copy has two ends: ${owners.join(' ')}`);
    const handled = nats.handled.filter((each) => !each.startsWith('slow')).length;
    if (faults.length === 0 && handled !== 2 * sent.length) throw new Error(`${handled} of ${2 * sent.length} handled`);
  },
);

it('core NATS: each copy has one end, whoever dies or is cut off when: handled once, lost with its cause, or heard by nobody', () => {
  fc.assert(eachCopyEnds, { numRuns: 100 });
});

describe('finds a core server that', () => {
  const faults: Record<string, () => void> = {
    'says nothing of what was pending for a client that it cuts off': () => {
      const { tellLost } = NatsServer.prototype;
      vi.spyOn(NatsServer.prototype, 'tellLost').mockImplementation(function (
        this: NatsServer,
        client,
        message,
        cause,
      ) {
        if (cause !== 'connection ended') tellLost.call(this, client, message, cause);
      });
    },
    'ends no connection for which too much is pending': () => {
      const { close } = Connection.prototype;
      vi.spyOn(Connection.prototype, 'close').mockImplementation(function (this: Connection<unknown>) {
        if (this.pendingBytes <= ROOM) close.call(this);
      });
    },
    'gives each member of a group a copy': () => {
      const { subscribe } = Connection.prototype;
      vi.spyOn(Connection.prototype, 'subscribe').mockImplementation(function (this: Connection<unknown>, pattern) {
        return subscribe.call(this, pattern);
      });
    },
    'forgets what nobody hears': () => {
      const { publish } = CoreServer.prototype;
      vi.spyOn(CoreServer.prototype, 'publish').mockImplementation(function (this: CoreServer<unknown>, message) {
        return Math.max(1, publish.call(this, message));
      });
    },
  };
  it.each(Object.entries(faults))('%s', (_, plant) => {
    plant();
    try {
      expect(fc.check(eachCopyEnds, { numRuns: 100, seed: 1, endOnFailure: true }).failed).toBe(true);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

it('a stream in a file: each acknowledged message is handled at least once, whoever dies when', () => {
  fc.assert(
    fc.property(fc.array(fault, { maxLength: 8 }), times, fc.nat(), fc.boolean(), (faults, sent, seed, isPush) => {
      const nats = new SmallNats(seed);
      nats.stream('file', { push: isPush }, 'workqueue');
      for (const who of ['a', 'b']) nats.worker(who, ms(40), { isPush });
      underFaults(nats, faults, sent);
      expect([...new Set(nats.idsOf(nats.handled))]).toEqual(sent.map((_, id) => id));
      expect(nats.server.state()).toMatchObject({ s: 0, 's/d': '0 pending, 0 unacknowledged' });
      // Twelve messages of 40 ms each are done long before an ack wait is over.
      if (faults.length === 0) expect(nats.begun).toHaveLength(sent.length);
    }),
    { numRuns: 60 },
  );
});

it('no message is with two processes at once within its ack wait, and one that always fails comes as often as it may', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 4 }), fc.nat(), (sent, maxDeliver, seed) => {
      const nats = new SmallNats(seed);
      // Two in hand, one after the other: long enough for both.
      nats.stream('file', { maxDeliver, ackWait: s(1) });
      const working = new Set<number>();
      const deliveries = sent.map(() => 0);
      for (const who of ['a', 'b']) {
        nats.worker(who, 0, {
          nakDelay: ms(100),
          *handler({ id }) {
            expect(working.has(id)).toBe(false);
            working.add(id);
            deliveries[id]++;
            yield ms(60);
            working.delete(id);
            throw new HandlingFailed('transient');
          },
        });
      }
      underFaults(nats, [], sent);
      expect(deliveries).toEqual(sent.map(() => maxDeliver));
      expect(nats.server.state()).toMatchObject({ s: sent.length, 's/d': '0 pending, 0 unacknowledged' });
    }),
    { numRuns: 30 },
  );
});
