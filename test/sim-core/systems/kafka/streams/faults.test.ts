/** A stream application under faults that fast-check draws: threads and brokers die, disks are lost, tasks move. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignors } from '../../../../../sim-core/messaging/groups/assignors.ts';
import { standbyUpdated, taskRestored } from '../../../../../sim-core/systems/kafka/streams/signals.ts';
import { deedsOf } from '../../../../deeds.ts';
import { ms } from '../small-cluster.ts';
import { COMMIT_INTERVAL, SmallApp, sorted } from './small-app.ts';

const SENDS = Array.from({ length: 40 }, (_, i) => 10 + i * 4);
const OVER = ms(800);

const deed = deedsOf<SmallApp>();
const which = fc.integer({ min: 0, max: 1 });
const threadDeeds = fc.oneof(
  deed(fc.tuple(which, fc.integer({ min: 5, max: 90 })), ({ app }, index, time) =>
    app.group.consumers[index].kill(ms(time)),
  ),
  deed(fc.tuple(which), ({ app }, index) => app.threads[index].tasks.wipe()),
  deed(fc.tuple(which), ({ app }, index) => app.group.scale(1 + index)),
);
const brokerDeath = deed(fc.tuple(fc.integer({ min: 0, max: 2 })), ({ cluster }, index) =>
  cluster.brokers[index].kill(ms(30)),
);
const assignor = fc.constantFrom<keyof typeof assignors>('sticky', 'cooperative-sticky');
/** A thread stands still, perhaps for longer than its session. */
const pauses = deed(fc.tuple(which, fc.integer({ min: 5, max: 60 })), ({ app }, index, time) =>
  app.group.consumers[index].pause(ms(time)),
);
/** When it is done, in milliseconds. */
const timed = (deeds: fc.Arbitrary<(small: SmallApp) => void>) => fc.tuple(fc.integer({ min: 10, max: 250 }), deeds);
const several = (deeds: fc.Arbitrary<(small: SmallApp) => void>) =>
  fc.array(timed(deeds), { minLength: 1, maxLength: 5 });
/** Every moment of a commit interval, in milliseconds. */
const intervalFrom = (start: number): number[] => Array.from({ length: COMMIT_INTERVAL / ms(1) }, (_, i) => start + i);

function under(
  guarantee: 'at-least-once' | 'exactly-once',
  happening: readonly (readonly [number, (small: SmallApp) => void])[],
  assignor: keyof typeof assignors = 'sticky',
  standbyReplicas = 0,
): { small: SmallApp; wrong: string[] } {
  const small = new SmallApp({ sends: SENDS, guarantee, standbyReplicas, group: { assignor: assignors[assignor] } });
  const { sim, app } = small;
  const wrong: string[] = [];
  sim.facts.channel(taskRestored).listen(({ thread, task }) => {
    const number = Number(task.slice(task.indexOf(' ')));
    const { stored } = app.threads[Number(thread.slice(-1)) - 1].tasks.running.get(number)!;
    const counts = sorted(new Map([...stored.get('counts')!.store.entries()] as [string, number][]));
    const upToCommit = sorted(small.counted(number, small.committedOf(number)));
    if (JSON.stringify(counts) !== JSON.stringify(upToCommit)) wrong.push(`${task} at ${sim.now}`);
  });
  for (const [at, act] of happening) sim.scheduleAt(ms(at), () => act(small), undefined);
  // Whatever was down or left is there again, and what died last has been dropped from the group.
  sim.scheduleAt(ms(400), () => app.group.scale(2), undefined);
  while (!sim.runUntil(OVER, 2000)) expect(small.violations()).toEqual([]);
  return { small, wrong };
}

it('exactly once: every restored store, and all of them in the end, are what the input comes to', () => {
  fc.assert(
    fc.property(several(fc.oneof(threadDeeds, brokerDeath, pauses)), assignor, which, (happening, name, standbys) => {
      const { small, wrong } = under('exactly-once', happening, name, standbys);
      expect(wrong).toEqual([]);
      const states = small.states();
      expect(states.map(({ task }) => task).sort()).toEqual([0, 1]);
      for (const { task, counts } of states) expect(sorted(counts)).toEqual(sorted(small.counted(task)));
    }),
    { numRuns: 25 },
  );
});

