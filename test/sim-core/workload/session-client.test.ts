/** Sessions: a write, then looks; what is missed is told; a session draws the same whatever the others do. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { exponential } from '../../../sim-core/kernel/distributions/exponential.ts';
import type { Fact } from '../../../sim-core/kernel/fact.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';
import { roundRobin } from '../../../sim-core/network/balancing/by-request-number.ts';
import type { Endpoint } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { recorded } from '../../../sim-core/workload/arrivals/recorded.ts';
import { requestCompleted, requestStarted } from '../../../sim-core/workload/client.ts';
import { zipfPopularity } from '../../../sim-core/workload/popularity/zipf.ts';
import { SessionClient, sessionRead, type SessionQuery } from '../../../sim-core/workload/session-client.ts';

function setUp(
  arrivals: readonly number[],
  answer: (query: SessionQuery, now: number) => number | 'refused',
  random = false,
) {
  const sim = new Simulation();
  const server: Endpoint<SessionQuery, { readonly version: number }> = {
    name: 'server',
    receive(call) {
      const version = answer(call.query, sim.now);
      if (version === 'refused') call.refuse('overloaded');
      else call.reply({ version });
    },
  };
  const pause = (mean: number) => (random ? exponential(mean) : constant(mean));
  const client = new SessionClient(sim, {
    name: 'users',
    arrivals: recorded(arrivals),
    popularity: zipfPopularity(100, 0),
    looks: 3,
    firstThink: pause(ms(10)),
    think: pause(ms(100)),
    target: roundRobin([new Link(sim, server, { from: 'users', delay: constant(ms(1)) })]),
  });
  const reads: Fact<typeof sessionRead>[] = [];
  sim.facts.channel(sessionRead).listen((fact) => reads.push(fact));
  const requests: [number, number, number][] = [];
  sim.facts.channel(requestStarted).listen(({ request, key }) => requests.push([request, key, sim.now]));
  return { sim, client, reads, requests };
}

describe('a session', () => {
  it('goes back in time when it is shown less than before, whatever it wrote, and sends along what it has seen', () => {
    const shown = [7, 5, 7];
    const seen: [number, number][] = [];
    const { sim, reads } = setUp([ms(5)], ({ operation, seen: had, session }) => {
      if (operation === 'write') return 4;
      seen.push([had, session]);
      return shown[seen.length - 1];
    });
    sim.runUntil(s(1));
    expect(reads.map(({ back, missing }) => [back, missing])).toEqual([
      [false, false],
      [true, false],
      [false, false],
    ]);
    expect(seen).toEqual([
      [0, 0],
      [7, 0],
      [7, 0],
    ]);
  });

  it('writes, thinks and looks, and says which of its looks did not show the write', () => {
    const { sim, client, reads } = setUp([ms(5)], ({ operation }, now) =>
      operation === 'write' || now > ms(50) ? 4 : 3,
    );
    sim.runUntil(s(1));
    expect(reads.map(({ look, missing, since }) => [look, missing, since / ms(1)])).toEqual([
      [1, true, 10],
      [2, false, 112],
      [3, false, 214],
    ]);
    expect(client.state()).toEqual({ sessions: 1, 'under way': 0 });
    expect(client.violations()).toEqual([]);
  });

  it('ends when its write fails, and goes on when a look does', () => {
    const outcomes: string[] = [];
    const { sim, reads } = setUp([0, ms(500)], ({ operation }, now) =>
      (operation === 'write' && now < ms(100)) || (operation === 'read' && now < ms(520)) ? 'refused' : 1,
    );
    sim.facts.channel(requestCompleted).listen(({ outcome }) => outcomes.push(outcome));
    sim.runUntil(s(2));
    expect(outcomes).toEqual(['overloaded', 'ok', 'overloaded', 'ok', 'ok']);
    expect(reads.map(({ look }) => look)).toEqual([2, 3]);
  });

  it('tells what it wrote with each of its looks', () => {
    const queries: SessionQuery[] = [];
    const { sim } = setUp([ms(5)], (query) => {
      queries.push(query);
      return 9;
    });
    sim.runUntil(s(1));
    expect(queries.map(({ operation, wrote, wroteAt }) => [operation, wrote, wroteAt / ms(1)])).toEqual([
      ['write', 0, 0],
      ['read', 9, 7],
      ['read', 9, 7],
      ['read', 9, 7],
    ]);
  });

  it('has the same key, numbers and pauses whether other sessions’ writes fail or not', () => {
    const last = (fail: boolean): unknown => {
      const { sim, requests } = setUp(
        [0, ms(1), ms(2)],
        ({ operation }, now) => (fail && operation === 'write' && now < ms(3) ? 'refused' : 1),
        true,
      );
      sim.runUntil(s(10));
      return requests.filter(([request]) => request >= 8);
    };
    expect(last(false)).toHaveLength(4);
    expect(last(true)).toEqual(last(false));
  });

  it('comes faster in a surge, and for other keys after a move, without a change to the sessions before', () => {
    const arrivals = [10, 20, 30, 40, 50, 60].map(ms);
    const writes = (act: (client: SessionClient) => void): [number, number][] => {
      const { sim, client, requests } = setUp(arrivals, () => 1);
      sim.scheduleAt(ms(35), () => act(client), undefined);
      sim.runUntil(s(1));
      // Of the four requests of a session the first is its write.
      return requests.filter(([request]) => request % 4 === 0).map(([, key, time]) => [key, time / ms(1)]);
    };
    const plain = writes(() => {});
    expect(plain.map(([, time]) => time)).toEqual([10, 20, 30, 40, 50, 60]);
    const surged = writes(({ interventions }) => interventions['surge'].apply([5]));
    expect(surged).toEqual(plain.map(([key, time]) => [key, time < 35 ? time : 35 + (time - 35) / 5]));
    const elsewhere = writes(({ interventions }) => interventions['move'].apply([]));
    expect(elsewhere.slice(0, 3)).toEqual(plain.slice(0, 3));
    for (const i of [3, 4, 5]) expect(elsewhere[i][0]).not.toBe(plain[i][0]);
  });
});
