/** What a polling relay finds by each rule: rows that commit out of the order of their positions, in what order, at what price. */
import { describe, expect, it } from 'vitest';
import { ms, us } from '../../../../sim-core/kernel/time.ts';
import { CLAIMS, Polling, type Claims, type PollingOptions } from '../../../../sim-core/services/outbox/polling.ts';
import { pollingRules, type PollingRuleName } from '../../../../sim-core/services/outbox/polling-rules.ts';
import { databaseWorked } from '../../../../sim-core/storage/relational/signals.ts';
import { SmallOutbox, type Written } from './small-outbox.ts';

const RULES = Object.keys(pollingRules) as PollingRuleName[];

function polling(rule: PollingRuleName, small: SmallOutbox, options: Partial<PollingOptions> = {}): Polling {
  return new Polling({
    application: 'relay',
    database: small.wayToDatabase('relay'),
    rule: pollingRules[rule],
    interval: ms(10),
    batch: 10,
    marksFirst: false,
    claims: 'nothing',
    ...options,
  });
}

/** Polls at 0, 10, 20 … ms, a little later each time. */
function published(rule: PollingRuleName, writes: readonly Written[], options?: Partial<PollingOptions>): number[] {
  const small = new SmallOutbox();
  for (const written of writes) small.write(written);
  small.relay(polling(rule, small, options));
  small.sim.runUntil(ms(100));
  expect(small.database.violations()).toEqual([]);
  return small.published;
}

describe('a row that commits behind one of a higher position', () => {
  /** The first draws position 1 and is open when the relay sees position 2. */
  const writes = [
    { id: 1, begins: 1, writes: 2, commits: 15 },
    { id: 2, begins: 3, writes: 4, commits: 5 },
  ];

  it('is skipped by who goes by the position alone', () => {
    expect(published('position', writes)).toEqual([2]);
  });

  it('is waited for by who reads nothing beyond the oldest transaction that is open', () => {
    expect(published('settled-position', writes)).toEqual([1, 2]);
  });

  it.each<PollingRuleName>(['as-printed', 'mark', 'delete'])('is found by what marks it has not: %s', (rule) => {
    expect(published(rule, writes)).toEqual([2, 1]);
  });

  it('is found by all others where the transaction of the lower position has the higher number', () => {
    // Transaction 1 draws position 2 and commits; 2 draws position 1, and has the higher number.
    const crossed = [
      { id: 1, begins: 1, writes: 3, commits: 4 },
      { id: 2, begins: 1, writes: 2, commits: 15 },
    ];
    for (const rule of RULES.filter((one) => one !== 'position')) {
      expect(new Set(published(rule, crossed)), rule).toEqual(new Set([1, 2]));
    }
  });
});

it('by created_at, rows of one poll come in the order in which their transactions began, and not in which they wrote', () => {
  const writes = [
    { id: 1, begins: 1, writes: 6, commits: 7 },
    { id: 2, begins: 2, writes: 3, commits: 4 },
  ];
  expect(published('as-printed', writes)).toEqual([1, 2]);
  for (const rule of RULES.filter((one) => one !== 'as-printed')) expect(published(rule, writes), rule).toEqual([2, 1]);
});

it('a transaction that wrote something else first has an early number: what it writes late comes out before earlier rows', () => {
  const writes = [
    { id: 1, begins: 1, writesOther: 2, writes: 6, commits: 7 },
    { id: 2, begins: 3, writes: 4, commits: 5 },
  ];
  expect(published('settled-position', writes)).toEqual([1, 2]);
  expect(published('mark', writes)).toEqual([2, 1]);
});

it('a full batch is followed by the next at once', () => {
  const writes = Array.from({ length: 7 }, (_, id) => ({ id, begins: 1, writes: 2 + id / 10, commits: 3 }));
  for (const rule of RULES) {
    const small = new SmallOutbox();
    for (const written of writes) small.write(written);
    small.relay(polling(rule, small, { batch: 3 }));
    small.sim.runUntil(ms(15));
    expect(small.published, rule).toEqual([0, 1, 2, 3, 4, 5, 6]);
  }
});

it('what comes behind one that is refused is published again, so that nothing is behind a gap', () => {
  for (const rule of RULES) {
    const small = new SmallOutbox();
    for (let id = 0; id < 4; id++) small.write({ id, begins: 1, writes: 2 + id / 10, commits: 3 });
    small.refused.add(1);
    small.relay(polling(rule, small));
    small.sim.runUntil(ms(50));
    expect(small.published, rule).toEqual([0, 2, 3, 1, 2, 3]);
  }
});

