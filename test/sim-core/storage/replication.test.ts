/** Replicas: changes in their order, lag by the queue, reads that wait for a version and give up in time. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { exponential } from '../../../sim-core/kernel/distributions/exponential.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';
import type { CallFailed } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { changeApplied, Replica, type Change, type VersionedQuery } from '../../../sim-core/storage/replication.ts';
import type { Row } from '../../../sim-core/storage/queries.ts';
import { Tally } from '../../../sim-core/statistics/tally.ts';

const KEY = 7;

function setUp(applyTime = constant(ms(10))) {
  const sim = new Simulation();
  const options = { name: 'replica', connections: 9, queueMax: 9, cores: 9, demand: constant(ms(3)) };
  const replica = new Replica(sim, options, applyTime);
  const stream = new Link<Change, void>(sim, replica.changes, { from: 'primary', delay: constant(ms(1)) });
  const link = new Link<VersionedQuery, Row>(sim, replica.reads, { from: 'app', delay: constant(0) });
  let committed = 0;
  const write = (time: number): void => {
    const change = { key: KEY, version: ++committed, committedAt: time };
    sim.scheduleAt(time, () => stream.send(change, new RequestContext(change.version, time)), undefined);
  };
  const lines: string[] = [];
  function* reads(atLeast: number, waitMax: number): Behaviour {
    let answer: string;
    try {
      answer = `version ${(yield* link.call({ operation: 'read', key: KEY, atLeast, waitMax }, new RequestContext(1e6, 0))).version}`;
    } catch (error) {
      answer = (error as CallFailed).failure;
    }
    lines.push(`${sim.now / ms(1)} ms: ${answer}`);
  }
  const readAt = (time: number, atLeast: number, waitMax = s(1)): void =>
    void spawn(sim, 'reads', reads(atLeast, waitMax), ms(time));
  return { sim, replica, write, readAt, lines };
}

describe('a replica', () => {
  it('applies changes one after the other, and tells how far behind each is', () => {
    const { sim, write } = setUp();
    const lags: number[][] = [];
    sim.facts.channel(changeApplied).listen(({ version, lag }) => lags.push([version, lag / ms(1)]));
    for (const time of [0, 0, 5, 50]) write(ms(time));
    sim.runUntil(s(1));
    expect(lags).toEqual([
      [1, 11],
      [2, 21],
      [3, 26],
      [4, 11],
    ]);
  });

  it('falls behind when its applier is slowed by hand, and catches up when it is as fast as before', () => {
    const { sim, replica, write } = setUp();
    const lags: number[] = [];
    sim.facts.channel(changeApplied).listen(({ lag }) => lags.push(lag / ms(1)));
    const slow = (time: number, factor: number): void =>
      void sim.scheduleAt(ms(time), () => replica.database.interventions['slow-apply'].apply([factor]), undefined);
    for (const time of [0, 100, 110, 200]) write(ms(time));
    slow(50, 5);
    slow(150, 1);
    sim.runUntil(ms(160));
    expect(replica.database.state()['changes to be applied']).toBe(1);
    sim.runUntil(s(1));
    expect(lags).toEqual([11, 51, 91, 11]);
    expect(replica.database.violations()).toEqual([]);
  });

  it('answers at once with what it has, or when it has the version that is asked for, or refuses in time', () => {
    const { sim, write, readAt, lines } = setUp();
    write(0);
    write(0);
    readAt(5, 0);
    readAt(5, 1);
    readAt(5, 2);
    readAt(5, 2, ms(10));
    readAt(5, 3, ms(100));
    sim.runUntil(s(1));
    expect(lines).toEqual([
      '8 ms: version 0',
      '14 ms: version 1',
      '15 ms: timeout',
      '24 ms: version 2',
      '105 ms: timeout',
    ]);
  });

  it('lags as an M/M/1 queue does: exponentially, by the rate at which it could catch up', () => {
    const { sim, write } = setUp(exponential(ms(5)));
    const random = sim.random('writes');
    let time = 0;
    for (let i = 0; i < 40_000; i++) write((time += Math.round(-Math.log(1 - random.next()) * ms(10))));
    const lag = new Tally();
    let long = 0;
    sim.facts.channel(changeApplied).listen((fact) => {
      lag.add((fact.lag - ms(1)) / ms(1));
      if (fact.lag - ms(1) > ms(20)) long++;
    });
    sim.runUntil(Infinity);
    // 1 / (1/5 - 1/10) = 10 ms; with the queue's memory of (1 + r) / (m (1 - r)^2) = 30 ms there are some 6,000 of it.
    expect(lag.mean).toBeGreaterThan(10 * (1 - 0.1));
    expect(lag.mean).toBeLessThan(10 * (1 + 0.1));
    expect(long / 40_000 / Math.exp(-2)).toBeGreaterThan(0.8);
    expect(long / 40_000 / Math.exp(-2)).toBeLessThan(1.2);
  });
});
