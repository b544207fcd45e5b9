/** A pipeline of two stages by every way of handing over: what must hold whatever is done to it, and what each does with too much. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import type { OverflowName } from '../../../../sim-core/messaging/backpressure/bounded-buffer.ts';
import { outlets, type OutletName } from '../../../../sim-core/messaging/backpressure/outlets/outlets.ts';
import type { Parcel } from '../../../../sim-core/messaging/backpressure/parcel.ts';
import { deedsOf } from '../../../deeds.ts';
import { Pipeline } from './pipeline.ts';

const ways = Object.keys(outlets) as OutletName[];
const isPulled = (by: OutletName): boolean => by === 'pull' || by === 'pull-or-drop';

const deed = deedsOf<Pipeline>();
const stages = fc.constantFrom<'first' | 'last'>('first', 'last');
const harmless = [
  deed(fc.tuple(fc.integer({ min: 1, max: 12 })), (pipeline, count) => pipeline.send(count)),
  deed(fc.tuple(stages, fc.double({ min: 0.5, max: 4, noNaN: true })), (pipeline, stage, factor) =>
    pipeline[stage].slow(factor),
  ),
  deed(fc.tuple(stages, fc.integer({ min: 1, max: 6 })), (pipeline, stage, length) =>
    pipeline[stage].pause(pipeline.sim.now + ms(length)),
  ),
  deed(fc.tuple(stages, fc.integer({ min: 1, max: 9 })), (pipeline, stage, bound) => pipeline[stage].limit(bound)),
];
const crashes = deed(fc.tuple(stages, fc.integer({ min: 1, max: 6 })), (pipeline, stage, length) =>
  pipeline[stage].crash(ms(length)),
);
const script = (kinds: readonly (typeof crashes)[]) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.oneof(...kinds)), { maxLength: 25 });

/** Does each after so many microseconds, and looks at the pipeline after every one. */
function play(pipeline: Pipeline, deeds: readonly (readonly [number, (pipeline: Pipeline) => void])[]): void {
  for (const [after, act] of deeds) {
    pipeline.sim.runUntil(pipeline.sim.now + after * 1000);
    pipeline.sim.inject(() => act(pipeline), 0);
    expectSound(pipeline);
  }
  pipeline.sim.runUntil(Infinity);
  expectSound(pipeline);
}

function expectSound(pipeline: Pipeline): void {
  const { book, first, last, spool } = pipeline;
  expect(pipeline.somewhere).toBe(book.held);
  const fates = [...pipeline.ended.values()].reduce((sum, { length }) => sum + length, 0);
  expect(book.accepted).toBe(book.held + fates);
  expect([first, last, spool].flatMap((part) => part.violations())).toEqual([]);
}

/** What waits in a buffer and the one in work; what is pulled is asked for by as much, work included. */
function expectBounded({ first, last }: Pipeline, by: OutletName, bound: number): void {
  expect(Math.max(first.held, last.held)).toBeLessThanOrEqual(isPulled(by) ? bound : bound + 1);
}

