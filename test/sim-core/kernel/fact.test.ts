/** Facts: their types, who hears them, and that simulations do not hear each other. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { BATCH_MAX, defineFact, defineReading, type Fact } from '../../../sim-core/kernel/fact.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

const looked = defineFact('test.looked', 'Somebody looked', { who: 'text', found: 'flag', at: 'time', key: 'key' });

describe('facts', () => {
  it('have the types of their schema', () => {
    expectTypeOf<Fact<typeof looked>>().toEqualTypeOf<{
      readonly who: string;
      readonly found: boolean;
      readonly at: number;
      readonly key: number;
    }>();
    expect(looked.reading).toBe(false);
    expect(defineReading('test.level', 'A level', { level: 'number' }).reading).toBe(true);
  });

  it('are heard by every listener in order, and by nobody of another simulation', () => {
    const [one, other] = [new Simulation(), new Simulation()];
    const heard: string[] = [];
    const channel = one.facts.channel(looked);
    expect(channel.heard).toBe(false);
    channel.listen(({ who }) => heard.push(`first: ${who}`));
    one.facts.channel(looked).listen(({ who }) => heard.push(`second: ${who}`));
    other.facts.channel(looked).emit({ who: 'other', found: true, at: 1, key: 2 });
    one.facts.channel(looked).emit({ who: 'one', found: true, at: 1, key: 2 });
    expect(heard).toEqual(['first: one', 'second: one']);
    expect([channel.heard, other.facts.channel(looked).heard]).toEqual([true, false]);
  });

  it('of one kind share a channel, however often it is asked for', () => {
    const { facts } = new Simulation();
    expect(facts.channel(looked)).toBe(facts.channel(looked));
  });

  it('of every kind can be listened to: those there are and those to come, in order of opening', () => {
    const { facts } = new Simulation();
    const kinds = ['a', 'b', 'c'].map((name) => defineFact(name, name, { value: 'number' }));
    const opened: string[] = [];
    facts.channel(kinds[0]);
    facts.onChannel((channel) => {
      opened.push(channel.kind.name);
    });
    facts.channel(kinds[1]);
    facts.channel(kinds[0]);
    facts.channel(kinds[2]);
    expect(opened).toEqual(['a', 'b', 'c']);
  });

  it('are read in batches, all of them and in order, with when each was told and by which event', () => {
    const sim = new Simulation();
    const channel = sim.facts.channel(looked);
    const read: { at: number; time: number; event: number }[] = [];
    const told: typeof read = [];
    const sizes: number[] = [];
    channel.read(({ facts, times, events, count }) => {
      sizes.push(count);
      for (let i = 0; i < count; i++) read.push({ at: facts[i].at, time: times[i], event: events[i] });
    });
    expect(channel.heard).toBe(true);
    for (let at = 0; at < 2 * BATCH_MAX + 3; at++) {
      const tell = (): void => {
        told.push({ at, time: sim.now, event: sim.event });
        channel.emit({ who: 'one', found: true, at, key: 1 });
      };
      sim.schedule(at >> 1, tell, undefined);
    }
    sim.runUntil(100);
    expect(sizes.every((size) => size === BATCH_MAX)).toBe(true);
    sim.facts.handOver();
    sim.facts.handOver();
    expect(sizes).toEqual([BATCH_MAX, BATCH_MAX, 3]);
    expect(read).toEqual(told);
  });

  it('are read from when the reader came, though others read before', () => {
    const { facts } = new Simulation();
    const channel = facts.channel(looked);
    const tell = (at: number): void => channel.emit({ who: 'one', found: true, at, key: 1 });
    const [first, second]: number[][] = [[], []];
    channel.read((batch) => first.push(...batch.facts.slice(0, batch.count).map(({ at }) => at)));
    tell(1);
    channel.read((batch) => second.push(...batch.facts.slice(0, batch.count).map(({ at }) => at)));
    tell(2);
    facts.handOver();
    expect([first, second]).toEqual([[1, 2], [2]]);
  });
});