it('by the printed table every poll looks at all rows that ever were; with an index, or deleted, at those that it wants', () => {
  const work = (rule: PollingRuleName): number => {
    const small = new SmallOutbox({ rowTime: us(10) });
    for (let id = 0; id < 20; id++) small.write({ id, begins: id + 1, writes: id + 1.5, commits: id + 2 });
    let last = 0;
    small.sim.facts.channel(databaseWorked).listen(({ application, demand }) => {
      if (application === 'relay') last = demand;
    });
    small.relay(polling(rule, small, { batch: 100 }));
    small.sim.runUntil(ms(95));
    return last;
  };
  // A poll that finds nothing any more.
  expect(work('as-printed')).toBe(us(10 + 20 * 10));
  for (const rule of RULES.filter((one) => one !== 'as-printed')) expect(work(rule), rule).toBe(us(10));
});

it.each(CLAIMS)(
  'dead between acknowledgement and account, publishes again; the other way round, nobody does: %s',
  (claims) => {
    const killed = (marksFirst: boolean): number[] => {
      const small = new SmallOutbox();
      small.write({ id: 1, begins: 1, writes: 2, commits: 3 });
      const relay = small.relay(polling('delete', small, { marksFirst, claims }), ms(4));
      // It finds the event at 10 ms, which the topic has at 12 ms, and hears of that at 14 ms.
      small.refused.add(marksFirst ? 1 : 0);
      small.sim.scheduleAt(ms(13), () => relay.kill(ms(1)), undefined);
      small.sim.runUntil(ms(80));
      return small.published;
    };
    expect(killed(false)).toEqual([1, 1]);
    expect(killed(true)).toEqual([]);
  },
);

describe('two relays', () => {
  const ids = [1, 2, 3, 4, 5, 6];

  /** Both poll at 0, 10, 20 … ms and wait 4 ms for acknowledgements; one of them may die in the midst of that. */
  function publishedByTwo(rule: PollingRuleName, claims: Claims, dies: boolean): number[] {
    const small = new SmallOutbox();
    for (const id of ids) small.write({ id, begins: 1, writes: 1, commits: 2 });
    const [first] = [1, 2].map((n) => small.relay(polling(rule, small, { claims, batch: 3 }), ms(4), `relay-${n}`));
    if (dies) small.sim.scheduleAt(ms(11), () => first.kill(ms(200)), undefined);
    small.sim.runUntil(ms(150));
    expect(small.database.violations()).toEqual([]);
    return small.published;
  }

  it('publish what both find twice, if they claim nothing', () => {
    expect(publishedByTwo('mark', 'nothing', false).toSorted()).toEqual(ids.flatMap((id) => [id, id]));
  });

  it('share the rows out, if each locks what it takes and leaves out what is locked', () => {
    for (const rule of ['as-printed', 'mark', 'delete'] as const) {
      expect(publishedByTwo(rule, 'rows', false).toSorted(), rule).toEqual(ids);
    }
  });

  it.each<PollingRuleName>(['position', 'settled-position'])(
    'are refused if they lock rows and keep account by one %s, for they would lose what one could not publish',
    (rule) => {
      expect(() => polling(rule, new SmallOutbox(), { claims: 'rows' })).toThrow('relay: claims is rows');
      const unchecked = { ...pollingRules[rule], keepsPosition: false };
      const published = (claims: Claims): number[] => {
        const small = new SmallOutbox();
        for (const id of ids) small.write({ id, begins: 1, writes: 1, commits: 2 });
        for (const n of [1, 2])
          small.relay(polling(rule, small, { rule: unchecked, claims, batch: 3 }), ms(4), `relay-${n}`);
        small.refused.add(1);
        small.sim.runUntil(ms(150));
        return small.published;
      };
      expect(published('rows')).not.toContain(1);
      expect(new Set(published('turn'))).toEqual(new Set(ids));
    },
  );

  it('take turns, and keep the order, if one waits for the other', () => {
    for (const rule of RULES) expect(publishedByTwo(rule, 'turn', false), rule).toEqual(ids);
  });

  it.each(['rows', 'turn'] as const)('publish what one of them had when it died: by %s', (claims) => {
    // What it had sent is there; of the rest nothing is lost.
    expect(new Set(publishedByTwo('delete', claims, true))).toEqual(new Set(ids));
  });
});
