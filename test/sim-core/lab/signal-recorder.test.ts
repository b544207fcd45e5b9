/**
 * Signals against a plain recomputation from the list of facts: series and summaries of every kind, for any axis, any
 * warm-up and any moment at which the run was ended.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  defineFact,
  defineSignal,
  RATIO_SAMPLES_MIN,
  SAMPLES_MIN,
  s,
  Simulation,
  type RecordedSignal,
  type SignalDefinition,
} from '../../../sim-core/index.ts';
import type { Axis } from '../../../sim-core/lab/signal-meters.ts';
import { SignalRecorder } from '../../../sim-core/lab/signal-recorder.ts';

const told = defineFact('test.told', 'Somebody said something', { who: 'text', value: 'number', good: 'flag' });

interface Told {
  readonly time: number;
  readonly who: string;
  readonly value: number;
  readonly good: boolean;
}

type Said = Omit<Told, 'time'>;

interface Course {
  readonly axis: Axis;
  /** Where it ends, at the end of the axis or before. */
  readonly end: number;
  /** In order of time; those that the end cuts off are not told. */
  readonly facts: readonly Told[];
}

const courses: fc.Arbitrary<Course> = fc
  .record({ duration: fc.integer({ min: 1, max: 400 }), interval: fc.integer({ min: 1, max: 60 }) })
  .chain(({ duration, interval }) =>
    fc.record({
      axis: fc.record({
        duration: fc.constant(duration),
        interval: fc.constant(interval),
        // On a boundary of intervals, or anywhere.
        warmUp: fc.oneof(
          fc.nat(duration - 1),
          fc.nat(Math.floor((duration - 1) / interval)).map((row) => row * interval),
        ),
      }),
      end: fc.oneof({ weight: 2, arbitrary: fc.constant(duration) }, fc.nat(duration)),
      facts: fc
        .array(
          fc.record({
            time: fc.nat(duration - 1),
            who: fc.constantFrom('a', 'b'),
            value: fc.nat(50),
            good: fc.boolean(),
          }),
          { maxLength: 300, size: 'max' },
        )
        .map((facts) => facts.sort((a, b) => a.time - b.time)),
    }),
  );

function record({ axis, end, facts }: Course, definition: SignalDefinition): RecordedSignal {
  const sim = new Simulation();
  const recorder = new SignalRecorder(sim, [definition], axis);
  const channel = sim.facts.channel(told);
  for (const { time, ...fact } of facts) sim.scheduleAt(time, () => channel.emit(fact), undefined);
  sim.runUntil(end);
  return recorder.close(end)[0];
}

/** For each row of the axis what `of` makes of the facts in it, NaN for rows that the run did not reach. */
function byRow(
  { axis, end, facts }: Course,
  of: (facts: readonly Told[], from: number, to: number) => number,
): number[] {
  const { duration, interval } = axis;
  return Array.from({ length: Math.ceil(duration / interval) }, (_, row) => {
    const from = row * interval;
    const to = Math.min(from + interval, end);
    return from < end
      ? of(
          facts.filter(({ time }) => time >= from && time < to),
          from,
          to,
        )
      : NaN;
  });
}

const warmFacts = ({ axis, end, facts }: Course): readonly Told[] =>
  facts.filter(({ time }) => time >= axis.warmUp && time < end);
const sum = (facts: readonly Told[]): number => facts.reduce((all, { value }) => all + value, 0);
const greatest = (values: readonly number[]): number => {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? NaN : Math.max(...numbers);
};

/** Equal but for the last digits: sums may be taken in another order. */
function same(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  expected.forEach((value, i) => {
    const near = Object.is(actual[i], value) || Math.abs(actual[i] - value) <= 1e-12 * Math.abs(value);
    if (!near) throw new Error(`${what} ${i}: ${actual[i]} instead of ${value}`);
  });
}

function sameSummary(actual: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  same(Object.values(actual), Object.values(expected), Object.keys(expected).join(', '));
}

const common = { name: 'it', unit: '1', help: 'It', fact: told } as const;
const RUNS = { numRuns: 300 };

it('counts, all facts or those that take part, by one or by an amount', () => {
  fc.assert(
    fc.property(courses, fc.boolean(), fc.boolean(), (course, amounts, part) => {
      const taking = { ...course, facts: course.facts.filter(({ good }) => good || !part) };
      const of = (facts: readonly Told[]): number => (amounts ? sum(facts) : facts.length);
      const { columns, summary } = record(
        course,
        defineSignal({
          ...common,
          kind: 'counter',
          ...(amounts && { amount: (fact: { value: number }) => fact.value }),
          ...(part && { where: (fact: { good: boolean }) => fact.good }),
        }),
      );
      expect(Object.keys(columns)).toEqual(['count']);
      same(columns['count'], byRow(taking, of), 'count');
      sameSummary(summary, { total: of(warmFacts(taking)) });
    }),
    RUNS,
  );
});

