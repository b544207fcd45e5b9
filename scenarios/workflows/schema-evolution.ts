/**
 * A schema changes under load: what becomes of records while one side speaks by the new version and the other by the old.
 *
 *     users --> orders --> topic --> billing
 *                  \                  /
 *     pipeline --> registry <--------/
 *
 * Records are really encoded and decoded. The pipeline brings out the new version past the registry (and a linter), to one side
 * and then to the other. All variants get the same orders at the same times.
 */
import {
  atLeast,
  atMost,
  constant,
  defineScenario,
  guardrail,
  Link,
  ms,
  OpenLoopClient,
  poisson,
  roundRobin,
  s,
  SchemaRegistry,
  total,
  zipfPopularity,
  type Expectation,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { OrderConsumer } from './schema-evolution/consumer.ts';
import { codecs } from './schema-evolution/formats/formats.ts';
import { asItIs, levelOf, withLinter, withRegistry } from './schema-evolution/limits.ts';
import { params, type Values } from './schema-evolution/params.ts';
import { producer } from './schema-evolution/producer.ts';
import { Rollout, SUBJECT } from './schema-evolution/rollout.ts';
import {
  AGE,
  DEPLOYED,
  FAILED,
  FAILED_RATE,
  MISREAD,
  MISREAD_RATE,
  READ,
  REFUSED,
  schemaSignals,
  SIZE,
} from './schema-evolution/tally.ts';
import { Topic } from './schema-evolution/topic.ts';
import { FIRST_VERSION } from './schema-evolution/versions.ts';

const CUSTOMERS = 1000;

/** Nobody meets the change but between the upgrades, and what it does not befall is read as it was meant. */
const asTheTableSays = [
  atMost(total(FAILED), asItIs.failedMost),
  atMost(total(MISREAD), asItIs.misreadMost),
  atLeast(total(READ), asItIs.readLeast),
];
const stoppedBy = (gates: typeof asItIs): Expectation[] => [
  atLeast(total(REFUSED), gates.refusedLeast),
  atMost(total(DEPLOYED), gates.deployedMost),
  atLeast(total(READ), gates.readLeast),
];

export default defineScenario({
  id: 'schema-evolution',
  section: '2.8',
  title: 'Schema evolution',
  pitfall: 'Breaking change deploy',
  question: 'A schema changes, and one side is upgraded before the other. What do readers make of the records?',
  params,
  variants: {
    'no-gate': {},
    'registry-gate': { gate: 'by-order' },
    'reused-number': { format: 'protobuf', change: 'reuse-number', gate: 'by-order' },
    'linter-gate': { format: 'protobuf', change: 'reuse-number', gate: 'by-order', linter: 'WIRE_JSON' },
  },
  roles: {
    'no-gate': 'pitfall',
    'registry-gate': 'remedy',
    'reused-number': 'pitfall',
    'linter-gate': 'remedy',
  },
  repairs: { 'registry-gate': 'no-gate', 'linter-gate': 'reused-number' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  // So wide that chance makes little of a row: 150 orders.
  interval: ms(500),
  openAt: s(15),
  system,
  signals: schemaSignals,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [FAILED_RATE, MISREAD_RATE, READ, FAILED, MISREAD, DEPLOYED, REFUSED, SIZE, AGE, 'schema_registry.requests'],
  places: {
    users: { x: 0, y: 0 },
    orders: { x: 1, y: 0 },
    topic: { x: 2, y: 0 },
    billing: { x: 3, y: 0 },
    pipeline: { x: 1, y: 1.2 },
    registry: { x: 2, y: 1.2 },
  },
  expect: {
    'no-gate': [atLeast(total(FAILED), asItIs.failedLeast), ...asTheTableSays],
    'registry-gate': [
      ...stoppedBy(withRegistry),
      atMost(total(FAILED), withRegistry.failedMost),
      guardrail(atMost(total(MISREAD), withRegistry.misreadMost), 'an error is not mended by a wrong value'),
    ],
    'reused-number': [atLeast(total(MISREAD), asItIs.misreadLeast), ...asTheTableSays],
    'linter-gate': [
      ...stoppedBy(withLinter),
      atMost(total(MISREAD), withLinter.misreadMost),
      guardrail(atMost(total(FAILED), withLinter.failedMost), 'a wrong value is not mended by an error'),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const format = codecs(p.format);
  const level = levelOf(p);
  const registry = new SchemaRegistry(sim, { name: 'registry', level, requestTime: constant(ms(5)) });
  const first = { version: FIRST_VERSION, id: registry.registeredBefore(SUBJECT, format(FIRST_VERSION).schema) };
  const topic = new Topic(sim, 'topic');
  const { service, side } = producer(sim, topic, format, first);
  const billing = new OrderConsumer(sim, {
    topic,
    registry,
    format,
    first: FIRST_VERSION,
    pollEvery: p.pollEvery,
  });
  const pipeline = new Rollout(sim, {
    registry,
    format,
    linter: p.linter,
    sides: p.order === 'consumers-first' ? [billing, side] : [side, billing],
    gap: p.gap,
  });
  sim.scheduleAt(p.deployAt, () => pipeline.deploy(p.change), undefined, sim.eventKind('a new version is deployed'));
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(CUSTOMERS, 0),
    target: roundRobin([new Link(sim, service, { from: 'users', delay: faraway })]),
  });
}
