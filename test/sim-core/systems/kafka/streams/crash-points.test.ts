/**
 * Every event of a run as the moment at which a stream thread, or a broker, dies. Exactly once, a store that is restored is what
 * its task's input comes to up to the committed offset, at each of them, and so is all of it in the end. At least once nothing is
 * missing, and some of the crashes have records counted twice, or the enumeration proves nothing.
 */
import { expect, it } from 'vitest';
import { compileQuery } from '../../../../../sim-core/messaging/streams/query/compile.ts';
import type { RecordFields } from '../../../../../sim-core/messaging/streams/stream-record.ts';
import { StreamThread } from '../../../../../sim-core/systems/kafka/streams/stream-thread.ts';
import { taskRestored } from '../../../../../sim-core/systems/kafka/streams/signals.ts';
import type { Guarantee } from '../../../../../sim-core/systems/kafka/streams/streams-app.ts';
import { ms } from '../small-cluster.ts';
import { SmallApp, sorted, TASKS, type SmallAppOptions } from './small-app.ts';

const END = ms(200);
/** A crash before the first or after the last commit is like any other. */
const [FROM, UNTIL] = [ms(22), ms(44)];
const SENDS = [20, 21, 22, 24, 30, 31, 36, 37, 40, 41];

const WINDOWS = compileQuery(
  'SELECT k, COUNT(*) AS n FROM in WINDOW TUMBLING (SIZE 10 MILLISECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k EMIT FINAL',
  { stream: 'in', key: 'k', columns: { k: 'number' } },
  'windows',
  'out',
);

interface Findings {
  points: number;
  /** Restores that gave something else than the input up to the committed offset. */
  wrong: number;
  /** Runs at whose end a key is counted too often, or too seldom. */
  doubled: number;
  missing: number;
  restored: number;
}

type Victim = (small: SmallApp) => { kill(downtime: number): void };

/** `stride`: every event, or every so many where the others would only say the same again. */
function enumerate(guarantee: Guarantee, victim: Victim, stride = 1, options: Partial<SmallAppOptions> = {}): Findings {
  const found: Findings = { points: 0, wrong: 0, doubled: 0, missing: 0, restored: 0 };
  for (let events = 0, isOver = false; !isOver; events += stride, found.points++) {
    const small = new SmallApp({ sends: SENDS, guarantee, ...options });
    small.sim.facts.channel(taskRestored).listen(({ task }) => {
      const number = Number(task.slice(task.indexOf(' ')));
      const state = small.states().find((one) => one.task === number);
      found.restored++;
      const upToCommit = sorted(small.counted(number, small.committedOf(number)));
      if (JSON.stringify(sorted(state!.counts)) !== JSON.stringify(upToCommit)) found.wrong++;
    });
    small.sim.runUntil(FROM);
    isOver = small.sim.runUntil(UNTIL, events);
    small.sim.inject(() => victim(small).kill(ms(30)), 0);
    small.sim.runUntil(END);
    expect(small.violations()).toEqual([]);
    const surplus = small.surplus();
    if (surplus.some((more) => more > 0)) found.doubled++;
    if (surplus.some((more) => more < 0)) found.missing++;
  }
  return found;
}

const worker: Victim = ({ app }) => app.group.consumers[0];
const broker: Victim = ({ cluster }) => cluster.brokers[0];

/** The last: restores that a death leads to, at least. */
it.each<[string, Victim, number, number]>([
  ['a thread', worker, 1, 1],
  ['a broker', broker, 4, 0],
])(
  'exactly once: a restored store is the input up to the committed offset, wherever %s dies',
  (_name, victim, stride, restores) => {
    const found = enumerate('exactly-once', victim, stride);
    expect(found).toEqual({ ...found, wrong: 0, doubled: 0, missing: 0 });
    // Each task is restored when it begins, too.
    expect(found.restored).toBeGreaterThanOrEqual((TASKS.length + restores) * found.points);
  },
);

it('at least once: nothing is missing, and some crashes have records counted twice', () => {
  const found = enumerate('at-least-once', worker);
  expect(found.missing).toBe(0);
  expect(found.doubled).toBeGreaterThan(0);
});

/** What a store was changed by goes to its changelog when the interval has been committed. */
class LateChangelog extends StreamThread {
  private held: Parameters<StreamThread['writeTo']>[] = [];

  protected override writeTo(...write: Parameters<StreamThread['writeTo']>): void {
    if (write[0].includes('changelog')) this.held.push(write);
    else super.writeTo(...write);
  }

  override settle(...[progress, then]: Parameters<StreamThread['settle']>): void {
    const isDue = this.isDue;
    super.settle(progress, (isKept) => {
      if (isDue) for (const write of this.held.splice(0)) super.writeTo(...write);
      then(isKept);
    });
  }

  override end(): void {
    this.held = [];
    super.end();
  }
}

/** A checkpoint says how far the store on the disk is, and the store is not there. */
class Unflushed extends StreamThread {
  override settle(...[progress, then]: Parameters<StreamThread['settle']>): void {
    super.settle(progress, (isKept) => {
      for (const { stored } of this.tasks.running.values()) {
        for (const state of stored.values()) state.checkpoint = state.written;
      }
      then(isKept);
    });
  }
}

it.each([
  ['a changelog that is written after the commit', LateChangelog],
  ['a store that is not flushed before its checkpoint', Unflushed],
])('finds %s', (_name, Thread) => {
  const found = enumerate('at-least-once', worker, 4, { Thread, checkpointDelta: Infinity });
  expect(found.missing).toBeGreaterThan(0);
});

it('exactly once: each window that is closed has its result once, wherever a thread dies', () => {
  const recordOf = (number: number) => ({ key: number % 2, value: { v: 1 }, timestamp: ms(number * 3) });
  const results = (events: number): { seen: string[]; isOver: boolean } => {
    const small = new SmallApp({ sends: SENDS, guarantee: 'exactly-once', topology: WINDOWS, recordOf });
    small.sim.runUntil(FROM);
    const isOver = small.sim.runUntil(UNTIL, events);
    small.sim.inject(() => worker(small).kill(ms(30)), 0);
    small.sim.runUntil(END);
    const seen = small.committed('out').map(({ key, value }) => `${key}: ${(value as RecordFields)['n']}`);
    return { seen: seen.sort(), isOver };
  };
  const undisturbed = results(1_000_000).seen;
  expect(new Set(undisturbed).size).toBeGreaterThan(2);
  for (let events = 0, isOver = false; !isOver; events += 6) {
    const found = results(events);
    ({ isOver } = found);
    expect(found.seen, `after ${events} events`).toEqual(undisturbed);
  }
});