it('rates: per second of each interval; the peak is over whole intervals, or the only one', () => {
  fc.assert(
    fc.property(courses, (course) => {
      const { axis, end } = course;
      const { columns, summary } = record(
        course,
        defineSignal({ ...common, kind: 'rate', amount: ({ value }) => value }),
      );
      const rates = byRow(course, (facts, from, to) => (sum(facts) * s(1)) / (to - from));
      same(columns['mean'], rates, 'rate');
      const measured = end - axis.warmUp;
      const whole = Math.max(1, Math.floor(end / axis.interval));
      sameSummary(summary, {
        mean: measured > 0 ? (sum(warmFacts(course)) * s(1)) / measured : NaN,
        max: greatest(rates.slice(Math.ceil(axis.warmUp / axis.interval), whole)),
      });
    }),
    RUNS,
  );
});

it('gauges of parts: each part’s own mean, which add up to the mean of the sum', () => {
  fc.assert(
    fc.property(courses, (course) => {
      const gauge = { ...common, kind: 'gauge', value: ({ value }: Said) => value } as const;
      const { columns, parts } = record(course, defineSignal({ ...gauge, of: ({ who }: Said) => who, parts: 'asker' }));
      const names = [...new Set(course.facts.filter(({ time }) => time < course.end).map(({ who }) => who))];
      if (names.length < 2) {
        expect(parts).toBeUndefined();
        return;
      }
      expect([parts!.of, parts!.names]).toEqual(['asker', names]);
      const rows = columns['mean'].length;
      names.forEach((name, part) => {
        const alone = record(
          course,
          defineSignal({ ...gauge, where: ({ who }: Said) => who === name, of: () => name }),
        );
        expect([...parts!.mean.subarray(part * rows, (part + 1) * rows)]).toEqual([...alone.columns['mean']]);
      });
      columns['mean'].forEach((mean, row) => {
        const sum = names.reduce((all, _, part) => all + parts!.mean[part * rows + row], 0);
        if (Number.isNaN(mean)) expect(sum).toBeNaN();
        else expect(sum).toBeCloseTo(mean, 6);
      });
    }),
    RUNS,
  );
});

it('gauges: the sum of what each last said, weighted by time', () => {
  fc.assert(
    fc.property(courses, (course) => {
      const { axis, end, facts } = course;
      const { columns, summary } = record(
        course,
        defineSignal({ ...common, kind: 'gauge', value: ({ value }) => value, of: ({ who }) => who }),
      );
      // The level after each fact, and so at every nanosecond: facts of one instant replace each other.
      const last = new Map<string, number>();
      const levels = facts.map(({ who, value }) => {
        last.set(who, value);
        return (last.get('a') ?? 0) + (last.get('b') ?? 0);
      });
      const levelAt = (time: number): number => levels[facts.findLastIndex((fact) => fact.time <= time)] ?? 0;
      const integral = (from: number, to: number): number => {
        let area = 0;
        for (let time = from; time < to; time++) area += levelAt(time);
        return area;
      };
      const set = (from: number, to: number): number[] =>
        levels.filter((_, i) => facts[i].time >= from && facts[i].time < to);
      const held = (from: number, to: number): number[] =>
        Array.from({ length: to - from }, (_, i) => levelAt(from + i));
      same(
        columns['mean'],
        byRow(course, (_, from, to) => integral(from, to) / (to - from)),
        'mean',
      );
      same(
        columns['max'],
        byRow(course, (_, from, to) => greatest([...held(from, to), ...set(from, to)])),
        'max',
      );
      same(
        columns['last'],
        byRow(course, (_, _from, to) => levelAt(to - 1)),
        'last',
      );
      const { warmUp } = axis;
      sameSummary(summary, {
        mean: end > warmUp ? integral(warmUp, end) / (end - warmUp) : NaN,
        // The level that the warm-up ended with was reached as well.
        max: end > warmUp ? greatest([levelAt(warmUp - 1), ...held(warmUp, end), ...set(warmUp, end)]) : NaN,
      });
    }),
    RUNS,
  );
});

it('ratios: of all that take part; extremes only over rows with enough of them', () => {
  fc.assert(
    fc.property(courses, fc.boolean(), (course, part) => {
      const taking = { ...course, facts: course.facts.filter(({ who }) => who === 'a' || !part) };
      const { columns, summary } = record(
        course,
        defineSignal({
          ...common,
          kind: 'ratio',
          counts: ({ good }) => good,
          ...(part && { where: (fact: { who: string }) => fact.who === 'a' }),
        }),
      );
      const share = (facts: readonly Told[]): number => facts.filter(({ good }) => good).length / facts.length;
      same(
        columns['samples'],
        byRow(taking, (facts) => facts.length),
        'samples',
      );
      same(columns['mean'], byRow(taking, share), 'ratio');
      const told = byRow(taking, (facts) => (facts.length >= RATIO_SAMPLES_MIN ? share(facts) : NaN)).slice(
        Math.ceil(course.axis.warmUp / course.axis.interval),
      );
      sameSummary(summary, {
        mean: share(warmFacts(taking)),
        min: -greatest(told.map((value) => -value)),
        max: greatest(told),
      });
    }),
    RUNS,
  );
});

