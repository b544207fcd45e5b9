/** The matrix of formats, changes and orders: every cell is run and compared with what the formats' rules say, as are the gates. */
import { describe, expect, it } from 'vitest';
import schemaEvolution from '../../../scenarios/workflows/schema-evolution.ts';
import { FORMATS, type FormatName } from '../../../scenarios/workflows/schema-evolution/formats/formats.ts';
import { reasonsAgainst } from '../../../scenarios/workflows/schema-evolution/limits.ts';
import { expectedOutcome, type UpgradeOrder } from '../../../scenarios/workflows/schema-evolution/outcomes.ts';
import {
  FAILED,
  MISREAD,
  orderConsumed,
  READ,
  REFUSED,
  REPLAY_FAILED,
  REPLAY_MISREAD,
  REPLAYED,
  schemaDeployed,
} from '../../../scenarios/workflows/schema-evolution/tally.ts';
import { CHANGE_NAMES, type Change } from '../../../scenarios/workflows/schema-evolution/versions.ts';
import { partitionOf } from '../../../sim-core/messaging/log/partitioner.ts';
import { componentsOf } from '../../../sim-core/network/component.ts';
import type { Broker } from '../../../sim-core/systems/kafka/broker.ts';
import {
  parseIntervention,
  s,
  Trial,
  type InterventionData,
  type ParameterValues,
  type Trialled,
  type ValuedRecord,
} from '../../../sim-core/index.ts';
import { failed, totalOf } from '../trials.ts';

const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
const ORDERS: UpgradeOrder[] = ['consumers-first', 'producers-first'];
const SHORT = { rate: 30, deployAt: s(2), gap: s(10), length: s(15) };

const begun = (variant: string, params: ParameterValues, interventions: InterventionData[] = []): Trial =>
  new Trial(schemaEvolution, { variant, params, interventions });
const played = (trial: Trial): Trialled => {
  while (!trial.advance(Infinity));
  expect(trial.violations()).toEqual([]);
  return trial.finish();
};
const of = (variant: string, params: ParameterValues = {}, interventions: InterventionData[] = []): Trialled =>
  played(begun(variant, params, interventions));
const cells = FORMAT_NAMES.flatMap((format) => CHANGE_NAMES.map((change) => [format, change] as const));

describe.each(cells)('%s, %s', (format, change) => {
  it.each(ORDERS)('%s: ends as the rules of the format say', (order) => {
    const recording = of('no-gate', { ...SHORT, format, change, order });
    const { outcome } = expectedOutcome(format, change, order);
    const [errors, misread] = [totalOf(recording, FAILED), totalOf(recording, MISREAD)];
    expect({ errors: errors > 0, misread: misread > 0 }).toEqual({ errors: outcome === 'e', misread: outcome === 'w' });
    expect(totalOf(recording, READ)).toBeGreaterThan(0);
    expect(failed(recording)).toEqual([]);
  });
});

/** Cells, as `format change`, of which a predicate holds for an order. */
const cellsWith = (
  order: UpgradeOrder,
  holds: (isBad: boolean, isRefused: boolean) => boolean,
  linter: 'off' | 'WIRE_JSON' = 'off',
): string[] =>
  cells
    .filter(([format, change]) => {
      const isBad = expectedOutcome(format, change, order).outcome !== 'r';
      const isRefused = reasonsAgainst({ format, change, order, gate: 'by-order', linter }).length > 0;
      return holds(isBad, isRefused);
    })
    .map((cell) => cell.join(' '));
const lets = (isBad: boolean, isRefused: boolean): boolean => isBad && !isRefused;
const isTooStrict = (isBad: boolean, isRefused: boolean): boolean => !isBad && isRefused;

