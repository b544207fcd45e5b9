/** What a group, its coordinator and its consumers answer to Kafka’s rules. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import type { Member } from '../../../../../sim-core/messaging/groups/assignor.ts';
import { assignors } from '../../../../../sim-core/messaging/groups/assignors.ts';
import { Group, type GroupEvents, type GroupState } from '../../../../../sim-core/messaging/groups/group.ts';
import { groupLag } from '../../../../../sim-core/systems/kafka/groups/group-lag.ts';
import { ms } from '../small-cluster.ts';
import { processed, smallGroup } from '../small-group.ts';

const member = (id: string, owned: readonly number[], generation: number): Member => ({
  id,
  topics: ['t'],
  owned: owned.map((partition) => ({ topic: 't', partition })),
  generation,
});

const STATES: Readonly<Record<GroupState, string>> = {
  empty: 'Empty',
  joining: 'PreparingRebalance',
  syncing: 'CompletingRebalance',
  stable: 'Stable',
};
/** What is written down is there at once. */
const keep: GroupEvents['keep'] = (_image, kept) => kept(true);

/** Kafka's, but for Dead. */
export const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['CompletingRebalance', 'Empty'],
  CompletingRebalance: ['Stable', 'PreparingRebalance'],
  Stable: ['PreparingRebalance'],
};

