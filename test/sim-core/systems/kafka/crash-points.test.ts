/**
 * Every event of a run as the moment at which a broker is killed. With acks=all and two of three in sync no acknowledged
 * record is lost at any of them, and an idempotent producer doubles none; with acks=1, or with an unclean election, some
 * of them must find a loss, and a plain producer a double, or the enumeration proves nothing.
 */
import { expect, it } from 'vitest';
import { disagreements, ms, smallCluster, type SmallCluster, type SmallOptions } from './small-cluster.ts';

const END = ms(400);
const SENDS = [1, 1.1, 2, 2.5, 3, 4, 4.2, 5, 6, 7, 8, 20, 21];
const BROKERS = [0, 1, 2];

interface Findings {
  points: number;
  lossy: number;
  doubling: number;
  disordered: number;
}

/** Kills one broker after so many events, for a while, and looks at what became of the records. */
function crashed(options: SmallOptions, broker: number, events: number): SmallCluster & { readonly isOver: boolean } {
  const small = smallCluster(options);
  const isOver = small.sim.runUntil(END, events);
  small.sim.inject(() => small.cluster.brokers[broker].kill(ms(60)), 0);
  while (!small.sim.runUntil(END, 150)) {
    expect(small.violations()).toEqual([]);
    expect(disagreements(small)).toEqual([]);
  }
  return { ...small, isOver };
}

function enumerate(options: SmallOptions): Findings {
  const found: Findings = { points: 0, lossy: 0, doubling: 0, disordered: 0 };
  for (const broker of BROKERS) {
    for (let events = 0, isOver = false; !isOver; events++, found.points++) {
      const small = crashed(options, broker, events);
      isOver = small.isOver;
      const log = small.log();
      const missing = [...small.acknowledged].filter((number) => !log.includes(number));
      expect(small.cluster.book.totals.lost, `broker ${broker}, ${events} events`).toBe(missing.length);
      if (missing.length > 0) found.lossy++;
      if (new Set(log).size < log.length) found.doubling++;
      if (log.some((number, index) => index > 0 && number < log[index - 1])) found.disordered++;
    }
  }
  return found;
}

const say = (what: string, { points, lossy, doubling, disordered }: Findings): void => {
  process.stdout.write(
    `${what}: ${points} crash points, ${lossy} lose an acknowledged record, ${doubling} double one, ` +
      `${disordered} break the order\n`,
  );
};

it('acks=all with two of three in sync, idempotent: nothing lost, doubled or out of order', () => {
  const found = enumerate({ sends: SENDS });
  say('acks=all, idempotent', found);
  expect(found).toEqual({ points: found.points, lossy: 0, doubling: 0, disordered: 0 });
  expect(found.points).toBeGreaterThan(1000);
});

it('acks=all, plain with five in flight: nothing lost, and retries double and overtake', () => {
  const found = enumerate({ sends: SENDS, producer: { isIdempotent: false } });
  say('acks=all, plain', found);
  expect(found.lossy).toBe(0);
  expect(found.doubling).toBeGreaterThan(0);
  expect(found.disordered).toBeGreaterThan(0);
});

it('acks=1: some crash points lose what was acknowledged', () => {
  const found = enumerate({ sends: SENDS, producer: { isIdempotent: false, acks: '1' } });
  say('acks=1', found);
  expect(found.lossy).toBeGreaterThan(0);
});

it('an unclean election after the followers were cut off loses what acks=all had promised with one in sync', () => {
  const minimum = (minInSync: number): SmallOptions => ({
    sends: [1, 2, 60, 61, 62],
    topic: { minInSync, isUncleanElectionAllowed: true },
  });
  const lost = [1, 2].map((minInSync) => {
    const small = smallCluster(minimum(minInSync));
    const { sim, cluster } = small;
    sim.scheduleAt(ms(10), () => cluster.brokers.slice(1).forEach((broker) => broker.isolate(ms(90), true)), undefined);
    sim.scheduleAt(ms(95), () => cluster.brokers[0].kill(ms(100)), undefined);
    sim.runUntil(END);
    expect(small.violations()).toEqual([]);
    return [small.acknowledged.size, cluster.book.totals.lost, small.log().length];
  });
  // With one in sync all five are acknowledged, and those after the cut are gone; with two the last three are not taken.
  expect(lost).toEqual([
    [5, 3, 2],
    [5, 0, 5],
  ]);
});