it('histograms: counts, means and extremes exactly, quantiles to a hundredth, in seconds where that is the unit', () => {
  fc.assert(
    fc.property(courses, fc.constantFrom('s', 'By'), (course, unit) => {
      const scale = unit === 's' ? s(1) : 1;
      const { columns, summary, heat } = record(
        course,
        defineSignal({ ...common, unit, kind: 'histogram', value: ({ value }) => value }),
      );
      const mean = (facts: readonly Told[]): number => sum(facts) / facts.length / scale;
      const most = (facts: readonly Told[]): number => greatest(facts.map(({ value }) => value)) / scale;
      const quantile = (facts: readonly Told[], q: number): number => {
        const values = facts.map(({ value }) => value).sort((a, b) => a - b);
        return values.length === 0 ? NaN : values[Math.max(0, Math.ceil(q * values.length - 1e-9) - 1)] / scale;
      };
      const near = (actual: number, exact: number, what: string): void => {
        const close = Object.is(actual, exact) || Math.abs(actual - exact) <= 0.01 * exact;
        if (!close) throw new Error(`${what}: ${actual} instead of ${exact}`);
      };
      same(
        columns['count'],
        byRow(course, (facts) => facts.length),
        'count',
      );
      same(columns['mean'], byRow(course, mean), 'mean');
      same(columns['max'], byRow(course, most), 'max');
      for (const [name, q] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const) {
        const exact = byRow(course, (facts) => (facts.length >= SAMPLES_MIN[name] ? quantile(facts, q) : NaN));
        exact.forEach((value, row) => near(columns[name][row], value, `${name} ${row}`));
      }
      const warm = warmFacts(course);
      expect(summary['count']).toBe(warm.length);
      same([summary['mean'], summary['max']], [mean(warm), most(warm)], 'mean, max');
      for (const [name, q] of [
        ['p50', 0.5],
        ['p90', 0.9],
        ['p95', 0.95],
        ['p99', 0.99],
        ['p999', 0.999],
      ] as const) {
        near(summary[name], quantile(warm, q), name);
      }
      const { buckets, bounds, counts } = heat!;
      expect(bounds).toHaveLength(buckets);
      expect(counts).toHaveLength(buckets * columns['count'].length);
      columns['count'].forEach((count, row) => {
        const observed = counts.slice(row * buckets, (row + 1) * buckets).reduce((all, one) => all + one, 0);
        expect(observed).toBe(Number.isNaN(count) ? 0 : count);
      });
    }),
    RUNS,
  );
});

it('a gauge of fractions is at every end what its parts then are, with no remainder of what they were', () => {
  fc.assert(
    fc.property(courses, (course) => {
      // Sevenths of a tenth: no binary fraction is one.
      const value = (whole: number): number => whole / 70;
      const { columns } = record(
        course,
        defineSignal({ ...common, kind: 'gauge', value: (fact) => value(fact.value), of: ({ who }) => who }),
      );
      const heldAt = (time: number): number => {
        const last = new Map<string, number>();
        for (const fact of course.facts) if (fact.time <= time) last.set(fact.who, value(fact.value));
        return [...last.values()].reduce((all, one) => all + one, 0);
      };
      const { last } = columns;
      expect([...last]).toEqual(byRow(course, (_, _from, to) => heldAt(to - 1)));
    }),
    RUNS,
  );
});

it('a gauge is of those facts only that take part in it', () => {
  fc.assert(
    fc.property(courses, (course) => {
      const alone = { ...course, facts: course.facts.filter(({ who }) => who === 'a') };
      const gauge = defineSignal({ ...common, kind: 'gauge', value: ({ value }) => value, of: ({ who }) => who });
      const ofOne = defineSignal({
        ...common,
        kind: 'gauge',
        where: ({ who }) => who === 'a',
        value: ({ value }) => value,
        of: ({ who }) => who,
      });
      expect(record(course, ofOne)).toEqual(record(alone, gauge));
    }),
    RUNS,
  );
});

it('the heat map of a count tells small numbers apart', () => {
  const values = [0, 1, 2, 3, 9];
  const course: Course = {
    axis: { duration: 100, interval: 100, warmUp: 0 },
    end: 100,
    facts: values.map((value, i) => ({ time: i, who: 'a', value, good: true })),
  };
  const counted = defineSignal({ ...common, unit: '{operation}', kind: 'histogram', value: ({ value }) => value });
  const { bounds, counts } = record(course, counted).heat!;
  expect([...bounds].filter((_, column) => counts[column] > 0)).toEqual([0, 1, 2, 3, 8]);
});

it('a gauge that was set before the warm-up, and never after, counts in full', () => {
  const course: Course = {
    axis: { duration: 100, interval: 30, warmUp: 45 },
    end: 100,
    facts: [{ time: 10, who: 'a', value: 7, good: true }],
  };
  const gauge = defineSignal({ ...common, kind: 'gauge', value: ({ value }) => value, of: ({ who }) => who });
  const { columns, summary } = record(course, gauge);
  expect(summary).toEqual({ mean: 7, max: 7 });
  expect([...columns['mean']]).toEqual([140 / 30, 7, 7, 7]);
});
