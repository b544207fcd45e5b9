/**
 * Facts in tables: what is told comes back, in order; past the cap a sample of the requests is kept, each with all of
 * its facts, and the same requests in every variant.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defineFact,
  defineReading,
  run,
  s,
  sampleHash,
  Simulation,
  type FactKind,
  type FactTable,
  type RecordedFacts,
} from '../../../sim-core/index.ts';
import { FactRecorder } from '../../../sim-core/lab/fact-recorder.ts';
import { smallSystem } from './small-system.ts';

const asked = defineFact('test.asked', 'Somebody asked', {
  who: 'text',
  request: 'request',
  good: 'flag',
  size: 'number',
});
const answered = defineFact('test.answered', 'Somebody answered', { request: 'request', outcome: 'text' });
const turned = defineFact('test.turned', 'Something turned', { name: 'text', to: 'number' });
const metered = defineReading('test.metered', 'A meter was read', { value: 'number' });

type AnyFact = Readonly<Record<string, number | string | boolean>>;

function table({ tables }: RecordedFacts, kind: string): FactTable {
  return tables.find((each) => each.kind === kind)!;
}

/** Rows as facts again. */
function rowsOf(facts: RecordedFacts, kind: string): AnyFact[] {
  const { rows, columns, schema } = table(facts, kind);
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      Object.entries(columns).map(([field, column]) => {
        const value = column[row];
        return [field, schema[field] === 'text' ? facts.texts[value] : schema[field] === 'flag' ? value === 1 : value];
      }),
    ),
  );
}

const word = fc.constantFrom('a', 'b', 'ü', '', 'constructor', '__proto__');
const askedFact = fc.record({
  who: word,
  request: fc.nat(2 ** 40),
  good: fc.boolean(),
  size: fc.double({ noNaN: true }),
});
const answeredFact = fc.record({ request: fc.integer({ min: -1, max: 99 }), outcome: word });
const turnedFact = fc.record({ name: word, to: fc.integer() });
const anyFact = fc.oneof(
  askedFact.map((fact) => ({ kind: asked as FactKind, fact: fact as AnyFact })),
  answeredFact.map((fact) => ({ kind: answered as FactKind, fact: fact as AnyFact })),
  turnedFact.map((fact) => ({ kind: turned as FactKind, fact: fact as AnyFact })),
);

/** The same fact with its fields in another order, and one that its kind does not have. */
const reordered = (fact: AnyFact): AnyFact => ({ ...Object.fromEntries(Object.entries(fact).reverse()), extra: 5 });

describe('below the cap', () => {
  it('every fact comes back as it was told, with its time and event, whatever the order of its fields', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyFact, fc.nat(50), fc.boolean()), { maxLength: 60 }), (list) => {
        const sim = new Simulation();
        const early = sim.facts.channel(asked);
        const recorder = new FactRecorder(sim.facts);
        expect(early.heard).toBe(true);
        const told: { kind: string; fact: AnyFact; time: number; event: number }[] = [];
        for (const [{ kind, fact }, time, isReordered] of list) {
          const tell = (): void => {
            told.push({ kind: kind.name, fact, time: sim.now, event: sim.event });
            sim.facts.channel(kind as FactKind<AnyFact>).emit(isReordered ? reordered(fact) : fact);
          };
          sim.scheduleAt(time, tell, undefined);
        }
        sim.runUntil(100);
        const facts = recorder.finish();
        expect(facts.sampledOneIn).toBe(1);
        expect(new Set(facts.texts).size).toBe(facts.texts.length);
        for (const { kind, rows, times, events } of facts.tables) {
          const expected = told.filter((one) => one.kind === kind);
          expect(rows).toBe(expected.length);
          expect(facts.told[kind]).toBe(expected.length);
          expect(rowsOf(facts, kind)).toEqual(expected.map(({ fact }) => ({ ...fact })));
          expect([...times]).toEqual(expected.map(({ time }) => time));
          expect([...events]).toEqual(expected.map(({ event }) => event));
        }
        expect(facts.tables.reduce((all, { rows }) => all + rows, 0)).toBe(told.length);
      }),
      { numRuns: 200 },
    );
  });

  it('readings of meters stay unheard', () => {
    const sim = new Simulation();
    const recorder = new FactRecorder(sim.facts);
    expect(sim.facts.channel(metered).heard).toBe(false);
    expect(recorder.finish()).toEqual({ tables: [], texts: [], sampledOneIn: 1, told: {} });
  });
});

