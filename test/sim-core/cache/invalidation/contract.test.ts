/**
 * Every invalidation channel of the table, between three instances that read and write at random: nobody is shown what was
 * replaced for longer than the channel allows, everybody is answered, and in the end all agree with the store.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelOf, invalidationChannels, type ChannelName } from '../../../../sim-core/cache/invalidation/channels.ts';
import { LocalCache } from '../../../../sim-core/cache/local-cache.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { uniform } from '../../../../sim-core/kernel/distributions/uniform.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, type Duration } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import type { DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';

const NAMES = Object.keys(invalidationChannels) as ChannelName[];
const KEYS = 3;
const TTL = ms(60);
const POLL = ms(10);
/** What a message and a query take at most. */
const MESSAGE = ms(3);
const QUERY = ms(4);
/** An entry lives for its time from when a row that was read a message earlier is stored. */
const LIFE = TTL + QUERY + 2 * MESSAGE;

/** For how long after a write was acknowledged what was before it may be shown to who asks. */
interface Bounds {
  readonly through: Duration;
  /** Where the write went past the application, and nobody said so. */
  readonly past: Duration;
  /** Where messages may be lost. */
  readonly lossy: Duration;
}
const LOOKS = POLL + 4 * MESSAGE;
const BOUNDS: Record<ChannelName, Bounds> = {
  ttl: { through: LIFE, past: LIFE, lossy: LIFE },
  acknowledged: { through: 0, past: LIFE, lossy: 0 },
  published: { through: 2 * MESSAGE, past: LIFE, lossy: LIFE },
  log: { through: LOOKS, past: LOOKS, lossy: LOOKS },
  'log-updates': { through: LOOKS, past: LOOKS, lossy: LOOKS },
  pushed: { through: 0, past: LIFE, lossy: 0 },
  // What comes late is believed, for a time to live of its own: its answer, two messages, and that.
  'pushed-unversioned': { through: LIFE, past: LIFE, lossy: LIFE },
  'pushed-changes': { through: 0, past: LIFE, lossy: 0 },
  'versioned-keys': { through: 0, past: LIFE, lossy: 0 },
};

interface Operation {
  readonly at: number;
  readonly key: number;
  readonly kind: 'read' | 'write';
  /** The third writes past the application, and reads as the others do. */
  readonly instance: number;
}

interface Outcome extends Operation {
  readonly ended: number;
  readonly version: number;
}

const END = ms(200);

function play(name: ChannelName, seed: number, asked: readonly Operation[], lossShare: number, pastTheApp: boolean) {
  const sim = new Simulation({ seed });
  const near = uniform(ms(0.01), MESSAGE);
  const options = { near, lossShare, poll: POLL, kept: 50, keys: KEYS, commandTime: 1000, rowBytes: 1, changeBytes: 1 };
  const channel = channelOf(name).create(sim, options);
  const database = new Database(sim, {
    name: 'database',
    connections: 100,
    queueMax: 100,
    cores: 100,
    demand: uniform(ms(0.5), QUERY),
    ...(channel.committed && { onCommit: channel.committed }),
  });
  const instances = ['one', 'two', 'three'].map((instance) => {
    const store = new Link<DatabaseQuery, Row>(sim, database, { from: instance, delay: near });
    const local = new LocalCache(sim, { instance, capacity: 50, expiry: hardTtl(TTL) });
    return { store, member: channel.join({ instance, local, store }) };
  });
  const outcomes: Outcome[] = [];
  function* perform(operation: Operation, id: number): Behaviour {
    const { kind, key, instance } = operation;
    const { store, member } = instances[instance];
    const request = new RequestContext(id, sim.now);
    let row: Row;
    if (kind === 'read') row = yield* member.read(key, request);
    else {
      row = yield* store.call({ operation: 'write', key }, request);
      if (!pastTheApp || instance < 2) yield* member.wrote(row, request);
    }
    outcomes.push({ ...operation, ended: sim.now, version: row.version });
  }
  // In the end every instance reads every key.
  const last = instances.flatMap((_, instance) =>
    Array.from({ length: KEYS }, (__, key): Operation => ({ at: END, key, kind: 'read', instance })),
  );
  const all = [...asked, ...last];
  all.forEach((operation, id) => spawn(sim, 'asks', perform(operation, id), operation.at));
  sim.runUntil(2 * END);
  expect(outcomes.length).toBe(all.length);
  return { outcomes, database };
}

/** For how long what each read returned had been replaced by an acknowledged write when it was sent. */
function ages(outcomes: readonly Outcome[]): Duration[] {
  return outcomes
    .filter(({ kind }) => kind === 'read')
    .map((read) => {
      const newer = outcomes.filter(
        ({ kind, key, ended, version }) =>
          kind === 'write' && key === read.key && ended < read.at && version > read.version,
      );
      return Math.max(0, ...newer.map(({ ended }) => read.at - ended));
    });
}

const operations = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: ms(60) }),
    key: fc.nat(KEYS - 1),
    kind: fc.constantFrom('read' as const, 'read' as const, 'write' as const),
    instance: fc.nat(2),
  }),
  { minLength: 1, maxLength: 120, size: 'max' },
);

describe.each(NAMES)('%s', (name) => {
  it.each([
    ['through', 0, false],
    ['past', 0, true],
    ['lossy', 0.5, false],
  ] as const)('keeps to its bound where writes go: %s', (how, lossShare, pastTheApp) => {
    let oldest = 0;
    fc.assert(
      fc.property(fc.nat(), operations, (seed, asked) => {
        const { outcomes, database } = play(name, seed, asked, lossShare, pastTheApp);
        for (const age of ages(outcomes)) {
          expect(age).toBeLessThanOrEqual(BOUNDS[name][how]);
          oldest = Math.max(oldest, age);
        }
        // The last write is longer ago than an entry lives: all have what the store has.
        for (const { at, key, version } of outcomes) if (at === END) expect(version).toBe(database.version(key));
      }),
    );
    // Where only the time to live helps, something old is seen: what is measured can be old.
    if (BOUNDS[name][how] === LIFE) expect(oldest).toBeGreaterThan(2 * MESSAGE);
  });
});
