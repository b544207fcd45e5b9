/**
 * Commands at once on few aggregates, by the store and the repository as they are built, at times that are drawn. Against the naive:
 * the events of each stream, one after another.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../../../../sim-core/kernel/distributions/uniform.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, SECOND, type Time } from '../../../../sim-core/kernel/time.ts';
import type { Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { EventValues } from '../../../../sim-core/services/event-sourcing/event-codec.ts';
import {
  EventStore,
  type EventStoreQuery,
  type EventStoreReply,
} from '../../../../sim-core/services/event-sourcing/event-store.ts';
import type { AsOf, RecordedEvent } from '../../../../sim-core/services/event-sourcing/event-log.ts';
import { Repository } from '../../../../sim-core/services/event-sourcing/repository.ts';
import { amountOf, codec, counter, entries, logOf, STREAMS, sumOf } from './counters.ts';

/** Counts up to a most: an event says by how much, and what the counter was seen at is in it. */
const LIMIT = 30;
const decider = {
  ...counter,
  decide: (sum: number, amount: number): readonly EventValues[] => (sum + amount > LIMIT ? [] : [{ amount }]),
};

interface World {
  readonly sim: Simulation;
  readonly store: EventStore;
  readonly repository: Repository<number, number>;
}

interface WorldOptions {
  readonly drawn?: readonly (readonly [number, number])[];
  readonly snapshotEvery?: number;
  readonly checksVersion?: boolean;
  /** What stands before the store. */
  readonly before?: (store: EventStore) => Endpoint<EventStoreQuery, EventStoreReply>;
}

function worldOf({ drawn = [], snapshotEvery = Infinity, checksVersion = true, before }: WorldOptions): World {
  const sim = new Simulation({ seed: 1 });
  const store = new EventStore(sim, {
    name: 'store',
    connections: 4,
    queueMax: 1000,
    cores: 2,
    demand: constant(MILLISECOND),
    readTime: MILLISECOND / 10,
    writeTime: MILLISECOND / 10,
    log: logOf(drawn),
    snapshots: [],
  });
  const repository = new Repository(sim, {
    service: 'counters',
    store: new Link(sim, before?.(store) ?? store, { from: 'counters', delay: uniform(0, MILLISECOND) }),
    code: { codec, decider },
    cores: 1,
    foldTime: MILLISECOND / 10,
    snapshotEvery,
    checksVersion,
    attemptsMax: 100,
  });
  return { sim, store, repository };
}

const command = fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 }), fc.nat(20 * MILLISECOND));
const commands = fc.array(command, { maxLength: 40 });
type Command = readonly [stream: number, amount: number, at: Time];

/** Sends them, each at its time; how each ended. */
function carriedOut({ sim, repository }: World, sent: readonly Command[]): string[] {
  const outcomes: string[] = [];
  for (const [i, [stream, amount, at]] of sent.entries()) {
    const request = new RequestContext(i, at);
    const behaviour = function* (): ReturnType<Repository<number, number>['load']> {
      outcomes[i] = (yield* repository.handle(stream, amount, request)).outcome;
      return [];
    };
    spawn(sim, `command ${i}`, behaviour(), at);
  }
  sim.runUntil(10 * SECOND);
  return outcomes;
}

/** Every command was decided on the last state if no counter is above its most, and each that was carried out is in its stream. */
function broken(world: World, sent: readonly Command[]): string | undefined {
  const outcomes = carriedOut(world, sent);
  for (const stream of [0, 1, 2]) {
    const events = world.store.log.read(stream, 0).map(({ bytes }) => amountOf(codec.decode(bytes)));
    const done = sent.filter((one, i) => one[0] === stream && outcomes[i] === 'appended').map(([, amount]) => amount);
    if (events.toSorted().join() !== done.toSorted().join()) return `stream ${stream} has not what was carried out`;
    if (events.reduce((sum, amount) => sum + amount, 0) > LIMIT) return `stream ${stream} is above its most`;
    const refused = sent.filter((one, i) => one[0] === stream && outcomes[i] === 'declined');
    if (refused.some(([, amount]) => events.reduce((sum, one) => sum + one, 0) + amount <= LIMIT)) {
      return `stream ${stream} was refused what there was room for`;
    }
  }
  return world.store.violations()[0];
}

