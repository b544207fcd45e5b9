/** An idempotent listener: whenever its process dies, a record's effect is there once; without a guard it is there twice somewhere. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import type { Behaviour } from '../../../../../sim-core/kernel/process.ts';
import { EffectStore, type EffectStatement } from '../../../../../sim-core/messaging/consuming/effect-store.ts';
import {
  idempotenceGuards,
  type IdempotenceGuardName,
} from '../../../../../sim-core/messaging/consuming/idempotence/guards.ts';
import { outcomeOf, type Handler } from '../../../../../sim-core/messaging/consuming/received.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { Database } from '../../../../../sim-core/storage/database.ts';
import { TopicLedger } from '../../../../../sim-core/systems/kafka/listening/topic-ledger.ts';
import { ms } from '../small-cluster.ts';
import { smallGroup } from '../small-group.ts';

const SENDS = Array.from({ length: 12 }, (_, i) => 30 + 4 * i);

function killedAt(guard: IdempotenceGuardName, at: number) {
  // The listener is made before the group, and these with the simulation.
  const parts = {} as { handler: Handler; ledger: TopicLedger };
  const listener = {
    *handle(...[received]: [Parameters<Handler>[0]]): Behaviour<'done' | 'again'> {
      return (yield* outcomeOf(parts.handler, received)) === undefined ? 'done' : 'again';
    },
    observers: [
      {
        begun: (received: Parameters<Handler>[0]) => parts.ledger.begun(received),
        ended: (received: Parameters<Handler>[0]) => parts.ledger.ended(received),
        unsettled: (received: Parameters<Handler>[0]) => parts.ledger.unsettled(received),
      },
    ],
  };
  const settings = { processTime: undefined, listener, pollRecords: 2, isStatic: true, consumers: 1 };
  const { sim, cluster, group, acknowledged } = smallGroup('range', settings, SENDS);
  const ledger = new TopicLedger(sim, 'effects', cluster.book);
  ledger.readBy(group);
  cluster.book.follow({ acknowledged: ({ request }) => ledger.confirmed(request) });
  const database = new Database(sim, { name: 'db', connections: 4, queueMax: 10, cores: 4, demand: constant(ms(0.5)) });
  const store = new EffectStore(database, { ledger, retention: Infinity });
  const handler = idempotenceGuards[guard]({
    store: new Link<EffectStatement, boolean>(sim, store, { from: 'consumer-1', delay: constant(ms(0.2)) }),
    *process(_message, apply) {
      yield ms(1);
      yield* apply();
    },
  });
  Object.assign(parts, { handler, ledger });
  group.scale(1);
  sim.scheduleAt(at, () => group.consumers[0].kill(ms(10)), undefined);
  sim.runUntil(ms(450));
  expect(acknowledged.size).toBe(SENDS.length);
  expect(ledger.violations()).toEqual([]);
  return ledger.totals;
}

const MOMENTS = Array.from({ length: 10 }, (_, i) => ms(60 + i * 1.1));

describe('a listener that dies at any moment', () => {
  it.each(MOMENTS)('has each effect once with a unique key (%d ns)', (at) => {
    expect(killedAt('unique-key', at)).toMatchObject({ applied: SENDS.length, doubled: 0, lost: 0 });
  });

  it('doubles some without a guard, and loses none', () => {
    const totals = MOMENTS.map((at) => killedAt('none', at));
    expect(totals.some(({ doubled }) => doubled > 0)).toBe(true);
    for (const { applied, doubled, lost } of totals) expect([applied - doubled, lost]).toEqual([SENDS.length, 0]);
  });
});
