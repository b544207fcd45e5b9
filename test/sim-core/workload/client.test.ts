/** Clients and arrival processes: when requests are sent, with which numbers and keys, and how they end. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';
import { roundRobin } from '../../../sim-core/network/balancing/by-request-number.ts';
import type { Endpoint } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import type { ArrivalProcess } from '../../../sim-core/workload/arrivals/arrivals.ts';
import { during } from '../../../sim-core/workload/arrivals/during.ts';
import { bursty } from '../../../sim-core/workload/arrivals/bursty.ts';
import { poisson } from '../../../sim-core/workload/arrivals/poisson.ts';
import { arrivalsFromText, recorded } from '../../../sim-core/workload/arrivals/recorded.ts';
import { uniformArrivals } from '../../../sim-core/workload/arrivals/uniform.ts';
import {
  BatchClient,
  ClosedLoopClient,
  OpenLoopClient,
  requestCompleted,
  requestStarted,
} from '../../../sim-core/workload/client.ts';
import { hotKey } from '../../../sim-core/workload/popularity/hot-key.ts';
import { zipfPopularity } from '../../../sim-core/workload/popularity/zipf.ts';

const popularity = hotKey(0.3, zipfPopularity(50, 1));

/** Replies to even keys after a millisecond, refuses odd ones. */
function parity(sim: Simulation, name = 'parity'): Endpoint<number, number> {
  return {
    name,
    receive(call) {
      const answer = (): void => (call.query % 2 === 0 ? call.reply(0) : call.refuse('overloaded'));
      sim.schedule(ms(1), answer, undefined);
    },
  };
}

function openLoop(sim: Simulation, name: string, arrivals: ArrivalProcess): OpenLoopClient<number> {
  const link = new Link(sim, parity(sim, `parity of ${name}`), { from: name, delay: constant(0) });
  return new OpenLoopClient(sim, { name, arrivals, popularity, target: () => link });
}

describe('an open-loop client', () => {
  it('asks what it is told to ask about each key', () => {
    const sim = new Simulation();
    const asked: string[] = [];
    const endpoint: Endpoint<string, number> = {
      name: 'store',
      receive(call) {
        asked.push(call.query);
        call.reply(0);
      },
    };
    const link = new Link(sim, endpoint, { from: 'writers', delay: constant(0) });
    const popularity = { keys: 1, draw: () => 4 };
    new OpenLoopClient(sim, {
      name: 'writers',
      arrivals: recorded([0, 1]),
      popularity,
      asks: (key) => `write ${key}`,
      target: () => link,
    });
    sim.runUntil(s(1));
    expect(asked).toEqual(['write 4', 'write 4']);
  });

  it('sends when its arrivals say, and tells each outcome', () => {
    const sim = new Simulation();
    const started: number[] = [];
    const outcomes: [number, string, number][] = [];
    sim.facts.channel(requestStarted).listen(() => started.push(sim.now));
    sim.facts
      .channel(requestCompleted)
      .listen(({ key, outcome, duration }) => outcomes.push([key % 2, outcome, duration]));
    const times = [0, 5, 5, ms(3), ms(9)];
    const client = openLoop(sim, 'users', recorded(times));
    sim.runUntil(ms(9) + 1);
    expect(started).toEqual(times);
    expect(client.inProgress).toBe(1);
    sim.runUntil(s(1));
    expect([client.inProgress, client.violations()]).toEqual([0, []]);
    expect(outcomes).toHaveLength(5);
    for (const [odd, outcome, duration] of outcomes) {
      expect([outcome, duration]).toEqual([odd === 1 ? 'overloaded' : 'ok', ms(1)]);
    }
  });

  it('gives its requests numbers that no other client’s have, and keys that no other client moves', () => {
    const keysOf = (names: readonly string[]): Map<string, [number, number][]> => {
      const sim = new Simulation();
      const sent = new Map<string, [number, number][]>(names.map((name) => [name, []]));
      sim.facts.channel(requestStarted).listen(({ client, request, key }) => sent.get(client)!.push([request, key]));
      for (const name of names) openLoop(sim, name, poisson(1000));
      sim.runUntil(s(1));
      return sent;
    };
    const alone = keysOf(['a']);
    const both = keysOf(['a', 'b']);
    expect(both.get('a')).toEqual(alone.get('a'));
    const numbers = [...both.values()].flat().map(([request]) => request);
    expect(new Set(numbers).size).toBe(numbers.length);
    // The client's place changes its requests' numbers, never their keys.
    expect(
      keysOf(['b', 'a'])
        .get('a')!
        .map(([, key]) => key),
    ).toEqual(alone.get('a')!.map(([, key]) => key));
  });
});