describe.each(ways)('%s', (by) => {
  it('loses sight of nothing, whatever dies, pauses or is bounded when', () => {
    const overflows = fc.constantFrom<OverflowName>('drop-newest', 'drop-oldest', 'error');
    fc.assert(
      fc.property(
        overflows,
        fc.integer({ min: 1, max: 8 }),
        script([...harmless, crashes]),
        (overflow, bound, deeds) => {
          const pipeline = new Pipeline({ by, overflow, bound });
          play(pipeline, deeds);
          expect(pipeline.book.held).toBe(0);
          expect(pipeline.book.accepted).toBe(pipeline.sent);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('delivers in order where each stage has one worker, and never holds more than its bound, whichever dies', () => {
    const dies = fc.constantFrom<'first' | 'last' | undefined>(undefined, 'first', 'last');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), dies), { maxLength: 8 }),
        (bound, bursts) => {
          const pipeline = new Pipeline({ by, bound });
          const { sim } = pipeline;
          for (const [burst, died] of bursts) {
            pipeline.send(burst);
            if (died !== undefined) pipeline[died].crash(ms(1));
            for (let i = 0; i < 20; i++) {
              sim.runUntil(sim.now + ms(0.3));
              expectBounded(pipeline, by, bound);
            }
          }
          sim.runUntil(Infinity);
          const delivered = pipeline.of('delivered');
          expect(delivered).toEqual(delivered.toSorted((a, b) => a - b));
          const isWhole = bursts.every(([, died]) => died === undefined);
          if (isWhole && (by === 'block' || by === 'pull')) expect(delivered).toHaveLength(pipeline.sent);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe.each(['block', 'pull'] as const)('%s', (by) => {
  it('loses nothing, however slow and small the stages are made, as long as none dies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), script(harmless), (bound, deeds) => {
        const pipeline = new Pipeline({ by, bound });
        play(pipeline, deeds);
        expect(pipeline.of('delivered')).toHaveLength(pipeline.sent);
      }),
      { numRuns: 60 },
    );
  });

  it('moves a backlog upstream: the last buffer fills first, then the first, then it waits in the spool', () => {
    const pipeline = new Pipeline({ by, bound: 4 });
    const { sim, first, last, spool } = pipeline;
    pipeline.send(100);
    last.pause(ms(100));
    const seen: number[][] = [];
    for (let i = 0; i < 40; i++) {
      sim.runUntil(sim.now + ms(0.25));
      seen.push([last.held, first.held]);
    }
    const fullAt = (which: number): number => seen.findIndex((held) => held[which] === 4);
    expect(fullAt(0)).toBeGreaterThan(0);
    expect(spool.held).toBeGreaterThanOrEqual(100 - 4 - 4 - 2);
    expect(pipeline.somewhere).toBe(100);
    expect(seen.at(-1)![0]).toBe(4);
    // Who pulls asks again for three quarters at a time: a quarter less may be all that it has.
    expect(seen.at(-1)![1]).toBeGreaterThanOrEqual(3);
    sim.runUntil(Infinity);
    expect(pipeline.of('delivered')).toHaveLength(100);
  });
});

describe('a burst of 20 for a last stage that holds 4', () => {
  const burst = (by: OutletName, overflow: OverflowName): Pipeline => {
    const pipeline = new Pipeline({ by, overflow, bound: 4 });
    pipeline.first.limit(100);
    pipeline.last.pause(ms(50));
    pipeline.send(20);
    pipeline.sim.runUntil(Infinity);
    return pipeline;
  };
  const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

  it('is kept up to the fourth, or from the sixteenth on', () => {
    expect(burst('push', 'drop-newest').of('delivered')).toEqual(numbers(0, 4));
    expect(burst('push', 'drop-oldest').of('delivered')).toEqual(numbers(16, 20));
  });

  it('ends the stream by an error: what is inside is delivered, and nothing that comes later until the process starts anew', () => {
    const pipeline = burst('push', 'error');
    expect(pipeline.of('delivered')).toEqual(numbers(0, 4));
    expect(pipeline.of('ended')).toHaveLength(16);
    pipeline.send(1);
    pipeline.sim.runUntil(Infinity);
    expect(pipeline.of('ended')).toHaveLength(17);
    pipeline.last.crash(ms(1));
    pipeline.sim.runUntil(Infinity);
    pipeline.send(1);
    pipeline.sim.runUntil(Infinity);
    expect(pipeline.of('delivered').at(-1)).toBe(21);
  });
});

it('a process that holds more than its memory dies with all of it, starts empty, and is handed to again', () => {
  const pipeline = new Pipeline({ by: 'push', bound: Infinity, memoryMax: 100 });
  pipeline.last.pause(ms(50));
  pipeline.send(30);
  pipeline.sim.runUntil(ms(4));
  // Ten items of ten bytes fit; the eleventh is one too many.
  expect(pipeline.of('crash').toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i));
  pipeline.sim.runUntil(Infinity);
  expect(pipeline.of('unreachable').length).toBeGreaterThan(0);
  pipeline.send(1);
  pipeline.sim.runUntil(Infinity);
  expect(pipeline.of('delivered').at(-1)).toBe(30);
});

it('what has waited in the spool for too long is given up, and told as expired', () => {
  const pipeline = new Pipeline({ by: 'pull', bound: 2, shedAfter: ms(5) });
  pipeline.send(50);
  pipeline.sim.runUntil(Infinity);
  expect(pipeline.of('expired').length).toBe(50 - pipeline.of('delivered').length);
  // One is done each millisecond, and whoever waits for more than five is given up; four are held by the stages.
  expect(pipeline.of('delivered').length).toBeLessThanOrEqual(5 + 4 + 2);
  expect(pipeline.of('delivered').length).toBeGreaterThanOrEqual(5);
});

it('a stage that forgets an item is noticed, and so is one that holds more than its bound', () => {
  const forgetful = new Pipeline({ by: 'push' });
  forgetful.last.arrive = () => {};
  forgetful.send(1);
  forgetful.sim.runUntil(Infinity);
  expect(() => expectSound(forgetful)).toThrow('expected +0 to be 1');
  const greedy = new Pipeline({ by: 'push', bound: 4 });
  greedy.last.limit(100);
  greedy.last.pause(ms(50));
  greedy.first.limit(100);
  greedy.send(20);
  greedy.sim.runUntil(ms(20));
  expect(() => expectBounded(greedy, 'push', 4)).toThrow('to be less than or equal to 5');
});

it('a spool that holds what has ended is noticed', () => {
  const pipeline = new Pipeline({ by: 'pull' });
  const accepted: Parcel[] = [];
  const accept = pipeline.book.accept.bind(pipeline.book);
  pipeline.book.accept = (...args) => {
    const parcel = accept(...args);
    accepted.push(parcel);
    return parcel;
  };
  pipeline.send(1);
  pipeline.sim.runUntil(1);
  expect(pipeline.spool.violations()).toEqual([]);
  pipeline.book.end(accepted[0], 'crash');
  expect(pipeline.spool.violations()).toEqual(['spool: holds what has ended']);
});

it('an item has one fate', () => {
  const { book } = new Pipeline({ by: 'push' });
  const parcel = book.accept({ request: { id: 1 }, reply: () => {} } as never, 1);
  book.end(parcel, 'delivered');
  expect(() => book.end(parcel, 'crash')).toThrow('item 1 was delivered and is now crash; it has one fate');
});

it('the watermark is as old as the oldest whose fate is not known', () => {
  const pipeline = new Pipeline({ by: 'push', bound: 10 });
  const { sim, book } = pipeline;
  expect(book.watermarkDelay).toBe(0);
  pipeline.last.pause(ms(10));
  pipeline.send(2);
  sim.runUntil(ms(4));
  pipeline.send(1);
  sim.runUntil(ms(9));
  expect(book.watermarkDelay).toBe(ms(9));
  // The first is done at 11 ms, the second at 12: what is left came at 4.
  sim.runUntil(ms(12.5));
  expect(book.watermarkDelay).toBe(ms(8.5));
  sim.runUntil(Infinity);
  expect(book.watermarkDelay).toBe(0);
});

describe('whoever sent what a full stage drops', () => {
  const answers = (by: OutletName): readonly string[] => {
    const pipeline = new Pipeline({ by, bound: 4 });
    const told: string[] = [];
    pipeline.first.limit(100);
    pipeline.last.pause(ms(50));
    // Whoever pulls has asked by then.
    pipeline.sim.runUntil(ms(1));
    pipeline.send(20, (outcome) => told.push(outcome));
    pipeline.sim.runUntil(Infinity);
    return told.toSorted();
  };
  const times = (count: number, outcome: string): string[] => Array.from({ length: count }, () => outcome);

  it('is told so by a bounded buffer', () => {
    expect(answers('push')).toEqual([...times(4, 'ok'), ...times(16, 'overloaded')]);
  });

  it('is told nothing where what is not asked for is dropped', () => {
    expect(answers('pull-or-drop')).toEqual(times(4, 'ok'));
  });
});
