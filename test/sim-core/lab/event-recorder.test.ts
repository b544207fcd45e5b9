/**
 * Events in columns against what the events note of themselves: causes, kinds and what each is about; the cap and the
 * checkpoints beyond it; counts by interval; windows.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import stampede from '../../../scenarios/caching/stampede.ts';
import { run, s, Simulation, type RecordedEvents, type Recording } from '../../../sim-core/index.ts';
import { EventRecorder, EVENTS_KEPT_MAX } from '../../../sim-core/lab/event-recorder.ts';
import { smallSystem } from './small-system.ts';

interface Heard {
  readonly time: number;
  readonly id: number;
  readonly cause: number;
  readonly kind: string;
  readonly subject: number;
}

/** A simulation heard by a recorder, in which events of several kinds schedule each other and note themselves. */
function course(
  seed: number,
  interval: number,
  from = 0,
  to = Infinity,
): { recorder: EventRecorder; noted: Heard[]; sim: Simulation } {
  const recorder = new EventRecorder(interval, from, to);
  const sim = new Simulation({ seed, observer: recorder });
  recorder.observe(sim);
  const noted: Heard[] = [];
  const random = sim.random('test');
  const act = ({
    cause,
    kind,
    subject,
    depth,
  }: {
    cause: number;
    kind: string;
    subject: number;
    depth: number;
  }): void => {
    noted.push({ time: sim.now, id: sim.event, cause, kind, subject });
    if (depth === 0) return;
    for (let i = 0; i < 2; i++) {
      const delay = Math.floor(random.next() * 40);
      // Kinds are met while the run goes on, as those of a component made late would be.
      const next = { cause: sim.event, kind: `kind ${Math.floor(random.next() * (6 - depth))}`, depth: depth - 1 };
      const client = Math.floor(random.next() * 3);
      if (client === 0) sim.schedule(delay, act, { ...next, subject }, sim.eventKind(next.kind));
      else {
        const other = client * 2 ** 33 + depth;
        sim.schedule(delay, act, { ...next, subject: other }, sim.eventKind(next.kind), other);
      }
      // One that is cancelled takes a number and is never heard.
      sim.cancel(sim.schedule(delay, act, { ...next, subject }, sim.eventKind('never')));
    }
  };
  sim.schedule(3, act, { cause: 0, kind: 'start', subject: -1, depth: 5 }, sim.eventKind('start'));
  sim.runUntil(1000);
  return { recorder, noted, sim };
}

function listOf({ kept, times, ids, causes, kinds, subjects, kindNames }: RecordedEvents): Heard[] {
  return Array.from({ length: kept }, (_, i) => ({
    time: times[i],
    id: ids[i],
    cause: causes[i],
    kind: kindNames[kinds[i]],
    subject: subjects[i],
  }));
}

