/**
 * Every event of a run as the moment at which a broker is killed, for a while or for ever, loses its power, or controllers die.
 * With acks=all and two of three in sync no acknowledged record is lost at any of them, and an idempotent producer doubles none;
 * with acks=1, with an unclean election, or when all hosts lose their power at once, some of them must find a loss, and a plain
 * producer a double, or the enumeration proves nothing.
 */
import { expect, it } from 'vitest';
import type { Time } from '../../../../sim-core/kernel/time.ts';
import type { LossCause } from '../../../../sim-core/systems/kafka/record-book.ts';
import { disagreements, ms, smallCluster, type SmallCluster, type SmallOptions } from './small-cluster.ts';

const END = ms(400);
const SENDS = [1, 1.1, 2, 2.5, 3, 4, 4.2, 5, 6, 7, 8, 20, 21];
const BROKERS: readonly number[] = [0, 1, 2];

interface Findings {
  points: number;
  lossy: number;
  doubling: number;
  disordered: number;
  /** Points after which not every record was acknowledged in the end. */
  unanswered: number;
  causes: Set<LossCause>;
}

type Disaster = (small: SmallCluster, broker: number) => void;
const killed: Disaster = ({ cluster }, broker) => cluster.brokers[broker].kill(ms(60));

/** Has something happen after so many events, and looks at what became of the records. */
function crashed(
  options: SmallOptions,
  { broker, disaster, until }: { readonly broker: number; readonly disaster: Disaster; readonly until: Time },
  events: number,
): SmallCluster & { readonly isOver: boolean } {
  const small = smallCluster(options);
  const isOver = small.sim.runUntil(until, events);
  small.sim.inject(() => disaster(small, broker), 0);
  while (!small.sim.runUntil(END, 150)) {
    expect(small.violations()).toEqual([]);
    expect(disagreements(small)).toEqual([]);
  }
  return { ...small, isOver };
}

/** `until`: the last time at which it may happen. */
function enumerate(options: SmallOptions, disaster = killed, brokers = BROKERS, until = END): Findings {
  const found: Findings = { points: 0, lossy: 0, doubling: 0, disordered: 0, unanswered: 0, causes: new Set() };
  for (const broker of brokers) {
    for (let events = 0, isOver = false; !isOver; events++, found.points++) {
      const small = crashed(options, { broker, disaster, until }, events);
      isOver = small.isOver;
      const log = small.log();
      const missing = [...small.acknowledged].filter((number) => !log.includes(number));
      expect(small.cluster.book.totals.lost, `broker ${broker}, ${events} events`).toBe(missing.length);
      if (missing.length > 0) found.lossy++;
      if (small.acknowledged.size < options.sends.length) found.unanswered++;
      for (const { loss } of small.records()) if (loss !== undefined) found.causes.add(loss);
      if (new Set(log).size < log.length) found.doubling++;
      if (log.some((number, index) => index > 0 && number < log[index - 1])) found.disordered++;
    }
  }
  return found;
}

const SOUND = { lossy: 0, doubling: 0, disordered: 0, unanswered: 0, causes: new Set() };

const say = (what: string, { points, lossy, doubling, disordered }: Findings): void => {
  process.stdout.write(
    `${what}: ${points} crash points, ${lossy} lose an acknowledged record, ${doubling} double one, ` +
      `${disordered} break the order\n`,
  );
};

it('acks=all with two of three in sync, idempotent: nothing lost, doubled or out of order', () => {
  const found = enumerate({ sends: SENDS });
  say('acks=all, idempotent', found);
  expect(found).toEqual({ ...SOUND, points: found.points });
  expect(found.points).toBeGreaterThan(1000);
});

/** While records come, and for as long as a session and an election from then on. */
const BUSY = ms(50);

const DISASTERS: Record<string, readonly [Disaster, brokers: readonly number[]]> = {
  'a broker stays away for ever': [({ cluster }, broker) => cluster.brokers[broker].kill(Infinity), BROKERS],
  'the host of a broker loses its power': [({ cluster }, broker) => cluster.brokers[broker].losePower(ms(60)), BROKERS],
  'the active controller dies': [({ cluster }) => cluster.controllers.kill(1), [0]],
  'a majority of the controllers dies, and a broker': [
    (small, broker) => {
      const { sim, cluster } = small;
      cluster.controllers.kill(2);
      sim.schedule(ms(60), () => cluster.controllers.restart(), undefined);
      killed(small, broker);
    },
    BROKERS,
  ],
};

it.each(Object.entries(DISASTERS))(
  'acks=all, idempotent, when %s: nothing lost, and all is taken',
  (what, [disaster, brokers]) => {
    const found = enumerate({ sends: SENDS }, disaster, brokers, BUSY);
    say(what, found);
    expect(found).toEqual({ ...SOUND, points: found.points });
    expect(found.points).toBeGreaterThan(100);
  },
);

it('when all hosts lose their power at once, what none had on disk is lost, and that is told', () => {
  const all: Disaster = ({ cluster }) => cluster.brokers.forEach((broker) => broker.losePower(ms(60)));
  const found = enumerate({ sends: SENDS }, all, [0], BUSY);
  say('all hosts lose their power', found);
  expect(found.lossy).toBeGreaterThan(found.points / 4);
  expect([...found.causes]).toEqual(['power-loss']);
  // Killed, they keep it: a process's death does not touch the page cache.
  const allKilled: Disaster = ({ cluster }) => cluster.brokers.forEach((broker) => broker.kill(ms(60)));
  expect(enumerate({ sends: SENDS }, allKilled, [0], BUSY).lossy).toBe(0);
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
