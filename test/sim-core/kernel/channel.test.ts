/** Channels beside a list with a bound; and that between processes no item is lost or doubled. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Channel, channelChanged, type WhenFull } from '../../../sim-core/kernel/channel.ts';
import { race, sleep, timeout, TIMED_OUT } from '../../../sim-core/kernel/combine.ts';
import { spawn, type Behaviour, type Process } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

const later = (sim: Simulation, time: number, act: () => void): void => void sim.scheduleAt(time, act, undefined);
const policies = fc.constantFrom<WhenFull>('block', 'reject', 'drop-oldest', 'unbounded');

describe('a channel without waiting', () => {
  const step = fc.oneof({ weight: 3, arbitrary: fc.constant('put') }, { weight: 2, arbitrary: fc.constant('get') });

  it('is a list with a bound: first in, first out, and its policy', () => {
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 1, max: 9 }),
        fc.array(step, { maxLength: 120 }),
        (whenFull, capacity, steps) => {
          const sim = new Simulation();
          const channel = new Channel<number>(sim, { name: 'channel', capacity, whenFull });
          const list: number[] = [];
          steps.forEach((each, item) => {
            if (each === 'get') {
              expect(channel.tryGet()).toEqual(list.length > 0 ? { item: list.shift() } : undefined);
            } else {
              const full = whenFull !== 'unbounded' && list.length >= capacity;
              if (full && whenFull === 'drop-oldest') list.shift();
              const taken = !full || whenFull === 'drop-oldest';
              if (taken) list.push(item);
              expect(channel.tryPut(item)).toBe(taken);
            }
            expect(channel.size).toBe(list.length);
          });
        },
      ),
    );
  });
});

const actor = fc.record({
  start: fc.nat(12),
  does: fc.constantFrom('put', 'get'),
  patience: fc.option(fc.nat(10)),
  cancelled: fc.option(fc.nat(30)),
});

describe('a channel between processes', () => {
  it('loses and doubles nothing, whoever gives up: put = got + buffered + dropped', () => {
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 1, max: 3 }),
        fc.array(actor, { minLength: 1, maxLength: 30 }),
        (whenFull, capacity, actors) => {
          const sim = new Simulation();
          const channel = new Channel<number>(sim, { name: 'channel', capacity, whenFull });
          let dropped = 0;
          sim.facts.channel(channelChanged).listen(({ change }) => {
            if (change === 'dropped') dropped++;
          });
          const put: number[] = [];
          const got: number[] = [];
          let refused = 0;
          let withdrawn = 0;
          function* act({ start, does, patience }: (typeof actors)[number], item: number): Behaviour {
            yield start;
            if (does === 'put') {
              let ended = false;
              try {
                const wait = channel.put(item);
                const taken = patience === null ? yield* wait : yield* timeout(sim, wait, patience);
                ended = true;
                if (taken === true) put.push(item);
                else if (taken === TIMED_OUT) withdrawn++;
                else refused++;
              } finally {
                if (!ended) withdrawn++;
              }
              return;
            }
            const wait = channel.get();
            const outcome = yield* patience === null ? race(wait) : race(wait, sleep(sim, patience));
            if (outcome.index === 0) got.push(outcome.value as number);
          }
          const processes: Process[] = actors.map((each, item) => {
            const process = spawn(sim, each.does, act(each, item));
            if (each.cancelled !== null) later(sim, each.cancelled, () => process.cancel());
            return process;
          });
          sim.runUntil(100);
          for (const process of processes) process.cancel();
          sim.runUntil(200);
          // A putter may have been cancelled between its item's being taken in and its hearing of it: that item is in.
          const left: number[] = [];
          for (let next = channel.tryGet(); next !== undefined; next = channel.tryGet()) left.push(next.item);
          const out = [...got, ...left];
          expect(new Set(out).size).toBe(out.length);
          const puts = actors.filter(
            ({ does, cancelled, start }) => does === 'put' && !(cancelled !== null && cancelled < start),
          );
          expect(out.length + dropped).toBeGreaterThanOrEqual(put.length);
          expect(out.length + dropped).toBeLessThanOrEqual(put.length + withdrawn);
          expect(put.length + refused + withdrawn).toBeLessThanOrEqual(puts.length);
          if (whenFull !== 'drop-oldest') for (const item of put) expect(out).toContain(item);
          if (whenFull === 'unbounded') expect([dropped, refused]).toEqual([0, 0]);
          expect(sim.pending).toBe(0);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each<WhenFull>(['block', 'unbounded'])('hands items on in the order in which they were put: %s', (whenFull) => {
    const times = fc.array(fc.nat(6), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), times, times, (capacity, putGaps, getGaps) => {
        const sim = new Simulation();
        const channel = new Channel<number>(sim, { name: 'channel', capacity, whenFull });
        const got: number[] = [];
        function* producer(): Behaviour {
          for (const [item, gap] of putGaps.entries()) {
            yield gap;
            yield* channel.put(item);
          }
        }
        function* consumer(): Behaviour {
          for (const gap of getGaps) {
            yield gap;
            got.push(yield* channel.get());
            if (whenFull === 'block' && channel.size > capacity) throw new Error('more in the buffer than fits');
          }
        }
        spawn(sim, 'producer', producer());
        const consuming = spawn(sim, 'consumer', consumer());
        sim.runUntil(1000);
        consuming.cancel();
        const count = Math.min(putGaps.length, getGaps.length);
        expect(got).toEqual(Array.from({ length: count }, (_, item) => item));
      }),
    );
  });

  it('blocks putters until there is room, in their order', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const channel = new Channel<string>(sim, { name: 'channel', capacity: 1, whenFull: 'block' });
    function* putter(item: string, at: number): Behaviour {
      yield at;
      yield* channel.put(item);
      lines.push(`${sim.now} put ${item}`);
    }
    for (const [i, item] of ['a', 'b', 'c'].entries()) spawn(sim, item, putter(item, i));
    for (const time of [5, 6, 7, 8]) later(sim, time, () => lines.push(`${time} got ${channel.tryGet()?.item}`));
    sim.runUntil(100);
    expect(lines).toEqual(['0 put a', '5 got a', '5 put b', '6 got b', '6 put c', '7 got c', '8 got undefined']);
  });

  it('returns the item of a getter that is gone to the head, before what was put after it', () => {
    const sim = new Simulation();
    const channel = new Channel<string>(sim, { name: 'channel', capacity: 1, whenFull: 'block' });
    function* getter(): Behaviour {
      yield* channel.get();
    }
    function* putter(): Behaviour {
      yield 4;
      yield* channel.put('third');
    }
    const gone = spawn(sim, 'gone', getter());
    spawn(sim, 'putter', putter());
    later(sim, 3, () => {
      channel.tryPut('first');
      channel.tryPut('second');
      gone.cancel();
    });
    sim.runUntil(10);
    // What came back makes the buffer overfull: the putter must wait until it is not.
    expect(channel.size).toBe(2);
    const got = [channel.tryGet()?.item];
    expect(channel.size).toBe(1);
    got.push(channel.tryGet()?.item, channel.tryGet()?.item);
    expect(got).toEqual(['first', 'second', 'third']);
  });

  it('returns it to the next getter in line, if there is one', () => {
    const sim = new Simulation();
    const got: string[] = [];
    const channel = new Channel<string>(sim, { name: 'channel', capacity: 1, whenFull: 'block' });
    function* getter(name: string): Behaviour {
      got.push(`${name} ${yield* channel.get()}`);
    }
    const gone = spawn(sim, 'gone', getter('gone'));
    spawn(sim, 'next', getter('next'));
    later(sim, 3, () => {
      channel.tryPut('item');
      gone.cancel();
    });
    sim.runUntil(10);
    expect(got).toEqual(['next item']);
  });

  it('says what happened, and refuses a capacity that is none', () => {
    const sim = new Simulation();
    const changes: string[] = [];
    sim.facts.channel(channelChanged).listen(({ change, buffered }) => changes.push(`${change} ${buffered}`));
    const dropping = new Channel<number>(sim, { name: 'dropping', capacity: 1, whenFull: 'drop-oldest' });
    const rejecting = new Channel<number>(sim, { name: 'rejecting', capacity: 1, whenFull: 'reject' });
    for (const channel of [dropping, rejecting]) for (const item of [1, 2]) channel.tryPut(item);
    expect(dropping.tryGet()).toEqual({ item: 2 });
    expect(changes).toEqual(['put 1', 'dropped 0', 'put 1', 'put 1', 'refused 1', 'got 0']);
    expect(() => new Channel(sim, { name: 'none', capacity: 0, whenFull: 'block' })).toThrow('none: capacity is 0');
  });
});