describe('of any simulation', () => {
  it('the columns are what the events say of themselves', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 300 }), (seed, interval) => {
        const { recorder, noted, sim } = course(seed, interval);
        const events = recorder.finish();
        expect(noted).toHaveLength(63);
        expect(events.total).toBe(63);
        expect(listOf(events)).toEqual(noted);
        const rows = Math.ceil(1000 / interval);
        for (const [kind, name] of sim.eventKinds.entries()) {
          const expected = new Float64Array(rows);
          for (const one of noted) if (one.kind === name) expected[Math.floor(one.time / interval)]++;
          expect(recorder.countsOf(kind, rows)).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a window keeps what is in it and hashes everything', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(150), fc.nat(150), (seed, from, length) => {
        const { recorder, noted } = course(seed, 100, from, from + length);
        expect(listOf(recorder.finish())).toEqual(noted.filter(({ time }) => time >= from && time < from + length));
        expect(recorder.finish().total).toBe(63);
        expect(recorder.finish().window).toEqual({ from, until: from + length });
        expect(recorder.hash).toEqual(course(seed, 100).recorder.hash);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the hash', () => {
  interface Planned {
    readonly time: number;
    readonly kind: string;
    /** Events that are scheduled before it and taken back. */
    readonly skipped: number;
  }
  const hashOf = (plan: readonly Planned[], kinds: readonly string[] = ['a', 'b']): string => {
    const recorder = new EventRecorder(s(86_400), 0, Infinity);
    const sim = new Simulation({ observer: recorder });
    recorder.observe(sim);
    for (const kind of kinds) sim.eventKind(kind);
    for (const { time, kind, skipped } of plan) {
      for (let i = 0; i < skipped; i++) sim.cancel(sim.scheduleAt(time, () => {}, undefined));
      sim.scheduleAt(time, () => {}, undefined, sim.eventKind(kind));
    }
    sim.runUntil(Infinity);
    return recorder.hash.join(' ');
  };
  const plans = fc.array(fc.record({ time: fc.nat(2 ** 52), kind: fc.constantFrom('a', 'b'), skipped: fc.nat(2) }), {
    minLength: 1,
    maxLength: 20,
  });

  it('differs by any one time, number or kind, and by an event more or less', () => {
    fc.assert(
      fc.property(plans, fc.nat(), fc.nat(51), (plan, at, bit) => {
        const place = at % plan.length;
        const { time, kind, skipped } = plan[place];
        const hash = hashOf(plan);
        expect(hashOf(plan)).toBe(hash);
        const flipped = Math.floor(time / 2 ** bit) % 2 === 0 ? time + 2 ** bit : time - 2 ** bit;
        expect(hashOf(plan.with(place, { time: flipped, kind, skipped }))).not.toBe(hash);
        expect(hashOf(plan.with(place, { time, kind: kind === 'a' ? 'b' : 'a', skipped }))).not.toBe(hash);
        expect(hashOf(plan.with(place, { time, kind, skipped: skipped + 1 }))).not.toBe(hash);
        expect(hashOf([...plan, plan[0]])).not.toBe(hash);
        expect(hashOf(plan.slice(0, -1))).not.toBe(hash);
      }),
      { numRuns: 200 },
    );
  });

  it('goes by the names of kinds, not by the order in which they were numbered', () => {
    const plan = ['a', 'b', 'a'].map((kind, time) => ({ time, kind, skipped: 0 }));
    expect(hashOf(plan, ['b', 'c', 'a'])).toBe(hashOf(plan, ['a', 'b']));
  });
});

describe('beyond the cap', () => {
  const total = EVENTS_KEPT_MAX + 100_000;
  /** One event a microsecond, each about its number by sevens; `odd` is of another kind. */
  function ticking(odd = -1): RecordedEvents {
    const recorder = new EventRecorder(s(1), 0, Infinity);
    const sim = new Simulation({ observer: recorder });
    recorder.observe(sim);
    const [even, other] = [sim.eventKind('tick'), sim.eventKind('odd')];
    const tick = (i: number): void => {
      if (i + 1 < total) sim.schedule(1000, tick, i + 1, i + 1 === odd ? other : even, (i + 1) % 7);
    };
    sim.schedule(0, tick, 0, even, 0);
    sim.runUntil(s(10));
    return recorder.finish();
  }
  const events = ticking();

  it('the first million are kept, all are counted, and checkpoints go on', () => {
    expect([events.total, events.kept, events.times.length]).toEqual([total, EVENTS_KEPT_MAX, EVENTS_KEPT_MAX]);
    const last = EVENTS_KEPT_MAX - 1;
    expect(listOf({ ...events, kept: 2 })).toEqual([
      { time: 0, id: 1, cause: 0, kind: 'tick', subject: 0 },
      { time: 1000, id: 2, cause: 1, kind: 'tick', subject: 1 },
    ]);
    expect([events.times[last], events.ids[last], events.causes[last], events.subjects[last]]).toEqual([
      last * 1000,
      last + 1,
      last,
      last % 7,
    ]);
    // Columns grow meanwhile: nothing in between is lost or moved.
    const { times, ids, causes, subjects } = events;
    const astray = times.findIndex(
      (time, i) => time !== i * 1000 || ids[i] !== i + 1 || causes[i] !== i || subjects[i] !== i % 7,
    );
    expect(astray).toBe(-1);
    expect(events.checkpoints).toHaveLength(2 * Math.floor(total / events.checkpointEvery));
  });

  it('one odd event among the later ones changes the checkpoint after it, and none before', () => {
    const odd = EVENTS_KEPT_MAX + 20_000;
    const { checkpoints } = ticking(odd);
    const first = checkpoints.findIndex((word, i) => word !== events.checkpoints[i]);
    expect(Math.floor(first / 2)).toBe(Math.floor(odd / events.checkpointEvery));
  });
});

it('a later event than there are numbers of 32 bits is counted and hashed, and not kept under a wrong number', () => {
  const recorder = new EventRecorder(s(1), 0, Infinity);
  recorder.observe(new Simulation());
  const last = 2 ** 32 - 1;
  recorder.event(Float64Array.of(last, last - 1, 0, 5), 0);
  const { hash } = recorder;
  recorder.event(Float64Array.of(last + 1, last, 0, 5), 0);
  expect(listOf(recorder.finish())).toEqual([{ time: 0, id: last, cause: last - 1, kind: 'event', subject: 5 }]);
  expect(recorder.finish().total).toBe(2);
  expect(recorder.hash).not.toEqual(hash);
});

describe('in a run', () => {
  /** Every event's number is greater than its cause's, which ran before it unless it is the start. */
  function expectCauses({ events }: Recording): void {
    const ran = new Set([0]);
    for (let i = 0; i < events.kept; i++) {
      if (!ran.has(events.causes[i])) throw new Error(`event ${i + 1} has a cause that did not run`);
      if (!(events.causes[i] < events.ids[i])) throw new Error(`event ${i + 1} came before its cause`);
      ran.add(events.ids[i]);
    }
  }

  it('each has a cause that ran, and flows are the arrivals over each link', () => {
    const recording = run(smallSystem(), { variant: 'busy' });
    expectCauses(recording);
    const { events, header, flows } = recording;
    expect(flows).toHaveLength(1);
    for (const { requests, replies, requestKind, replyKind } of flows) {
      for (const [column, kind] of [
        [requests, requestKind],
        [replies, replyKind],
      ] as const) {
        const expected = new Float64Array(column.length);
        for (let i = 0; i < events.kept; i++) {
          if (events.kinds[i] === kind) expected[Math.floor(events.times[i] / header.interval)]++;
        }
        expect(column).toEqual(expected);
        expect(column.some((count) => count > 0)).toBe(true);
      }
    }
  });

  it('every event on the way of a request carries its number', () => {
    const params = { length: s(12), rate: 200 };
    for (const variant of ['none', 'mutex', 'coalescing', 'soft-ttl']) {
      const recording = run(stampede, { variant, params });
      expectCauses(recording);
      const { events, facts } = recording;
      const subjectOf = new Map<number, number>();
      for (let i = 0; i < events.kept; i++) subjectOf.set(events.ids[i], events.subjects[i]);
      // Whatever a request's facts were told in is about that request, but for its start, which the client's clock
      // brings about, and what one request brings about for others: a load that ends, a lock or a connection that
      // falls free.
      const own = ['cache.lookup', 'request.completed'];
      let checked = 0;
      for (const table of facts.tables.filter(({ kind }) => own.includes(kind))) {
        for (let row = 0; row < table.rows; row++) {
          if (table.events[row] === 0) continue;
          checked++;
          const [subject, request] = [subjectOf.get(table.events[row]), table.columns['request'][row]];
          if (subject !== request) {
            throw new Error(`${variant}: ${table.kind} of request ${request} was told in an event about ${subject}`);
          }
        }
      }
      expect(checked).toBeGreaterThan(1000);
      // An event is about what its cause was about, unless a link or a client said otherwise.
      const named = new Set(
        recording.flows
          .flatMap(({ requestKind, replyKind }) => [requestKind, replyKind])
          .map((kind) => events.kindNames[kind]),
      );
      let inherited = 0;
      for (let i = 0; i < events.kept; i++) {
        const kind = events.kindNames[events.kinds[i]];
        if (named.has(kind)) {
          if (!(events.subjects[i] >= 0)) throw new Error(`${kind} is about no request`);
        } else if (/gives up|sends/.test(kind)) continue;
        else if (events.causes[i] !== 0 && events.subjects[i] === subjectOf.get(events.causes[i])) inherited++;
      }
      expect(inherited).toBeGreaterThan(100);
    }
  });
});