describe('commands at once', () => {
  it('lose no update and pass no limit, with and without snapshots', () => {
    fc.assert(
      fc.property(commands, fc.constantFrom(1, 3, Infinity), (sent, snapshotEvery) => {
        expect(broken(worldOf({ snapshotEvery }), sent)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('do where the version is not checked', () => {
    const sent = Array.from({ length: 40 }, (): Command => [0, 5, 0]);
    expect(broken(worldOf({ checksVersion: false }), sent)).toBe('stream 0 is above its most');
    expect(broken(worldOf({}), sent)).toBeUndefined();
  });
});

/** Loads a counter after its commands have been carried out; as of a past if one is said. */
function loaded({ sim, repository }: World, stream: number, asOf?: AsOf): { sum: number; version: number } {
  let found = { sum: NaN, version: NaN };
  const behaviour = function* (): ReturnType<Repository<number, number>['load']> {
    const aggregates = yield* repository.load([stream], new RequestContext(1000, sim.now), asOf);
    found = { sum: aggregates[0].state, version: aggregates[0].version };
    return aggregates;
  };
  spawn(sim, 'load', behaviour());
  sim.runUntil(sim.now + SECOND);
  return found;
}

it('a snapshot and the events behind it are the fold of all events', () => {
  fc.assert(
    fc.property(commands, fc.integer({ min: 1, max: 6 }), (sent, snapshotEvery) => {
      const world = worldOf({ snapshotEvery });
      carriedOut(world, sent);
      for (const stream of [0, 1, 2]) {
        const events = world.store.log.read(stream, 0);
        expect(loaded(world, stream)).toEqual({ sum: sumOf(events), version: events.length });
      }
    }),
    { numRuns: 60 },
  );
});

it('which it is not, if it says that it is of another version', () => {
  /** Keeps snapshots as of one version less. */
  const lying = (store: EventStore): Endpoint<EventStoreQuery, EventStoreReply> => ({
    name: store.name,
    receive(call) {
      const { query } = call;
      if (query.command === 'snapshot') {
        const snapshot = { ...query.snapshot, version: query.snapshot.version - 1 };
        Object.assign(call, { query: { ...query, snapshot } });
      }
      store.receive(call);
    },
  });
  const world = worldOf({ snapshotEvery: 2, before: lying });
  carriedOut(
    world,
    Array.from({ length: 5 }, (_, i): Command => [0, 1, i * 10 * MILLISECOND]),
  );
  expect(loaded(world, 0).sum).not.toBe(sumOf(world.store.log.read(0, 0)));
});

it('as of a time or a position an aggregate is the fold of the events until then, snapshots or not', () => {
  fc.assert(
    fc.property(entries, commands, fc.nat(STREAMS - 1), fc.double({ min: 0, max: 1, noNaN: true }), (...drawn) => {
      const [history, sent, stream, share] = drawn;
      const world = worldOf({ drawn: history, snapshotEvery: 2 });
      carriedOut(world, sent);
      const until = Math.floor(share * 30 * MILLISECOND);
      const all = world.store.log.readAll(0, Infinity);
      const position = Math.floor(share * (all.length + 1));
      const past: [AsOf, RecordedEvent[]][] = [
        [{ time: until }, all.filter(({ at }) => at <= until)],
        [{ position }, all.slice(0, position)],
      ];
      for (const [asOf, events] of past) {
        const prefix = events.filter((one) => one.stream === stream);
        expect(loaded(world, stream, asOf)).toEqual({ sum: sumOf(prefix), version: prefix.length });
      }
    }),
    { numRuns: 60 },
  );
});
