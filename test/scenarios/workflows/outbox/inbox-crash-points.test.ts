/**
 * The reader's end of an outbox: a consumer of the topic with its inbox in a database, killed at every event of a run in which a relay has
 * published one of the events twice. What an inbox keeps apart from the effect is lost or done twice at some moments, by which of
 * the two comes first; in one transaction with it there is no such moment. The oracle is the ledger of effects.
 */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Process } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { EffectStore, type EffectStatement } from '../../../../sim-core/messaging/consuming/effect-store.ts';
import type { GuardContext, IdempotenceGuard } from '../../../../sim-core/messaging/consuming/idempotence/guard.ts';
import { idempotenceGuards } from '../../../../sim-core/messaging/consuming/idempotence/guards.ts';
import { EffectLedger } from '../../../../sim-core/messaging/consuming/ledger.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { kafkaAssignors } from '../../../../sim-core/index.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import { Cluster } from '../../../../sim-core/systems/kafka/cluster.ts';
import { ConsumerGroup } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import { Producer } from '../../../../sim-core/systems/kafka/producer.ts';
import { ms, SMALL_CLUSTER, SMALL_GROUP, SMALL_PRODUCER } from '../../../sim-core/systems/kafka/small-cluster.ts';

/** As a relay publishes them that dies before its account: the second one comes again. */
const PUBLISHED = [0, 1, 1, 2];
const EVENTS = 3;
const SENT = ms(40);
const OVER = ms(75);
const END = ms(400);

/** The id is written down in a transaction of its own, before the effect. */
const markedFirst: IdempotenceGuard = ({ store, process }: GuardContext) =>
  function* (message) {
    const already = yield* store.call({ statement: 'find', message }, message.request);
    if (already) return;
    yield* store.call({ statement: 'insert', message }, message.request);
    yield* process(message, function* () {
      yield* store.call({ statement: 'apply', message }, message.request);
    });
  };

function smallReader(guard: IdempotenceGuard) {
  const sim = new Simulation();
  const alone = { replicationFactor: 1, minInSync: 1 };
  const cluster = new Cluster(sim, {
    ...SMALL_CLUSTER,
    brokers: 1,
    voters: 1,
    topics: [{ name: 'events', partitions: 1, isUncleanElectionAllowed: false, ...alone }],
    groups: { names: ['group'], partitions: 1, ...alone },
  });
  const near = constant(ms(0.2));
  const { metadata, book, topics } = cluster;
  const producer = new Producer(sim, { name: 'relay', topic: topics[0], metadata, book, ...SMALL_PRODUCER });
  cluster.attach(producer, near, ms(40));
  const ledger = new EffectLedger(sim, 'effects');
  const database = new Database(sim, { name: 'db', connections: 4, queueMax: 10, cores: 4, demand: constant(ms(0.3)) });
  const handler = guard({
    store: new Link<EffectStatement, boolean>(sim, new EffectStore(database, { ledger, retention: Infinity }), {
      from: 'reader',
      delay: near,
    }),
    *process(_message, apply) {
      yield ms(0.5);
      yield* apply();
    },
  });
  let handling: Process | undefined;
  const group = new ConsumerGroup(sim, cluster, {
    ...SMALL_GROUP,
    topics,
    delay: near,
    pollRecords: 10,
    consumers: 1,
    assignor: kafkaAssignors.range,
    commit: 'after',
    actOf:
      () =>
      ({ record: { request: id } }, done) => {
        const message = { id, key: id, request: new RequestContext(id, sim.now) };
        handling = new Process(
          sim,
          'reader handles an event',
          (function* () {
            yield* handler(message);
            done();
          })(),
        ).startNow();
      },
  });
  group.scale(1);
  const relay = new Link<number, void>(sim, producer, { from: 'relay', delay: constant(0) });
  for (const id of PUBLISHED) {
    sim.scheduleAt(SENT, () => relay.send(0, new RequestContext(id, sim.now)), undefined);
  }
  return {
    sim,
    kill() {
      handling?.cancel();
      group.consumers[0].kill(ms(5));
    },
    effects: () => Array.from({ length: EVENTS }, (_, id) => ledger.effectsOf(id)),
    violations: () => [group, ...group.consumers, database].flatMap((part) => part.violations()),
  };
}

it.each<[string, IdempotenceGuard, { lost: boolean; doubled: boolean }]>([
  ['no inbox', idempotenceGuards.none, { lost: false, doubled: true }],
  ['an inbox that is written behind the effect', idempotenceGuards['check-then-act'], { lost: false, doubled: true }],
  ['an inbox that is written before the effect', markedFirst, { lost: true, doubled: false }],
  ['an inbox in the transaction of the effect', idempotenceGuards['unique-key'], { lost: false, doubled: false }],
])('%s', (name, guard, breaks) => {
  const found = { moments: 0, lost: 0, doubled: 0 };
  for (let isOver = false; !isOver; found.moments++) {
    const small = smallReader(guard);
    small.sim.runUntil(SENT - 1);
    isOver = small.sim.runUntil(OVER, found.moments);
    small.sim.inject(() => small.kill(), 0);
    small.sim.runUntil(END);
    expect(small.violations()).toEqual([]);
    const effects = small.effects();
    if (effects.includes(0)) found.lost++;
    if (effects.some((times) => times > 1)) found.doubled++;
  }
  process.stdout.write(`${name}: ${found.moments} moments of a reader's death, ${JSON.stringify(found)}\n`);
  expect(found.moments).toBeGreaterThan(50);
  expect({ lost: found.lost > 0, doubled: found.doubled > 0 }).toEqual(breaks);
});
