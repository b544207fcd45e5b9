/** A run in the Trace Event Format: what the format asks for, and what viewers need to draw it. */
import { describe, expect, it } from 'vitest';
import { onLanes } from '../../../../sim-core/lab/export/lanes.ts';
import { traceEvents, type TraceEvent } from '../../../../sim-core/lab/export/trace-events.ts';
import { exportedRun } from '../../../exported-runs.ts';

const run = exportedRun('none');
const file = JSON.parse(traceEvents(run)) as { displayTimeUnit: string; traceEvents: TraceEvent[] };
const events = file.traceEvents;
const of = (ph: TraceEvent['ph']): TraceEvent[] => events.filter((event) => event.ph === ph);
const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;

/** What the format's document says that an event of each phase has. */
const FIELDS: Readonly<Record<TraceEvent['ph'], readonly string[]>> = {
  X: ['args', 'cat', 'dur', 'name', 'ph', 'pid', 'tid', 'ts'],
  b: ['args', 'cat', 'id', 'name', 'ph', 'pid', 'tid', 'ts'],
  n: ['args', 'cat', 'id', 'name', 'ph', 'pid', 'tid', 'ts'],
  e: ['cat', 'id', 'name', 'ph', 'pid', 'tid', 'ts'],
  s: ['cat', 'id', 'name', 'ph', 'pid', 'tid', 'ts'],
  f: ['bp', 'cat', 'id', 'name', 'ph', 'pid', 'tid', 'ts'],
  C: ['args', 'name', 'ph', 'pid', 'tid', 'ts'],
  i: ['args', 'name', 'ph', 'pid', 's', 'tid', 'ts'],
  M: ['args', 'name', 'ph', 'pid', 'tid'],
};

it('every event has the fields of its phase, and times that are some', () => {
  expect(['ms', 'ns']).toContain(file.displayTimeUnit);
  const odd = events.filter((event) => {
    const isTimed = event.ph === 'M' || (Number.isFinite(event.ts) && event.ts! >= 0 && !((event.dur ?? 0) < 0));
    return Object.keys(event).toSorted().join() !== FIELDS[event.ph].join() || !isTimed;
  });
  expect(odd).toEqual([]);
  expect(of('C').every(({ args }) => Object.values(args!).every(Number.isFinite))).toBe(true);
});

describe('threads', () => {
  const slices = new Map<string, TraceEvent[]>();
  for (const slice of of('X')) slices.set(threadOf(slice), [...(slices.get(threadOf(slice)) ?? []), slice]);

  it('have names, and their processes those of the components', () => {
    const names = of('M').filter(({ name }) => name === 'process_name');
    expect(names.slice(1).map(({ args }) => args!.name)).toEqual(run.recording.components.map(({ name }) => name));
    const threads = of('M').filter(({ name }) => name === 'thread_name');
    expect(new Set(threads.map(threadOf))).toEqual(new Set(slices.keys()));
  });

  it('hold slices that are apart or one within the other', () => {
    let within = 0;
    for (const list of slices.values()) {
      const open: TraceEvent[] = [];
      for (const slice of list.toSorted((a, b) => a.ts! - b.ts! || b.dur! - a.dur!)) {
        while (open.length > 0 && endOf(open.at(-1)!) <= slice.ts! + ROUNDING) open.pop();
        const around = open.at(-1);
        if (around) {
          within++;
          expect(endOf(slice)).toBeLessThanOrEqual(endOf(around) + ROUNDING);
        }
        open.push(slice);
      }
    }
    expect(within).toBeGreaterThan(1000);
    expect(of('X')).toHaveLength(run.spans.length - run.traces.length);
  });

  it('hold as few lanes as work at once, but for what would not nest', () => {
    const spans = run.spans.filter(({ resource }) => resource['service.instance.id'] === 'database');
    const placed = onLanes(spans);
    const lanes = Math.max(...placed.map(({ lane }) => lane)) + 1;
    const outer = spans.filter(({ kind }) => kind === 'server');
    const atOnce = Math.max(
      ...outer.map(({ start }) => outer.filter((other) => other.start <= start && other.end > start).length),
    );
    expect(lanes).toBe(atOnce);
  });

  it('begin and end every arrow within a slice', () => {
    const ends = new Map(of('f').map((event) => [event.id, event]));
    expect(ends.size).toBe(of('s').length);
    expect(ends.size).toBeGreaterThan(1000);
    const isInSlice = (event: TraceEvent): boolean =>
      slices.get(threadOf(event))!.some((slice) => slice.ts! <= event.ts! && event.ts! <= endOf(slice));
    const loose = of('s').filter((start) => {
      const end = ends.get(start.id)!;
      return end.ts! < start.ts! || !isInSlice(start) || !isInSlice(end);
    });
    expect(loose).toEqual([]);
  });
});

it('every request begins and ends once, and is told of in between', () => {
  const begins = new Map(of('b').map((event) => [event.id, event]));
  const ends = new Map(of('e').map((event) => [event.id, event]));
  expect(begins.size).toBe(run.traces.length);
  expect(new Set(ends.keys())).toEqual(new Set(begins.keys()));
  for (const { id, ts } of of('n')) {
    expect(ts! >= begins.get(id)!.ts! && ts! <= ends.get(id)!.ts!).toBe(true);
  }
});

const endOf = ({ ts, dur }: TraceEvent): number => ts! + dur!;
/** Of sums of microseconds with decimals. */
const ROUNDING = 1e-4;