describe('the registry, by the level that goes with the order', () => {
  /** Of the same schema with another meaning nobody can know. */
  const meaning = FORMAT_NAMES.map((format) => `${format} change-unit`);

  it('lets nothing out that fails to be decoded', () => {
    for (const order of ORDERS) {
      for (const cell of cellsWith(order, lets)) {
        const [format, change] = cell.split(' ') as [FormatName, Change];
        expect([cell, expectedOutcome(format, change, order).outcome]).toEqual([cell, 'w']);
      }
    }
  });

  it('does not see what is read wrong and is no error: meanings, renamed fields with defaults, and most of Protobuf', () => {
    expect(cellsWith('consumers-first', lets)).toEqual(
      ['avro rename-with-default', 'protobuf add-required', 'protobuf reuse-number', ...meaning].sort(byCell),
    );
    const protobuf = ['remove-required', 'widen', 'reuse-number', 'add-symbol'].map((change) => `protobuf ${change}`);
    expect(cellsWith('producers-first', lets)).toEqual(
      ['avro rename-with-default', ...protobuf, 'thrift add-symbol', ...meaning].sort(byCell),
    );
  });

  it('refuses of what is harmless only what an open model may have had under that name, and names by the rules for Thrift', () => {
    const thrift = ['thrift rename', 'thrift rename-with-default'];
    // Who wrote by the version before may have left the field out, for all that the registry knows.
    const required = ['json-open drop-defaults', 'json-closed drop-defaults', 'thrift drop-defaults'];
    expect(cellsWith('consumers-first', isTooStrict)).toEqual(
      ['json-open add-with-default', 'json-open reuse-number', ...required, ...thrift].sort(byCell),
    );
    expect(cellsWith('producers-first', isTooStrict)).toEqual(
      ['json-open remove-optional', 'json-open reuse-number', ...thrift].sort(byCell),
    );
  });

  it('with a linter before it sees numbers used again, and is stricter than the wire of Protobuf is', () => {
    const ofProtobuf = (cell: string): boolean => cell.startsWith('protobuf');
    const leftOver = {
      'consumers-first': ['add-required', 'change-unit'],
      'producers-first': ['add-symbol', 'change-unit'],
    };
    for (const order of ORDERS) {
      const cellsLeft = cellsWith(order, lets, 'WIRE_JSON').filter(ofProtobuf);
      expect(cellsLeft).toEqual(leftOver[order].map((change) => `protobuf ${change}`));
      expect(cellsWith(order, isTooStrict, 'WIRE_JSON').filter(ofProtobuf)).toContain('protobuf rename');
    }
  });

  it('stops in the run what it refuses, and names the field', () => {
    const trial = begun('registry-gate', { ...SHORT, change: 'remove-required', order: 'producers-first' });
    const told: string[] = [];
    trial.sim.facts.channel(schemaDeployed).listen(({ outcome, reason }) => told.push(`${outcome}: ${reason}`));
    const recording = played(trial);
    expect(told).toEqual([expect.stringMatching(/^refused: .*\bemail\b/)]);
    expect([totalOf(recording, REFUSED), totalOf(recording, 'schema_registry.refused')]).toEqual([1, 1]);
    expect(totalOf(recording, FAILED)).toBe(0);
    expect(failed(recording)).toEqual([]);
  });
});

describe('two changes, of which neither breaks what the version before it wrote', () => {
  const twoSteps = { ...SHORT, gap: s(2), change: 'add-with-default', next: 'drop-defaults', replay: 'from-the-start' };

  it.each(FORMAT_NAMES)('%s: who reads from the start meets what the first version wrote', (format) => {
    const recording = of('no-gate', { ...twoSteps, format, gate: 'NONE' });
    const { outcome } = expectedOutcome(format, 'add-required', 'consumers-first');
    const [errors, misread] = [totalOf(recording, REPLAY_FAILED), totalOf(recording, REPLAY_MISREAD)];
    expect({ errors: errors > 0, misread: misread > 0 }).toEqual({ errors: outcome === 'e', misread: outcome === 'w' });
    // Those of the first four seconds, and none of the nine after them.
    expect(errors + misread).toBeLessThan(totalOf(recording, REPLAYED) / 2);
    expect(totalOf(recording, FAILED)).toBe(0);
    expect(failed(recording)).toEqual([]);
  });

  it.each(['BACKWARD', 'FULL'] as const)('%s lets both out, and held to all versions stops the second', (gate) => {
    const refused = (level: string): [number, number] => {
      const recording = of('no-gate', { ...twoSteps, gate: level });
      return [totalOf(recording, REFUSED), totalOf(recording, REPLAY_FAILED)];
    };
    const [none, broken] = refused(gate);
    expect([none, broken > 0]).toEqual([0, true]);
    expect(refused(`${gate}_TRANSITIVE`)).toEqual([1, 0]);
  });
});

