/** A source and a sink connector between two tables, each of which dies at every few events of a run: what the second table has. */
import { expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import type { Waiter } from '../../../../../sim-core/kernel/wait.ts';
import { assignors } from '../../../../../sim-core/messaging/groups/assignors.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { Table, type StoredRow, type TableCommand } from '../../../../../sim-core/storage/table.ts';
import { Cluster } from '../../../../../sim-core/systems/kafka/cluster.ts';
import { AvroConverter } from '../../../../../sim-core/systems/kafka/connect/avro-converter.ts';
import { sinkOf, type InsertMode } from '../../../../../sim-core/systems/kafka/connect/sink.ts';
import { SourceTask } from '../../../../../sim-core/systems/kafka/connect/source-task.ts';
import { ConsumerGroup } from '../../../../../sim-core/systems/kafka/consumer-group.ts';
import type { ProducerQuery } from '../../../../../sim-core/systems/kafka/producer-batch.ts';
import { Producer } from '../../../../../sim-core/systems/kafka/producer.ts';
import { SchemaRegistry } from '../../../../../sim-core/systems/schema-registry/schema-registry.ts';
import { ms, SMALL_CLUSTER, SMALL_GROUP, SMALL_PRODUCER, SMALL_TOPIC } from '../small-cluster.ts';

const ROWS = 12;
const END = ms(300);
const near = constant(ms(0.2));
const FIELDS = ['order', 'cents'].map((name) => ({ name, type: 'int' }));
const SCHEMA = { type: 'record', name: 'Row', fields: [...FIELDS, { name: 'at', type: 'double' }] };

const more = (field: object) => ({ ...SCHEMA, fields: [...SCHEMA.fields, field] });
const WITH_DEFAULT = more({ name: 'channel', type: 'string', default: 'till' });
const WITHOUT = more({ name: 'discount', type: 'int' });

class Pipeline {
  readonly sim = new Simulation();
  readonly from = new Table(this.sim, 'from', constant(ms(0.1)));
  readonly into = new Table(this.sim, 'into', constant(ms(0.1)));
  readonly registry: SchemaRegistry;
  readonly cluster: Cluster;
  readonly source: SourceTask;
  readonly sink: ConsumerGroup;

  constructor(mode: InsertMode) {
    const { sim } = this;
    this.registry = new SchemaRegistry(sim, { name: 'registry', level: 'BACKWARD', requestTime: constant(ms(0.1)) });
    const topics = [
      { ...SMALL_TOPIC, name: 'rows', partitions: 2 },
      { ...SMALL_TOPIC, name: 'offsets', partitions: 1 },
    ];
    this.cluster = new Cluster(sim, { ...SMALL_CLUSTER, topics });
    const { cluster } = this;
    const producer = new Producer(sim, {
      name: 'writer',
      topic: { name: 'both', partitions: cluster.topics.flatMap(({ partitions }) => partitions) },
      metadata: cluster.metadata,
      book: cluster.book,
      ...SMALL_PRODUCER,
    });
    cluster.attach(producer, near, ms(40));
    this.source = new SourceTask(sim, {
      name: 'source',
      cluster,
      table: this.from,
      registry: this.registry,
      producer,
      link: (name) => new Link<ProducerQuery, void>(sim, producer, { from: name, delay: constant(0), isOrdered: true }),
      subject: 'rows-value',
      schemas: [SCHEMA, WITH_DEFAULT, WITHOUT],
      partitionOf: (key) => `rows-${key % 2}`,
      keyColumn: 'order',
      timeColumn: 'at',
      requestColumn: 'order',
      offsets: 'offsets-0',
      flushInterval: ms(10),
      pollInterval: ms(3),
      batchRows: 3,
      requestTimeout: ms(40),
      retryBackoff: ms(5),
      delay: near,
    });
    this.sink = new ConsumerGroup(sim, cluster, {
      ...SMALL_GROUP,
      topics: [cluster.topics[0]],
      consumers: 1,
      consumerName: 'sink',
      assignor: assignors.range,
      pollRecords: 3,
      delay: near,
      commit: 'auto',
      autoCommitInterval: ms(10),
      actOf: (name) =>
        sinkOf(sim, {
          name,
          table: new Link<TableCommand, readonly StoredRow[]>(sim, this.into, { from: name, delay: near }),
          converter: new AvroConverter(sim, this.registry, name, near),
          mode,
          keyColumn: 'order',
          retryBackoff: ms(5),
        }),
    });
    const users = new Link<TableCommand, readonly StoredRow[]>(sim, this.from, { from: 'users', delay: constant(0) });
    const waiter: Waiter = { resume: () => {}, fail: () => {} };
    for (let order = 0; order < ROWS; order++) {
      const insert = (): void => {
        const row = { order, cents: 100 + order, at: sim.now, channel: 'till', discount: 0 };
        users.call({ command: 'insert', row }, new RequestContext(order, sim.now)).begin(waiter);
      };
      sim.scheduleAt(ms(10 + order * 4), insert, undefined);
    }
    this.source.start();
    this.sink.scale(1);
  }

  /** Kills somebody after so many events; gives whether there were so many. */
  crash(events: number, victim: (pipeline: Pipeline) => void): boolean {
    const { sim } = this;
    sim.runUntil(ms(15));
    const isOver = sim.runUntil(ms(70), events);
    sim.inject(() => victim(this), 0);
    sim.runUntil(END);
    return isOver;
  }
}

const orders = ({ into }: Pipeline): number[] =>
  into.rows.map(({ row }) => row['order'] as number).sort((a, b) => a - b);
const all = Array.from({ length: ROWS }, (_, order) => order);

const VICTIMS: [string, (pipeline: Pipeline) => void][] = [
  ['the source', ({ source }) => source.kill(ms(15))],
  ['the sink', ({ sink }) => sink.consumers[0].kill(ms(15))],
  ['a broker', ({ cluster }) => cluster.brokers[0].kill(ms(30))],
  ['the registry', ({ registry }) => registry.interventions['crash'].apply([0.02])],
];

it.each(VICTIMS)('by upsert each row is there once, whenever %s dies', (_name, victim) => {
  for (let events = 0, isOver = false; !isOver; events += 9) {
    const pipeline = new Pipeline('upsert');
    isOver = pipeline.crash(events, victim);
    expect(orders(pipeline), `after ${events} events`).toEqual(all);
    expect(pipeline.into.rows.map(({ row }) => row['cents'])).toEqual(
      pipeline.into.rows.map(({ row }) => 100 + (row['order'] as number)),
    );
  }
});

it.each(VICTIMS.slice(0, 2))(
  'by insert no row is missing, and some are there twice after a death of %s',
  (_name, victim) => {
    let doubled = 0;
    for (let events = 0, isOver = false; !isOver; events += 9) {
      const pipeline = new Pipeline('insert');
      isOver = pipeline.crash(events, victim);
      expect([...new Set(orders(pipeline))], `after ${events} events`).toEqual(all);
      if (pipeline.into.rows.length > ROWS) doubled++;
    }
    expect(doubled).toBeGreaterThan(0);
  },
);

it('goes on with a schema that the registry takes, and fails with one that it refuses until it has another', () => {
  const pipeline = new Pipeline('upsert');
  const { sim, source } = pipeline;
  const deploy = (at: number, version: number): void =>
    void sim.scheduleAt(ms(at), () => source.interventions['deploy'].apply([version]), undefined);
  deploy(20, 2);
  deploy(40, 3);
  sim.runUntil(ms(150));
  const had = orders(pipeline).length;
  expect(had).toBeLessThan(ROWS);
  expect(source.state()['failed']).toMatch(/^rows-value is refused: .*discount/);
  expect(pipeline.into.rows.some(({ row }) => row['channel'] === 'till')).toBe(true);
  deploy(160, 2);
  sim.runUntil(END);
  expect(orders(pipeline)).toEqual(all);
  expect(source.state()['failed']).toBeUndefined();
});

const deploy =
  (version: number) =>
  ({ source }: Pipeline): void =>
    source.interventions['deploy'].apply([version]);

it.each<[string, (pipeline: Pipeline) => void]>([
  ['is killed again', ({ source }) => source.kill(ms(10))],
  ['has another version deployed', deploy(2)],
])('a source that %s while it is down is up once, at the later end', (_name, again) => {
  const pipeline = new Pipeline('insert');
  const { sim, source, cluster } = pipeline;
  // Before any row is there: one that starts twice writes each of them twice.
  sim.scheduleAt(ms(5), () => source.kill(ms(40)), undefined);
  sim.scheduleAt(ms(12), () => again(pipeline), undefined);
  sim.runUntil(ms(45) - 1);
  expect(cluster.topics[0].partitions.flatMap((partition) => cluster.book.line(partition))).toEqual([]);
  sim.runUntil(END);
  expect(orders(pipeline)).toEqual(all);
});

it('by insert each row is there once, whenever another version is deployed to the source', () => {
  for (let events = 0, isOver = false; !isOver; events += 9) {
    const pipeline = new Pipeline('insert');
    isOver = pipeline.crash(events, deploy(2));
    expect(orders(pipeline), `after ${events} events`).toEqual(all);
  }
});
