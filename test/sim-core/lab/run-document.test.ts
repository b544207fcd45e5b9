/** Runs as documents: what is written reads back, what is wrong is named and left out, older versions are brought up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import {
  leavesTrail,
  readRunDocument,
  run,
  Run,
  trailOf,
  upgradeDocument,
  writeRunDocument,
  type Migration,
  type RunDocument,
} from '../../../sim-core/index.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const whole: RunDocument = {
  engine: '0.1.0',
  scenario: 'stampede',
  definition: `sha256:${'0'.repeat(64)}`,
  variant: 'mutex',
  seed: 'ada',
  params: { rate: 2000 },
  interventions: [{ at: 12e9, action: 'slow', target: 'database', args: { factor: 4 } }],
  digest: `sha256:${'a'.repeat(64)}`,
  trail: '0'.repeat(96),
};
const read = (change: Record<string, unknown>) =>
  readRunDocument(upgradeDocument({ ...writeRunDocument(whole), ...change }), scenario);

it('a written document reads back without a complaint', () => {
  expect(readRunDocument(upgradeDocument(JSON.parse(JSON.stringify(writeRunDocument(whole)))), scenario)).toEqual({
    document: whole,
    complaints: [],
  });
});

it('parameters that the variant has anyway are not changes, and interventions come in order of time', () => {
  const [first] = whole.interventions;
  const { document, complaints } = read({
    params: { rate: 1000, protection: 'mutex', ttl: 5e9 },
    interventions: [first, { ...first, at: 1e9 }],
  });
  expect(complaints).toEqual([]);
  expect(document.params).toEqual({ ttl: 5e9 });
  expect(document.interventions.map(({ at }) => at)).toEqual([1e9, 12e9]);
});

describe('what is wrong is named, with what would be right, and the rest is kept', () => {
  const deed = { at: 1e9, action: 'slow', target: 'database' };
  it.each([
    ['variant', { variant: 'nine' }, 'one of none, mutex'],
    ['seed', { seed: -1 }, 'a whole number or a word'],
    ['seed', { seed: '' }, 'a whole number or a word'],
    ['params', { params: [1] }, 'an object of parameters'],
    ['params.rate', { params: { rate: 1e9 } }, 'a number a second from 1/s to 20000/s'],
    ['params.rate', { params: { rate: '2000' } }, 'a number a second from 1/s to 20000/s'],
    ['params.speed', { params: { speed: 1 } }, 'there are rate, ttl'],
    ['interventions', { interventions: {} }, 'a list'],
    ['interventions[0]', { interventions: [7] }, 'an object with at, action, target'],
    ['interventions[0]', { interventions: [{ ...deed, target: 'moon' }] }, 'there are'],
    ['interventions[0]', { interventions: [{ ...deed, action: 'sing' }] }, 'it takes'],
    ['interventions[0]', { interventions: [{ ...deed, at: 1e12 }] }, 'outside of the run'],
    ['interventions[0]', { interventions: [{ ...deed, args: { factor: 'x' } }] }, 'an object with at, action, target'],
    ['digest', { digest: 'sha256:00' }, '64 hexadecimal digits'],
    ['trail', { trail: 'x' }, '96 hexadecimal digits'],
    ['engine', { engine: 7 }, 'a version'],
    ['definition', { definition: 'x' }, '64 hexadecimal digits'],
    ['mood', { mood: 'good' }, 'no such field'],
  ])(
    '%s: %j',
    (field, change, expected) => {
      const { document, complaints } = read(change);
      expect(complaints).toEqual([{ field, message: expect.stringContaining(expected) }]);
      const untouched = Object.keys(whole).filter((name) => name !== field.replace(/[.[].*/, ''));
      for (const name of untouched as (keyof RunDocument)[]) expect(document[name]).toEqual(whole[name]);
    },
    30_000,
  );

  it('whatever is in a document, what is read of it can be run', () => {
    const anything = fc.record(
      {
        variant: fc.oneof(fc.constantFrom(...Object.keys(scenario.variants)), fc.jsonValue()),
        seed: fc.oneof(fc.nat(), fc.jsonValue()),
        params: fc.oneof(fc.dictionary(fc.constantFrom('rate', 'ttl', 'length', 'x'), fc.jsonValue()), fc.jsonValue()),
        interventions: fc.array(fc.jsonValue(), { maxLength: 3 }),
        digest: fc.jsonValue(),
        trail: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, (fields) => {
        const { document, complaints } = readRunDocument(upgradeDocument({ brownout: 1, ...fields }), scenario);
        expect(readRunDocument(upgradeDocument(writeRunDocument(document)), scenario).document).toEqual(document);
        expect(() => new Run(scenario, document)).not.toThrow();
        for (const { message } of complaints) expect(message.length).toBeLessThan(600);
      }),
      { numRuns: 200 },
    );
  });
});

describe('versions', () => {
  it.each([
    [null, 'expected a run'],
    [[], 'expected a run'],
    [{}, 'expected a number from 1 to 1'],
    [{ brownout: 0 }, 'expected a number from 1 to 1'],
    [{ brownout: 2 }, 'of a newer Brownout'],
  ])('%j is refused', (document, message) => {
    expect(() => upgradeDocument(document)).toThrow(message);
  });

  it('an older document goes through every later migration, in order and once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(8), (newest, back) => {
        const version = Math.max(1, newest - back);
        const migrations = Array.from({ length: newest - 1 }, (_, i): Migration => (fields) => ({
          ...fields,
          path: [...(fields.path as number[]), i + 1],
        }));
        const upgraded = upgradeDocument({ brownout: version, path: [] }, migrations);
        expect(upgraded.brownout).toBe(newest);
        expect(upgraded.path).toEqual(Array.from({ length: newest - version }, (_, i) => version + i));
      }),
    );
  });
});

describe('a trail', () => {
  const first = run(scenario, { variant: 'none' });

  it('is followed by the same run, and left where another one parts', () => {
    expect(leavesTrail(trailOf(first), run(scenario, { variant: 'none' }))).toBeUndefined();
    const at = 15e9;
    const other = run(scenario, { variant: 'none', interventions: [{ at, action: 'slow', target: 'database' }] });
    const stretch = leavesTrail(trailOf(first), other)!;
    expect(stretch.to).toBeGreaterThan(at);
    expect(stretch.from).toBeGreaterThanOrEqual(at - 2e9);
    expect(stretch.from).toBeLessThan(20e9);
  });

  it('is left in the stretch of whichever value is altered', () => {
    const rows = first.signals[0].columns[Object.keys(first.signals[0].columns)[0]].length;
    fc.assert(
      fc.property(fc.nat(first.signals.length - 1), fc.nat(rows - 1), (signal, row) => {
        const copy = structuredClone(first);
        const [column] = Object.values(copy.signals[signal].columns);
        column[row] = Number.isNaN(column[row]) ? 1 : column[row] + 1;
        const stretch = leavesTrail(trailOf(first), copy)!;
        const time = row * first.header.interval;
        expect(stretch.from <= time && time < stretch.to).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