describe('the topic', () => {
  it('has each record behind a magic byte and the id of the schema that wrote it, in the partition of its key', () => {
    const trial = begun('registry-gate', { ...SHORT, change: 'add-with-default' });
    played(trial);
    const broker = componentsOf(trial.sim).find(({ name }) => name === 'broker-1') as Broker;
    const heads = new Map<number, number>();
    for (const partition of [0, 1, 2]) {
      for (const { records } of broker.replica(`orders-${partition}`)!.log.batches()) {
        for (const { key, value } of records as ValuedRecord[]) {
          expect(partitionOf(key!, 3)).toBe(partition);
          const bytes = new DataView((value as Uint8Array).buffer, (value as Uint8Array).byteOffset);
          expect(bytes.getUint8(0)).toBe(0);
          heads.set(bytes.getInt32(1), (heads.get(bytes.getInt32(1)) ?? 0) + 1);
        }
      }
    }
    // The producer is the second to be upgraded, at the twelfth second of fifteen.
    expect([...heads.keys()].sort()).toEqual([1, 2]);
    expect(heads.get(1)! / heads.get(2)!).toBeGreaterThan(2);
  });

  it('keeps how far its group is: a consumer that is killed reads again from its last commit, and nothing is left out', () => {
    const trial = begun('registry-gate', SHORT, [parseIntervention('8s:kill:billing-consumer-1:seconds=1')]);
    const reads = new Map<number, number>();
    trial.sim.facts.channel(orderConsumed).listen(({ request }) => reads.set(request, (reads.get(request) ?? 0) + 1));
    played(trial);
    const twice = [...reads.values()].filter((count) => count > 1).length;
    // It commits every five seconds: what came since the last commit, and not what came before.
    expect(twice).toBeGreaterThan(0);
    expect(twice).toBeLessThan(SHORT.rate * 6);
    expect(Math.max(...reads.values())).toBe(2);
    const numbers = [...reads.keys()].sort((one, other) => one - other);
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0] + index));
  });
});

function byCell(one: string, other: string): number {
  const place = (cell: string): number => cells.findIndex((candidate) => candidate.join(' ') === cell);
  return place(one) - place(other);
}

it.each(Object.keys(schemaEvolution.variants))('%s holds its claims with other settings', (variant) => {
  const settings = [
    { deployAt: s(60) },
    { gap: s(60) },
    { rate: 3, linger: s(1) },
    { change: 'change-unit', rate: 100 },
  ];
  for (const params of settings) expect(failed(of(variant, params))).toEqual([]);
});

describe('by hand', () => {
  it('one more change is deployed', () => {
    const deeds = ['22s:deploy:pipeline:change=9'].map(parseIntervention);
    const more = of('linter-gate', { change: 'add-with-default' }, deeds);
    expect(totalOf(more, REFUSED)).toBe(1);
    expect(totalOf(of('reused-number', { change: 'add-with-default' }, deeds), MISREAD)).toBeGreaterThan(0);
  });

  it('a registry that is down stops a deployment, and no record that is on its way', () => {
    const down = of('no-gate', {}, [parseIntervention('9.9s:crash:registry:seconds=5')]);
    expect([totalOf(down, REFUSED), totalOf(down, 'schema_registry.refused')]).toEqual([1, 0]);
    expect(totalOf(down, FAILED)).toBe(0);
    expect(totalOf(down, READ)).toBeGreaterThan(5000);
  });

  it('a registry that is down while a new schema comes has the consumer wait, and it loses nothing', () => {
    const params = { ...SHORT, order: 'producers-first' };
    const deed = parseIntervention('2.006s:crash:registry:seconds=3');
    const [down, up] = [of('no-gate', params, [deed]), of('no-gate', params)];
    expect(totalOf(down, READ)).toBe(totalOf(up, READ));
    const oldest = (recording: Trialled): number =>
      recording.signals.find(({ name }) => name === 'orders.age')!.summary['max'];
    // Its group takes some hundred milliseconds to come together.
    expect(oldest(up)).toBeLessThan(1);
    expect(oldest(down)).toBeGreaterThan(2);
  });
});
