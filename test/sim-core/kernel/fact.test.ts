/** Facts: their types, who hears them, and that simulations do not hear each other. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineFact, defineReading, Facts, type Fact } from '../../../sim-core/kernel/fact.ts';
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
    const facts = new Facts();
    expect(facts.channel(looked)).toBe(facts.channel(looked));
  });

  it('of every kind can be listened to: those there are and those to come, in order of opening', () => {
    const facts = new Facts();
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
});
