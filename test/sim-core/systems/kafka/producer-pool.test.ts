/** A process's transactional producers: who finds none waits, what is aborted nobody is shown, and a death aborts what was open. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { Cluster } from '../../../../sim-core/systems/kafka/cluster.ts';
import { Producer } from '../../../../sim-core/systems/kafka/producer.ts';
import { ProducerPool } from '../../../../sim-core/systems/kafka/transactions/producer-pool.ts';
import { ms, SMALL_CLUSTER, SMALL_PRODUCER } from './small-cluster.ts';
import { numbersOf, visible } from './small-streams.ts';

const PARTITIONS = 2;

/** A pool of one on a cluster of one, and a topic of one partition. */
function setUp() {
  const sim = new Simulation();
  const alone = { replicationFactor: 1, minInSync: 1 };
  const cluster = new Cluster(sim, {
    ...SMALL_CLUSTER,
    brokers: 1,
    topics: [{ name: 't', partitions: 1, isUncleanElectionAllowed: false, ...alone }],
    transactions: { ids: ['tx-0'], partitions: PARTITIONS, ...alone },
    groups: { names: [], ...alone },
  });
  const { topics, metadata, book } = cluster;
  const transactional = { id: 'tx-0', timeout: ms(500), partitions: PARTITIONS, retryBackoff: ms(5) };
  const producer = new Producer(sim, {
    ...SMALL_PRODUCER,
    name: 'tx-0',
    topic: topics[0],
    metadata,
    book,
    transactional,
  });
  cluster.attach(producer, constant(ms(0.2)), ms(40));
  const link = new Link<number, void>(sim, producer, { from: 'app', delay: constant(0) });
  const pool = new ProducerPool(sim, [{ producer, link }]);
  const shown = (): number[] => {
    const replica = cluster.brokers[0].replica('t-0')!;
    return numbersOf(visible(replica, replica.leading!.lastStable));
  };
  return { sim, pool, shown };
}

it('one after the other has the producer, and what is aborted is never shown', () => {
  const { sim, pool, shown } = setUp();
  const lines: string[] = [];
  function* writes(id: number, isWanted: boolean): Behaviour {
    const transaction = yield* pool.begin();
    lines.push(`${id} begins`);
    transaction.send(0, id);
    yield ms(5);
    if (isWanted) yield* transaction.commit();
    else yield* transaction.abort();
    lines.push(`${id} ends`);
  }
  for (const [id, isWanted] of [
    [1, true],
    [2, false],
    [3, true],
  ] as const)
    spawn(sim, `writer ${id}`, writes(id, isWanted));
  sim.runUntil(ms(200));
  expect(lines).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends']);
  expect(shown()).toEqual([1, 3]);
});

it('a death leaves what was open to the next life, which aborts it', () => {
  const { sim, pool, shown } = setUp();
  function* writes(id: number, time: number): Behaviour {
    yield time;
    const transaction = yield* pool.begin();
    transaction.send(0, id);
    yield ms(10);
    yield* transaction.commit();
  }
  const first = spawn(sim, 'writer', writes(1, ms(10)));
  sim.scheduleAt(
    ms(18),
    () => {
      first.cancel();
      pool.kill(ms(20));
    },
    undefined,
  );
  spawn(sim, 'next life', writes(2, ms(30)));
  sim.runUntil(ms(37));
  expect(shown()).toEqual([]);
  sim.runUntil(ms(200));
  expect(shown()).toEqual([2]);
});
