/**
 * The wiring of a pipeline without code: a source connector writes the rows of a shop's table to a topic, a sink connector writes them to
 * the table of a warehouse. Both convert by the registry's schema.
 */
import {
  AvroConverter,
  constant,
  gamma,
  kafkaAssignors,
  KafkaCluster,
  Link,
  ms,
  partitionOf,
  s,
  SchemaRegistry,
  sinkOf,
  SourceTask,
  Table,
  us,
  type InsertMode,
  type KafkaProducerQuery,
  type Simulation,
  type StoredRow,
  type TableCommand,
} from '../../../sim-core/index.ts';
import { nearby, SHAPE } from '../../application/distances.ts';
import { CLUSTER, GROUP, groupOf, producerTo, TOPIC } from '../../messaging/application/orders.ts';
import * as limits from './limits.ts';
import type { SendOn } from './orders.ts';
import type { Values } from './params.ts';
import { RowTruth } from './row-truth.ts';
import { ORDERS } from './queries.ts';
import { users } from './users.ts';

const SINK = 'sink';
/** `offset.storage.topic`; it has one partition here, since there is one source. */
const OFFSETS = 'connect-offsets';
/** Three versions of the order: the second has a column with a default more, the third one without. */
const COLUMNS: readonly object[] = [
  { name: 'order', type: 'int' },
  { name: 'customer', type: 'int' },
  { name: 'cents', type: 'int' },
  { name: 'paid', type: 'string' },
  { name: 'at', type: 'double' },
];
const SCHEMAS = [[], [{ name: 'channel', type: 'string', default: 'till' }], [{ name: 'discount', type: 'int' }]].map(
  (more) => ({ type: 'record', name: 'Order', fields: [...COLUMNS, ...more] }),
);
/** What all orders have in the columns that not every version knows. */
const MORE = { channel: 'till', discount: 0 };

export function connectors(sim: Simulation, p: Values): void {
  const topic = { ...TOPIC, partitions: limits.PARTITIONS };
  const cluster = new KafkaCluster(sim, {
    ...CLUSTER,
    topics: [
      { ...topic, name: ORDERS },
      { ...TOPIC, name: OFFSETS, partitions: 1, log: { cleanupPolicy: 'compact' } },
    ],
    groups: { names: [SINK] },
  });
  const registry = new SchemaRegistry(sim, { name: 'registry', level: 'BACKWARD', requestTime: constant(ms(5)) });
  const shop = new Table(sim, 'shop', gamma(SHAPE, limits.SHOP_TIME / SHAPE));
  const warehouse = new Table(sim, 'warehouse', gamma(SHAPE, p.processTime / SHAPE));
  users(sim, p, toTable(sim, shop), { placed: () => {}, sent: () => {} });
  const source = sourceTask(sim, p, cluster, shop, registry);
  const sink = groupOf(sim, cluster, {
    name: SINK,
    consumerName: SINK,
    consumers: 1,
    isStatic: true,
    initialDelay: s(1),
    assignor: kafkaAssignors.range,
    processTime: constant(us(50)),
    commit: 'auto',
    autoCommitInterval: p.commitInterval,
    actOf: (name) =>
      sinkOf(sim, {
        name,
        table: new Link<TableCommand, readonly StoredRow[]>(sim, warehouse, { from: name, delay: nearby }),
        converter: new AvroConverter(sim, registry, name, nearby),
        mode: p.insertMode as InsertMode,
        keyColumn: 'order',
        retryBackoff: GROUP.retryBackoff,
      }),
  });
  source.start();
  sink.scale(1);
  new RowTruth(sim, shop, warehouse);
  const crashes: readonly [string, (downtime: number) => void][] = [
    ['the source crashes', (downtime) => source.kill(downtime)],
    ['the sink crashes', (downtime) => sink.consumers[0].kill(downtime)],
  ];
  crashes.forEach(([what, kill], index) => {
    const at = p.crashAt + index * p.crashEvery;
    sim.scheduleAt(at, () => kill(p.downtime), undefined, sim.eventKind(what));
  });
}

/** Tills insert each order into the shop's table; one that cancels is for no cents. */
function toTable(sim: Simulation, shop: Table): (tills: string) => SendOn {
  return (from) => {
    const link = new Link<TableCommand, readonly StoredRow[]>(sim, shop, { from, delay: nearby });
    return ({ request: order, customer, order: placed, at }, request) => {
      const row = { order, customer, cents: placed?.cents ?? 0, paid: placed?.paid ?? 'no', at, ...MORE };
      return link.call({ command: 'insert', row }, request);
    };
  };
}

function sourceTask(
  sim: Simulation,
  p: Values,
  cluster: KafkaCluster,
  table: Table,
  registry: SchemaRegistry,
): SourceTask {
  const [orders, offsets] = cluster.topics;
  const both = { name: `${ORDERS}, ${OFFSETS}`, partitions: [...orders.partitions, ...offsets.partitions] };
  const producer = producerTo(sim, cluster, { name: 'writer-1', topic: both });
  return new SourceTask(sim, {
    name: 'source',
    cluster,
    table,
    registry,
    producer,
    link: (from) => new Link<KafkaProducerQuery, void>(sim, producer, { from, delay: constant(0), isOrdered: true }),
    subject: `${ORDERS}-value`,
    schemas: SCHEMAS,
    partitionOf: (customer) => orders.partitions[partitionOf(customer, limits.PARTITIONS)],
    keyColumn: 'customer',
    timeColumn: 'at',
    requestColumn: 'order',
    offsets: offsets.partitions[0],
    flushInterval: p.commitInterval,
    pollInterval: limits.CONNECT_POLL,
    batchRows: 500,
    requestTimeout: s(30),
    retryBackoff: GROUP.retryBackoff,
    delay: nearby,
  });
}