it('at least once: whoever dies, no record is missing from a count', () => {
  fc.assert(
    // Of brokers one dies and no more: several that die one after the other stop a thread for longer than its poll interval, and
    // one that goes on when its tasks are another's undoes counts, as below.
    fc.property(
      several(threadDeeds),
      fc.array(timed(brokerDeath), { maxLength: 1 }),
      assignor,
      which,
      (deeds, death, name, standbys) => {
        const { small } = under('at-least-once', [...deeds, ...death], name, standbys);
        for (const surplus of small.surplus()) expect(surplus).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 25 },
  );
});

it('a thread that stood still for longer than its session undoes counts of its successor, and not exactly once', () => {
  // What it had not sent yet are counts of before: its changelog has them after those of the other.
  const surplus = (guarantee: 'at-least-once' | 'exactly-once'): number[] =>
    intervalFrom(120).flatMap((at) =>
      under(guarantee, [[at, ({ app }) => app.group.consumers[0].pause(ms(50))]]).small.surplus(),
    );
  expect(Math.min(...surplus('at-least-once'))).toBeLessThan(0);
  expect(surplus('exactly-once').filter((more) => more !== 0)).toEqual([]);
});

it('a thread that has lost its tasks while it stood still commits nothing of what it wrote for them', () => {
  // It goes on in the midst of its interval, and polls while it joins again: there are no offsets to commit any more.
  for (const at of intervalFrom(80)) {
    const stands = [[at, ({ app }: SmallApp) => app.group.consumers[1].pause(ms(44))] as const];
    const { small, wrong } = under('exactly-once', stands, 'cooperative-sticky');
    expect(wrong, `it stops at ${at} ms`).toEqual([]);
    expect(small.surplus().filter((more) => more !== 0)).toEqual([]);
  }
});

it.each(['at-least-once', 'exactly-once'] as const)(
  '%s: who has a standby of the tasks of a thread that dies reads nothing more to restore them, and without one all of them',
  (guarantee) => {
    const restored = (standbyReplicas: number): number => {
      const small = new SmallApp({ sends: SENDS, guarantee, standbyReplicas });
      let count = 0;
      small.sim.facts.channel(taskRestored).listen(({ thread, records }) => {
        if (thread === 'worker-2' && small.sim.now > ms(120)) count += records;
      });
      small.sim.scheduleAt(ms(120), () => small.app.group.consumers[0].kill(ms(500)), undefined);
      small.sim.runUntil(ms(400));
      expect(small.states()).toHaveLength(2);
      expect(small.surplus().filter((more) => more < 0)).toEqual([]);
      return count;
    };
    expect(restored(0)).toBeGreaterThan(0);
    expect(restored(1)).toBe(0);
  },
);

it('of three threads, each has a standby of each task that another runs, and whoever takes a task over has read it', () => {
  const group = { consumers: 3 };
  const recordOf = (number: number) => ({ key: number % 10, value: 1, timestamp: ms(number) });
  const small = new SmallApp({
    sends: SENDS,
    guarantee: 'at-least-once',
    standbyReplicas: 2,
    tasks: 3,
    group,
    recordOf,
  });
  const updated = new Map<string, Set<string>>();
  const { sim, app } = small;
  app.group.scale(3);
  sim.facts.channel(standbyUpdated).listen(({ thread, task }) => {
    if (sim.now < ms(200)) updated.set(task, (updated.get(task) ?? new Set<string>()).add(thread));
  });
  let restored = 0;
  sim.facts.channel(taskRestored).listen(({ records }) => {
    if (sim.now > ms(200)) restored += records;
  });
  sim.scheduleAt(ms(200), () => app.group.consumers[0].kill(ms(500)), undefined);
  sim.runUntil(ms(200));
  expect(app.threads.map(({ tasks }) => tasks.running.size)).toEqual([1, 1, 1]);
  expect([...updated].map(([task, threads]) => [task, threads.size])).toEqual(
    [...updated.keys()].map((task) => [task, 2]),
  );
  expect(updated.size).toBe(3);
  sim.runUntil(ms(480));
  expect(small.states()).toHaveLength(3);
  expect(restored).toBe(0);
});

/** Of four threads, each with a task, one dies: which tasks they ran and had standbys of, and what is restored then. */
function failover(guarantee: 'at-least-once' | 'exactly-once', standbyReplicas: number, victim: number) {
  const small = new SmallApp({
    sends: SENDS,
    guarantee,
    standbyReplicas,
    tasks: 4,
    group: { consumers: 4, assignor: assignors['cooperative-sticky'] },
    recordOf: (number) => ({ key: number % 20, value: 1, timestamp: ms(number) }),
  });
  const { sim, app } = small;
  const standbys = new Map<string, Set<string>>();
  const restored: { thread: string; task: string; records: number }[] = [];
  app.group.scale(4);
  sim.facts.channel(standbyUpdated).listen(({ thread, task }) => {
    if (sim.now > ms(90) && sim.now < ms(200)) standbys.set(task, (standbys.get(task) ?? new Set()).add(thread));
  });
  sim.facts.channel(taskRestored).listen(({ thread, task, records }) => {
    if (sim.now > ms(200)) restored.push({ thread, task, records });
  });
  sim.runUntil(ms(200));
  const running = app.threads.map(({ tasks }) => [...tasks.running.keys()].map((number) => `task ${number}`));
  app.group.consumers[victim].kill(ms(500));
  sim.runUntil(ms(480));
  expect(small.states()).toHaveLength(4);
  expect(small.surplus().filter((more) => more < 0)).toEqual([]);
  return { running, standbys, restored: restored.filter(({ task }) => running[victim].includes(task)) };
}

it.each(['at-least-once', 'exactly-once'] as const)(
  '%s: of four threads one has a standby of a task, and the task goes to that one when its thread dies, and reads nothing more',
  (guarantee) => {
    for (const victim of [0, 1, 2, 3]) {
      const { running, standbys, restored } = failover(guarantee, 1, victim);
      expect(running.map((tasks) => tasks.length)).toEqual([1, 1, 1, 1]);
      const has = (task: string): string[] => [...(standbys.get(task) ?? [])];
      for (const [index, tasks] of running.entries()) {
        for (const task of tasks) expect(has(task).map((thread) => thread === `worker-${index + 1}`)).toEqual([false]);
      }
      const holds = running.map(
        (_, index) => [...standbys.values()].filter((of) => of.has(`worker-${index + 1}`)).length,
      );
      expect(holds).toEqual([1, 1, 1, 1]);
      expect(restored).toHaveLength(1);
      for (const { thread, task, records } of restored) expect([[thread], records]).toEqual([has(task), 0]);
    }
    const without = failover(guarantee, 0, 0).restored;
    expect(without.map(({ records }) => records > 0)).toEqual([true]);
  },
);

it.each([
  [2, 2, 1],
  [3, -1, 2],
  [3, 0.5, 2],
])('refuses standbys that are no number of other threads: of %i threads %d', (threads, standbys, most) => {
  const group = { consumers: threads };
  expect(() => new SmallApp({ sends: [], guarantee: 'at-least-once', standbyReplicas: standbys, group })).toThrow(
    `standbyReplicas is ${standbys}; it must be an integer from 0 to ${most}, one less than the threads`,
  );
});
