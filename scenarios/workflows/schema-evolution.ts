/**
 * A schema changes under load: what becomes of records while one side speaks by the new version and the other by the old, and what of
 * old records when somebody reads them again.
 *
 *     users --> orders --> topic --> billing, reports
 *                  \                  /
 *     pipeline --> registry <--------/
 *
 * Records are really encoded and decoded, each behind its magic byte and the id of its schema, in a partitioned topic that is read by
 * groups. The pipeline brings out new versions past the registry (and a linter), to one side and then to the other. All variants
 * get the same orders at the same times.
 */
import { atLeast, atMost, defineScenario, guardrail, ms, s, total, type Expectation } from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { asItIs, withAllVersions, withLinter, withRegistry } from './schema-evolution/limits.ts';
import { params } from './schema-evolution/params.ts';
import { system } from './schema-evolution/system.ts';
import {
  AGE,
  DEPLOYED,
  FAILED,
  FAILED_RATE,
  MISREAD,
  MISREAD_RATE,
  READ,
  REFUSED,
  REPLAY_FAILED,
  REPLAY_MISREAD,
  REPLAYED,
  schemaSignals,
  SIZE,
} from './schema-evolution/tally.ts';

/** Nobody meets the change but between the upgrades, and what it does not befall is read as it was meant. */
const asTheTableSays = [
  atMost(total(FAILED), asItIs.failedMost),
  atMost(total(MISREAD), asItIs.misreadMost),
  atLeast(total(READ), asItIs.readLeast),
];
/** Loud: what it befalls fails, all of it, and nothing is taken for something else. */
const failsAloud = [atLeast(total(FAILED), asItIs.failedLeast), ...asTheTableSays];
const stoppedBy = (gates: typeof asItIs): Expectation[] => [
  atLeast(total(REFUSED), gates.refusedLeast),
  atMost(total(DEPLOYED), gates.deployedMost),
  atLeast(total(READ), gates.readLeast),
];

/** Two changes, neither of which breaks what was written by the version before it, and a reader who meets what is older. */
const TWO_STEPS = {
  change: 'add-with-default',
  next: 'drop-defaults',
  deployAt: s(6),
  gap: s(4),
  replay: 'from-the-start',
} as const;

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
    'last-version-gate': { ...TWO_STEPS, gate: 'FULL' },
    'all-versions-gate': { ...TWO_STEPS, gate: 'FULL_TRANSITIVE' },
    'json-closed-model': { format: 'json-closed', change: 'add-with-default', order: 'producers-first' },
    'thrift-widened': { format: 'thrift', change: 'widen', order: 'producers-first' },
  },
  roles: {
    'no-gate': 'pitfall',
    'registry-gate': 'remedy',
    'reused-number': 'pitfall',
    'linter-gate': 'remedy',
    'last-version-gate': 'pitfall',
    'all-versions-gate': 'remedy',
    'json-closed-model': 'fault',
    'thrift-widened': 'fault',
  },
  repairs: {
    'registry-gate': 'no-gate',
    'linter-gate': 'reused-number',
    'all-versions-gate': 'last-version-gate',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  // So wide that chance makes little of a row: 100 orders.
  interval: ms(500),
  openAt: s(15),
  system,
  signals: schemaSignals,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    FAILED_RATE,
    MISREAD_RATE,
    READ,
    FAILED,
    MISREAD,
    REPLAYED,
    REPLAY_FAILED,
    DEPLOYED,
    REFUSED,
    SIZE,
    AGE,
    'schema_registry.requests',
  ],
  places: {
    users: { x: 0, y: 0 },
    orders: { x: 1, y: 0 },
    producer: { x: 2, y: 0 },
    'broker-1': { x: 3, y: 0 },
    'billing-consumer-1': { x: 4, y: 0 },
    pipeline: { x: 0, y: 1.1 },
    registry: { x: 1, y: 1.1 },
    billing: { x: 2, y: 1.1 },
    controllers: { x: 3, y: 1.1 },
    'billing-group': { x: 4, y: 1.1 },
    'reports-group': { x: 2, y: 2.2 },
    reports: { x: 3, y: 2.2 },
    'reports-consumer-1': { x: 4, y: 2.2 },
  },
  expect: {
    'no-gate': failsAloud,
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
    'last-version-gate': [
      atLeast(total(REPLAY_FAILED), asItIs.replayFailedLeast),
      atMost(total(REPLAY_FAILED), asItIs.replayFailedMost),
      ...asTheTableSays,
    ],
    'all-versions-gate': [
      atLeast(total(REFUSED), withAllVersions.refusedLeast),
      atMost(total(DEPLOYED), withAllVersions.deployedMost),
      atMost(total(REPLAY_FAILED), withAllVersions.replayFailedMost),
      guardrail(atLeast(total(READ), withAllVersions.readLeast), 'a gate is not on the way of records'),
      guardrail(
        atMost(total(REPLAY_MISREAD), withAllVersions.replayMisreadMost),
        'an error is not mended by a wrong value',
      ),
    ],
    'json-closed-model': failsAloud,
    'thrift-widened': failsAloud,
  },
});