export const GROUP_RULES: Readonly<Record<string, () => void>> = {
  consumer_lag_client() {
    const small = smallGroup('range', { processTime: constant(ms(20)) });
    let looks = 0;
    small.sim.facts.channel(groupLag).listen(({ partition, records }) => {
      const line = small.cluster.book.line(partition);
      const end = line.length === 0 ? 0 : line.at(-1)!.lastOffset + 1;
      expect(records).toBe(end - small.group.committedOf(partition));
      looks += Number(records > 0);
    });
    small.group.scale(2);
    small.sim.runUntil(ms(450));
    expect(looks).toBeGreaterThan(0);
  },

  offset_commit() {
    const committed = ({ group }: ReturnType<typeof smallGroup>): number => group.committedOf('t-0');
    const sends = Array.from({ length: 30 }, () => 10);
    const slow = { processTime: constant(ms(2)), pollRecords: 30, fetchBytesMax: 10_000 };
    // The offset of the next record; by itself every 20 ms, but inside of a poll, for what earlier polls gave: the only one
    // takes 60 ms here.
    const auto = smallGroup('range', { ...slow, commit: 'auto' }, sends, { partitions: 1 });
    auto.sim.runUntil(ms(30));
    auto.group.scale(1);
    auto.sim.runUntil(ms(90));
    expect([committed(auto), Math.max(...processed(auto))]).toEqual([0, 1]);
    auto.sim.runUntil(ms(150));
    expect(committed(auto)).toBe(30);
    const died = (['after', 'before'] as const).map((commit) => {
      const small = smallGroup('range', { ...slow, commit }, sends, { partitions: 1 });
      small.sim.runUntil(ms(30));
      small.group.scale(1);
      small.sim.scheduleAt(ms(70), () => small.group.consumers[0].kill(ms(10)), undefined);
      small.sim.runUntil(ms(500));
      return processed(small);
    });
    expect([Math.min(...died[0]), Math.max(...died[0])]).toEqual([1, 2]);
    expect([Math.min(...died[1]), Math.max(...died[1])]).toEqual([0, 1]);
    const group = new Group({ begun: () => {}, preparing: () => {}, completed: () => {}, keep });
    group.join(member('a', [], -1), () => {});
    group.complete();
    group.sync('a', 1, new Map(), () => {});
    group.join(member('b', [], -1), () => {});
    expect([group.state, group.mayCommit('a', 1), group.mayCommit('a', 0)]).toEqual([
      'joining',
      'ok',
      'illegal-generation',
    ]);
  },

  group_states() {
    type Step = readonly ['join' | 'sync' | 'remove', who: string] | readonly ['complete'];
    /** The states that a group goes through; its last member's going is a rebalance that nobody joins, over at once. */
    const walk = (steps: readonly Step[]): string[] => {
      const states: GroupState[] = ['empty'];
      const note = (): void => {
        const before = states.at(-1)!;
        if (group.state === 'empty' && before !== 'empty' && before !== 'joining') states.push('joining');
        if (group.state !== before) states.push(group.state);
      };
      const group = new Group({ begun: note, preparing: note, completed: note, keep });
      for (const [what, who = ''] of steps) {
        if (what === 'join') group.join(member(who, [], -1), () => {});
        else if (what === 'sync') group.sync(who, group.generation, new Map(), () => {});
        else if (what === 'remove') group.remove(who);
        else group.complete();
        note();
      }
      return states.slice(1).map((state, at) => `${STATES[states[at]]} ${STATES[state]}`);
    };
    const allowed = Object.entries(TRANSITIONS).flatMap(([from, to]) => to.map((state) => `${from} ${state}`));
    const all = walk([
      ['join', 'a'],
      ['complete'],
      ['join', 'b'],
      ['join', 'a'],
      ['sync', 'a'],
      ['join', 'c'],
      ['remove', 'a'],
      ['remove', 'b'],
      ['remove', 'c'],
    ]);
    expect([...new Set(all)].sort()).toEqual(allowed.sort());
    const who = fc.constantFrom('a', 'b', 'c');
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.tuple(fc.constantFrom('join' as const, 'sync' as const, 'remove' as const), who),
      fc.constant(['complete'] as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        for (const transition of walk(steps)) expect(allowed).toContain(transition);
      }),
    );
  },

  rebalance_eager() {
    const small = smallGroup('range');
    small.group.scale(2);
    // The first join of an empty group waits for others, and for as long again since one came: 5 ms and 5 ms.
    small.sim.runUntil(ms(9));
    expect(small.group.group!.generation).toBe(0);
    small.sim.runUntil(ms(200));
    small.group.scale(3);
    let least = 5;
    while (!small.sim.runUntil(ms(400), 1)) {
      least = Math.min(
        least,
        small.group.consumers.reduce((sum, { owned }) => sum + owned.length, 0),
      );
    }
    // All give up all that they have before they join; then all is given out.
    expect([assignors.range.protocol, least]).toEqual(['eager', 0]);
    expect(small.group.consumers.map(({ owned }) => owned.length).sort()).toEqual([0, 1, 2, 2]);
  },

  rebalance_cooperative() {
    const assignor = assignors['cooperative-sticky'];
    const topics = new Map([['t', 4]]);
    const partsOf = (members: readonly Member[]): Map<string, number[]> =>
      new Map([...assignor.assign(topics, members)].map(([id, own]) => [id, own.map(({ partition }) => partition)]));
    const first = partsOf([member('a', [0, 1, 2, 3], 1), member('b', [], -1)]);
    const kept = first.get('a')!;
    // Two of four move: they are nobody's in this round, and the other's in the next.
    expect([assignor.protocol, kept.length, first.get('b')]).toEqual(['cooperative', 2, []]);
    const second = partsOf([member('a', kept, 2), member('b', [], 2)]);
    expect([second.get('a'), second.get('b')!.length]).toEqual([kept, 2]);
  },

  failure_detection() {
    // A session of 40 ms without a heartbeat; a poll interval of 100 ms, after which the client leaves by itself.
    const size = (act: (small: ReturnType<typeof smallGroup>) => void, until: number, options = {}): number => {
      const small = smallGroup('range', options);
      small.group.scale(2);
      small.sim.scheduleAt(ms(200), () => act(small), undefined);
      small.sim.runUntil(ms(until));
      return small.group.group!.size;
    };
    const dies = ({ group }: ReturnType<typeof smallGroup>): void => group.consumers[0].kill(Infinity);
    expect([size(dies, 229), size(dies, 241)]).toEqual([2, 1]);
    const slow = { processTime: constant(ms(30)), pollInterval: ms(60), rebalanceTimeout: ms(60) };
    const generations = smallGroup('range', slow);
    generations.group.scale(2);
    generations.sim.runUntil(ms(1000));
    expect(generations.group.group!.generation).toBeGreaterThan(4);
    const named = smallGroup('range', { isStatic: true, sessionTimeout: ms(80) });
    named.group.scale(3);
    named.sim.scheduleAt(ms(200), () => named.group.consumers[1].kill(ms(30)), undefined);
    named.sim.runUntil(ms(1000));
    expect(named.group.group!.generation).toBe(1);
  },
};