describe('a move of the popularity', () => {
  /** The keys of all requests of a second, each client moving at the given instants. */
  function keysOf(moves: readonly number[], seed = 3): number[] {
    const sim = new Simulation({ seed });
    const keys: number[] = [];
    sim.facts.channel(requestStarted).listen(({ key }) => keys.push(key));
    const client = openLoop(sim, 'users', uniformArrivals(1000));
    for (const at of moves) sim.scheduleAt(at, () => client.interventions.move.apply([]), undefined);
    sim.runUntil(s(1));
    expect(client.moves).toBe(moves.length);
    return keys;
  }

  it('gives every request from then on the key of its rank after the move, and those before theirs', () => {
    const plain = keysOf([]);
    const once = keysOf([ms(400.5)]);
    const twice = keysOf([ms(400.5), ms(700.5)]);
    expect(once.slice(0, 400)).toEqual(plain.slice(0, 400));
    expect(twice.slice(0, 700)).toEqual(once.slice(0, 700));
    const { keys } = popularity;
    const distances = (from: readonly number[], to: readonly number[]): number[] => [
      ...new Set(from.map((key, i) => (((to[i] - key) % keys) + keys) % keys)),
    ];
    const [step, ...others] = distances(plain.slice(400), once.slice(400));
    expect(others).toEqual([]);
    expect(step).toBeGreaterThan(0);
    expect(distances(plain.slice(700), twice.slice(700))).toEqual([(2 * step) % keys]);
  });

  it('tells the keys to come, by the popularity as it is', () => {
    const sim = new Simulation({ seed: 3 });
    const client = openLoop(sim, 'users', uniformArrivals(1000));
    const foretold = Array.from({ length: 999 }, (_, number) => client.keyOf(number));
    expect(keysOf([]).slice(0, 999)).toEqual(foretold);
  });
});

describe('a surge', () => {
  it('of a process of a stretch of time has more come in it, and none before or after', () => {
    const every = (step: number): ArrivalProcess => ({ next: (now) => now + ms(step) });
    const stretch = during(ms(30), ms(60), every(10));
    expect(starts(stretch, [])).toEqual([40, 50].map(ms));
    for (const at of [10, 30]) expect(starts(stretch, [[ms(at), 2]])).toEqual([35, 40, 45, 50, 55].map(ms));
    expect(starts(stretch, [[ms(10), 0.5]])).toEqual([50].map(ms));
    expect(starts(stretch, [[ms(45), 5]])).toEqual([40, 46, 48, 50, 52, 54, 56, 58].map(ms));
  });

  /** When requests start, with surges at the given instants. */
  function starts(arrivals: ArrivalProcess, surges: readonly (readonly [at: number, factor: number])[]): number[] {
    const sim = new Simulation({ seed: 3 });
    const times: number[] = [];
    sim.facts.channel(requestStarted).listen(() => times.push(sim.now));
    const client = openLoop(sim, 'users', arrivals);
    for (const [at, factor] of surges)
      sim.scheduleAt(at, () => client.interventions['surge'].apply([factor]), undefined);
    sim.runUntil(s(1));
    return times;
  }

  it('runs the arrivals’ clock faster: the same arrivals, closer together, and back', () => {
    const times = [10, 20, 30, 40, 50, 60].map(ms);
    const surged = starts(recorded(times), [
      [ms(15), 2],
      [ms(30), 1],
    ]);
    // 15 ms to 30 ms are 30 ms of the clock, which then stands 15 ms ahead.
    expect(surged).toEqual([10, 17.5, 22.5, 27.5, 35, 45].map(ms));
  });

  it('of 1 changes nothing, and of a half leaves half of the requests', () => {
    const plain = starts(poisson(2000), []);
    expect(starts(poisson(2000), [[ms(200), 1]])).toEqual(plain);
    const halved = starts(poisson(2000), [[0, 0.5]]);
    const expected = plain.filter((time) => time <= s(0.5)).map((time) => 2 * time);
    expect(halved).toEqual(expected.slice(0, halved.length));
    expect(expected.length - halved.length).toBeLessThanOrEqual(1);
  });
});