describe('past the cap', () => {
  /** Tells three facts of each of so many requests, and the numbered ones of the other kinds. */
  function tell(requests: number, skip: (request: number) => boolean, kinds = 1, each = 60_000): RecordedFacts {
    const sim = new Simulation();
    const recorder = new FactRecorder(sim.facts);
    const [first, second] = [sim.facts.channel(asked), sim.facts.channel(answered)];
    const others = Array.from({ length: kinds }, (_, i) =>
      sim.facts.channel(defineFact(`test.other-${i}`, 'Of no request', { to: 'number' })),
    );
    for (let request = 0; request < requests; request++) {
      if (skip(request)) continue;
      first.emit({ who: 'a', request, good: true, size: 1 });
      first.emit({ who: 'b', request, good: false, size: 2 });
      second.emit({ request, outcome: 'ok' });
    }
    for (const other of others) for (let i = 0; i < each; i++) other.emit({ to: i });
    return recorder.finish();
  }

  it('a sample of the requests is kept with all of their facts, and everything is counted', () => {
    const facts = tell(200_000, () => false);
    expect(facts.told).toEqual({ 'test.asked': 400_000, 'test.answered': 200_000, 'test.other-0': 60_000 });
    expect(facts.sampledOneIn).toBe(4);
    const [first, second] = [table(facts, 'test.asked'), table(facts, 'test.answered')];
    const kept = [...second.columns['request']];
    const expected = Array.from({ length: 200_000 }, (_, i) => i).filter((i) => sampleHash(i) < 2 ** 32 / 4);
    expect(kept.join() === expected.join()).toBe(true);
    expect(first.columns['request'].join() === kept.flatMap((request) => [request, request]).join()).toBe(true);
    // About a quarter of them: within five standard deviations.
    expect(Math.abs(kept.length - 50_000)).toBeLessThan(5 * Math.sqrt(200_000 * 0.25 * 0.75));
    expect(first.rows + second.rows).toBeLessThanOrEqual(200_000);
  });

  it('two variants keep the same requests, as far as both have them and the coarser sample goes', () => {
    const all = tell(150_000, () => false);
    const fewer = tell(150_000, (request) => request % 3 === 0);
    expect([all.sampledOneIn, fewer.sampledOneIn]).toEqual([4, 2]);
    const requests = (facts: RecordedFacts): number[] => [...table(facts, 'test.answered').columns['request']];
    const expected = requests(all).filter((request) => request % 3 !== 0);
    const kept = requests(fewer).filter((request) => sampleHash(request) < 2 ** 32 / 4);
    expect(kept.join() === expected.join()).toBe(true);
    expect(kept.length).toBeGreaterThan(1000);
  });

  it('facts of no request are kept up to a cap of their own, and cost the requests nothing', () => {
    const facts = tell(1000, () => false, 10);
    expect(facts.sampledOneIn).toBe(1);
    expect(table(facts, 'test.answered').rows).toBe(1000);
    for (let i = 0; i < 10; i++) {
      const { rows, columns } = table(facts, `test.other-${i}`);
      expect(rows).toBe(50_000);
      expect(columns['to'][49_999]).toBe(49_999);
      expect(facts.told[`test.other-${i}`]).toBe(60_000);
    }
  });
});

it('which requests are kept says nothing about them: the hash spreads consecutive numbers, and those of a second client', () => {
  for (const start of [0, 2 ** 32, 5 * 2 ** 32]) {
    for (const oneIn of [2, 16, 64]) {
      const kept = Array.from({ length: 20_000 }, (_, i) => start + i).filter((n) => sampleHash(n) < 2 ** 32 / oneIn);
      const mean = 20_000 / oneIn;
      expect(Math.abs(kept.length - mean), `${start} 1/${oneIn}`).toBeLessThan(5 * Math.sqrt(mean));
    }
  }
});

it('what a run keeps grows far less than ten times when it is ten times as long', () => {
  const size = (value: unknown): number => {
    if (ArrayBuffer.isView(value)) return value.byteLength;
    if (typeof value !== 'object' || value === null) return 8;
    return Object.values(value).reduce((all: number, one) => all + size(one), 0);
  };
  const params = { load: 3000, length: s(12) };
  const short = run(smallSystem(), { variant: 'only', params });
  const long = run(smallSystem(), { variant: 'only', params: { ...params, length: s(120) } });
  expect(long.facts.told['request.started']).toBeGreaterThan(9.5 * short.facts.told['request.started']);
  expect(long.events.kept).toBe(1_000_000);
  expect(size(long.signals)).toBeLessThanOrEqual(1.01 * size(short.signals));
  expect(size(long.flows)).toBeLessThanOrEqual(1.01 * size(short.flows));
  expect(long.facts.sampledOneIn).toBeGreaterThan(1);
  const sampled = long.facts.tables.filter(({ schema }) => schema['request'] === 'request');
  expect(sampled.reduce((all, { rows }) => all + rows, 0)).toBeLessThanOrEqual(200_000);
  expect(size(long)).toBeLessThan(5 * size(short));
});
