/**
 * The wiring: the service of orders with its Kafka producer, one broker with the topic, billing's group of consumers, the pipeline, the
 * registry, and, if it is asked for, a group that comes when all is deployed and has committed nothing: it begins at the start of the topic
 * (`auto.offset.reset=earliest`).
 */
import {
  constant,
  kafkaAssignors,
  Link,
  ms,
  OpenLoopClient,
  poisson,
  roundRobin,
  SchemaRegistry,
  us,
  zipfPopularity,
  type KafkaCluster,
  type KafkaProducerQuery,
  type Simulation,
} from '../../../sim-core/index.ts';
import { faraway } from '../../application/distances.ts';
import { clusterOf, groupOf, producerTo } from '../../messaging/application/orders.ts';
import { codecs } from './formats/formats.ts';
import { levelOf, replayAt } from './limits.ts';
import { Meanings } from './meanings.ts';
import { OrderReader } from './order-reader.ts';
import type { Values } from './params.ts';
import { orderProducer } from './producer.ts';
import { Rollout, SUBJECT } from './rollout.ts';
import { BILLING, REPORTS } from './tally.ts';
import { FIRST_VERSION } from './versions.ts';

const CUSTOMERS = 1000;
const PARTITIONS = 3;
/** One broker is enough: its death, and replicas, are the subject of other scenarios. */
const ALONE = { brokers: 1, voters: 1 };
const UNREPLICATED = { replicationFactor: 1, minInSync: 1 };
const PROCESS_TIME = us(50);
const groupOfReader = (reader: string): string => `${reader}-group`;

export function system(sim: Simulation, p: Values): void {
  const format = codecs(p.format);
  const registry = new SchemaRegistry(sim, { name: 'registry', level: levelOf(p), requestTime: constant(ms(5)) });
  const first = { version: FIRST_VERSION, id: registry.registeredBefore(SUBJECT, format(FIRST_VERSION).schema) };
  const isReplayed = p.replay === 'from-the-start';
  const readers = isReplayed ? [BILLING, REPORTS] : [BILLING];
  const cluster = clusterOf(
    sim,
    { name: 'orders', partitions: PARTITIONS, ...UNREPLICATED },
    { ...ALONE, groups: { names: readers.map(groupOfReader), replicationFactor: 1 } },
  );
  const meanings = new Meanings();
  const producer = producerTo(sim, cluster, { name: 'producer', linger: p.linger });
  const link = new Link<KafkaProducerQuery, void>(sim, producer, { from: 'orders', delay: constant(0) });
  const { service, side } = orderProducer(sim, { link, format, first, meanings });
  const readerOf = (name: string, help: string): OrderReader =>
    new OrderReader(sim, { name, help, registry, format, first: FIRST_VERSION, meanings, retryBackoff: ms(20) });
  const billing = readerOf(BILLING, 'Reads orders by its version of the schema; sets aside what it cannot decode');
  startGroup(sim, cluster, billing, 0);
  const pipeline = new Rollout(sim, {
    registry,
    format,
    linter: p.linter,
    sides: p.order === 'consumers-first' ? [billing, side] : [side, billing],
    gap: p.gap,
  });
  const deployedKind = sim.eventKind('a new version is deployed');
  const deploy = (change: Parameters<Rollout['deploy']>[0], at: number): void =>
    void sim.scheduleAt(at, () => pipeline.deploy(change), undefined, deployedKind);
  deploy(p.change, p.deployAt);
  if (p.next !== 'none') deploy(p.next, p.deployAt + 2 * p.gap);
  if (isReplayed) {
    const reports = readerOf(
      REPORTS,
      'Comes late, by the version that billing has then, and reads the topic from its start',
    );
    startGroup(sim, cluster, reports, replayAt(p), () => reports.deploy(billing.version));
  }
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(CUSTOMERS, 0),
    target: roundRobin([new Link(sim, service, { from: 'users', delay: faraway })]),
  });
}

/** A group of one consumer whose records the reader decodes, from some time on. */
function startGroup(
  sim: Simulation,
  cluster: KafkaCluster,
  reader: OrderReader,
  at: number,
  before?: () => void,
): void {
  const group = groupOf(sim, cluster, {
    name: groupOfReader(reader.name),
    consumerName: `${reader.name}-consumer`,
    consumers: 1,
    isStatic: true,
    initialDelay: 0,
    assignor: kafkaAssignors.range,
    processTime: constant(PROCESS_TIME),
    pollRecords: 500,
    commit: 'auto',
    actOf: () => reader.act,
  });
  const start = (): void => {
    before?.();
    group.scale(1);
  };
  if (at === 0) start();
  else sim.scheduleAt(at, start, undefined, sim.eventKind(`${reader.name} begins to read`));
}
