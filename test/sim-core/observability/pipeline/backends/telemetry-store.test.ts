/** A store in time: how long it writes and reads, and what it refuses. */
import { expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { minutes, s, toSeconds, us } from '../../../../../sim-core/kernel/time.ts';
import type { CallFailed } from '../../../../../sim-core/network/call.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { TelemetryStore } from '../../../../../sim-core/observability/pipeline/backends/telemetry-store.ts';
import { TraceBlocks } from '../../../../../sim-core/observability/pipeline/backends/trace-blocks.ts';
import { bundle, request } from './writes.ts';

function lab(diskMax = 1e6) {
  const sim = new Simulation({ seed: 1 });
  const keeper = new TraceBlocks({ ttl: Infinity, blockSpan: minutes(1), diskMax });
  const store = new TelemetryStore(sim, {
    name: 'traces',
    help: '',
    keeper,
    cores: 2,
    writing: us(100),
    readRate: 1e5,
  });
  const writes = new Link(sim, store, { from: 'collector', delay: constant(0) });
  const reads = new Link(sim, store.reads, { from: 'viewer', delay: constant(0) });
  const answers: (string | number)[] = [];
  const heard = (began: number) => ({
    resume: () => void answers.push(toSeconds(sim.now - began)),
    fail: (error: unknown) => void answers.push((error as CallFailed).failure),
  });
  return {
    sim,
    store,
    answers,
    write: (count: number, bytes: number) =>
      sim.inject(
        () =>
          writes
            .call(request('traces', bundle('a', 'a-1', sim.now, count, bytes)), new RequestContext(0, 0))
            .begin(heard(sim.now)),
        0,
      ),
    read: () =>
      sim.inject(() => reads.call({ from: 0, to: sim.now + 1 }, new RequestContext(0, 0)).begin(heard(sim.now)), 0),
    wait: (seconds: number) => sim.runUntil(sim.now + s(seconds)),
  };
}

it('answers a write when it is done, and a query when it has read what it has to', () => {
  const { write, read, wait, answers } = lab();
  write(1000, 50_000);
  wait(1);
  read();
  wait(1);
  expect(answers).toEqual([0.1, 0.5]);
});

it('has queries share its processors, apart from those for writing', () => {
  const { write, read, wait, answers } = lab();
  write(1000, 50_000);
  wait(1);
  for (let i = 0; i < 4; i++) read();
  write(1000, 1);
  wait(2);
  expect(answers).toEqual([0.1, 0.1, 1, 1, 1, 1]);
});

it('refuses everything while it is down, what was under way too, and has kept what it had', () => {
  const { sim, store, write, read, wait, answers } = lab();
  write(1000, 50_000);
  wait(1);
  write(1000, 50_000);
  read();
  wait(0.01);
  sim.inject(() => store.interventions['down'].apply([10]), 0);
  wait(1);
  write(1, 1);
  read();
  wait(20);
  read();
  wait(1);
  expect(answers).toEqual([0.1, ...Array.from({ length: 4 }, () => 'unavailable'), 0.5]);
});

it('takes so many times as long once it is slow', () => {
  const { sim, store, write, wait, answers } = lab();
  sim.inject(() => store.interventions['slow'].apply([3]), 0);
  write(1000, 1);
  wait(1);
  expect(answers).toEqual([0.3]);
});

it('passes on what its keeper refuses', () => {
  const { write, wait, answers } = lab(100);
  write(1, 101);
  wait(1);
  expect(answers).toEqual(['overloaded']);
});
