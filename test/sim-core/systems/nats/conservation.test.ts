/** What a NATS server over links keeps to whoever dies when: an end for each copy, and nothing lost that a stream in a file has. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { HandlingFailed } from '../../../../sim-core/messaging/consuming/received.ts';
import { Connection, CoreServer } from '../../../../sim-core/systems/nats/core.ts';
import { NatsServer } from '../../../../sim-core/systems/nats/server.ts';
import { SmallNats } from './small-nats.ts';

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
    const nats = new SmallNats(seed, { maxPendingBytes: ROOM });
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