describe('a closed-loop client', () => {
  it('never has more requests in progress than users, and thinks between them', () => {
    const sim = new Simulation();
    const link = new Link(sim, parity(sim), { from: 'users', delay: constant(0) });
    let most = 0;
    let sent = 0;
    sim.facts.channel(requestStarted).listen(() => {
      sent++;
      most = Math.max(most, client.inProgress);
    });
    const options = { name: 'users', users: 3, thinkTime: constant(ms(9)), popularity, target: () => link };
    const client = new ClosedLoopClient(sim, options);
    sim.runUntil(s(1));
    // Each of three users sends at 9, 19, 29 … ms, whether the answer was good or not.
    expect([most, sent]).toEqual([3, 300]);
    expect(() => new ClosedLoopClient(sim, { ...options, name: 'none', users: 0 })).toThrow('none: users is 0');
  });
});

describe('arrivals', () => {
  function count(arrivals: ArrivalProcess, seconds: number): number {
    const random = new Simulation({ seed: 3 }).random('arrivals');
    let arrived = 0;
    let now = 0;
    for (;;) {
      const next = arrivals.next(now, random);
      expect(Number.isInteger(next) && next >= now).toBe(true);
      if (next >= s(seconds)) return arrived;
      now = next;
      arrived++;
    }
  }

  it('come at their rate: uniform exactly, Poisson and bursty ones in the mean', () => {
    expect(count(uniformArrivals(300), 10)).toBe(2999);
    const poissonCount = count(poisson(500), 40);
    expect(Math.abs(poissonCount - 20_000)).toBeLessThan(4.5 * Math.sqrt(20_000));
    // Mean rate (100 x 3 + 900 x 1) / 4 = 300; the counts' index of dispersion tends to
    // 1 + 2 p q (burst - calm)^2 / (mean (1 / calmMean + 1 / burstMean)), Fischer & Meier-Hellstern's equation.
    const rates = { calmPerSecond: 100, burstPerSecond: 900, calmMean: s(0.3), burstMean: s(0.1) };
    const dispersion = 1 + (2 * 0.75 * 0.25 * 800 ** 2) / (300 * (1 / 0.3 + 1 / 0.1));
    expect(Math.abs(count(bursty(rates), 200) - 60_000)).toBeLessThan(4.5 * Math.sqrt(60_000 * dispersion));
  });

  it('from a file are read line by line, and what is wrong is named', () => {
    expect([...arrivalsFromText('0\n0.5\n2.25\n')]).toEqual([0, s(0.5), s(2.25)]);
    expect(() => arrivalsFromText('1\nx\n')).toThrow("line 2 is 'x'; expected seconds");
    expect(() => arrivalsFromText('2\n1\n')).toThrow('line 2 is 1 s, before line 1');
    expect(() => recorded([5, 4])).toThrow('entry 2 is 4 ns, which goes back in time');
    expect(() => recorded([0, 1.5])).toThrow('entry 2 is 1.5; it must be a whole number of nanoseconds');
    expect(() => poisson(0)).toThrow('poisson: the rate is 0 a second');
  });

  it('are spread by number over instances, so that a request keeps its instance', () => {
    const sim = new Simulation();
    const links = ['a', 'b', 'c'].map((name) => new Link(sim, parity(sim, name), { from: 'x', delay: constant(0) }));
    const balancer = roundRobin(links);
    expect([0, 1, 2, 3].map((id) => balancer({ id } as never).to)).toEqual(['a', 'b', 'c', 'a']);
    expect(() => roundRobin([])).toThrow('no links');
  });
});

describe('a batch', () => {
  const setUp = (jobs: number) => {
    const sim = new Simulation();
    const link = new Link(sim, parity(sim), { from: 'jobs', delay: constant(0) });
    const sent: number[] = [];
    sim.facts.channel(requestStarted).listen(() => sent.push(sim.now));
    return {
      sim,
      sent,
      jobs: () => new BatchClient(sim, { name: 'jobs', jobs, at: ms(5), popularity, target: () => link }),
    };
  };

  it('sends all that it has at one instant, and once more when it is started again', () => {
    const { sim, sent, jobs } = setUp(3);
    const batch = jobs();
    sim.runUntil(ms(20));
    expect(sent).toEqual([ms(5), ms(5), ms(5)]);
    expect(batch.inProgress).toBe(0);
    batch.interventions['start'].apply([]);
    sim.runUntil(s(1));
    expect(sent.slice(3)).toEqual([ms(20), ms(20), ms(20)]);
  });

  it('refuses to have no job', () => {
    expect(setUp(0).jobs).toThrow('jobs: jobs is 0; it must be an integer of at least 1');
  });
});
