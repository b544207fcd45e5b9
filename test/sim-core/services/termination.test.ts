/** An instance that is told to end: what it is at it finishes, what comes is refused, and there is an end to its grace. */
import { expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s, type Duration } from '../../../sim-core/kernel/time.ts';
import type { CallFailed } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Service } from '../../../sim-core/services/service.ts';
import { terminate, type TerminationOptions } from '../../../sim-core/services/termination.ts';

/** Calls of 2 s at 0, 3 and 8 s; told to end at 1 s. Gives how each ended and when. */
function told(lastly?: TerminationOptions['lastly'], grace: Duration = s(30)) {
  const sim = new Simulation();
  const service = new Service<void, void>(sim, {
    name: 'app',
    help: 'Takes 2 s',
    concurrency: 10,
    queueMax: 0,
    *handle() {
      yield s(2);
    },
  });
  const link = new Link<void, void>(sim, service, { from: 'user', delay: constant(0) });
  const ended: [string, number][] = [];
  function* call(at: number): Behaviour {
    yield at;
    try {
      yield* link.call(undefined, new RequestContext(at, at));
      ended.push(['answered', sim.now]);
    } catch (error) {
      ended.push([(error as CallFailed).failure, sim.now]);
    }
  }
  for (const at of [0, s(3), s(8)]) spawn(sim, 'call', call(at));
  const options = { grace, replacedAfter: s(1) };
  sim.scheduleAt(s(1), () => terminate(service, lastly === undefined ? options : { ...options, lastly }), undefined);
  sim.runUntil(s(20));
  return ended;
}

/** Work of so long, which notes how long it may take and when it was over. */
function last(duration: Duration) {
  const seen: Duration[] = [];
  function* lastly(left: Duration): Behaviour {
    seen.push(left);
    yield duration;
    seen.push(duration);
  }
  return { lastly, seen };
}

it('a program that handles the signal answers what it has, does its last work, and is replaced', () => {
  const { lastly, seen } = last(s(3));
  expect(told(lastly)).toEqual([
    ['answered', s(2)],
    ['unavailable', s(3)],
    ['answered', s(10)],
  ]);
  expect(seen).toHaveLength(2);
  expect(seen[0]).toBeGreaterThan(s(29) - ms(20));
});

it('one that does not is gone with what it was at', () => {
  expect(told()).toEqual([
    ['unavailable', s(1)],
    ['answered', s(5)],
    ['answered', s(10)],
  ]);
});

it('who is not done within the grace period is killed', () => {
  const { lastly, seen } = last(s(60));
  // Told at 1 s, answered until 2 s, killed at 4 s, replaced at 5 s.
  expect(told(lastly, s(3))).toEqual([
    ['answered', s(2)],
    ['unavailable', s(3)],
    ['answered', s(10)],
  ]);
  expect(seen).toHaveLength(1);
});

/** An instance whose last work takes 5 s, told to end at these times and killed at those; when it crashed, and the calls that it let in. */
function over(told: readonly number[], killed: readonly number[]) {
  const sim = new Simulation();
  const crashes: number[] = [];
  let finished = 0;
  const service = new Service<void, void>(sim, {
    name: 'app',
    help: 'Takes no time',
    concurrency: 1,
    queueMax: 0,
    onCrash: () => crashes.push(sim.now),
    *handle() {},
  });
  function* lastly(): Behaviour {
    yield s(5);
    finished++;
  }
  const options = { grace: s(30), replacedAfter: s(1), lastly };
  for (const at of told) sim.scheduleAt(at, () => terminate(service, options), undefined);
  for (const at of killed) sim.scheduleAt(at, () => service.crash(s(1)), undefined);
  sim.runUntil(s(60));
  return { crashes, finished };
}

it('a signal to one that is ending, or to nobody, changes nothing', () => {
  expect(over([s(1), s(3), s(6.5)], [])).toEqual({ crashes: [s(6)], finished: 1 });
});

it('who is killed while it ends leaves nothing behind that would end the one in its place', () => {
  expect(over([s(1)], [s(2)])).toEqual({ crashes: [s(2)], finished: 0 });
  expect(over([s(1), s(4)], [s(2)])).toEqual({ crashes: [s(2), s(9)], finished: 1 });
});
