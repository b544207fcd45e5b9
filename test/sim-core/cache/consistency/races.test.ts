/**
 * The races of cache and store, by enumeration: a protocol is free of one if no interleaving of its readers' and writers'
 * steps leaves something in the cache that is not what the store has.
 */
import { describe, expect, it } from 'vitest';
import { protocols, type ProtocolName } from '../../../../sim-core/cache/consistency/protocols.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { everyInterleaving, type Cast, type Outcome } from './interleavings.ts';

/** Every interleaving, and those that end with something stale in the cache; how many there are is printed. */
function enumerate(name: ProtocolName, cast: Cast): { all: Outcome[]; stale: Outcome[] } {
  const all = [...everyInterleaving(name, cast)];
  const stale = all.filter(({ cached, committed }) => cached !== undefined && cached !== committed);
  const { readers, writers } = cast;
  const many = `${all.length} interleavings${cast.reduced === true ? ' that differ' : ''}, ${stale.length} stale`;
  console.log(`${name}, ${readers} readers, ${writers} writers: ${many}`);
  return { all, stale };
}

/** In how many ways lists of these lengths can be merged. */
function merges(...lengths: number[]): number {
  let [ways, placed] = [1, 0];
  for (const length of lengths) for (let i = 1; i <= length; i++) ways = (ways * ++placed) / i;
  return Math.round(ways);
}

const NAMES = Object.keys(protocols) as ProtocolName[];
const SAFE: readonly ProtocolName[] = ['lease', 'version-check'];

describe('the enumeration', () => {
  it('tries every merge of the steps: three of the reader and three of the writer give twenty', () => {
    const { all } = enumerate('update-then-delete', { readers: 1, writers: 1 });
    const stories = new Set(all.map(({ story }) => story.join()));
    expect(stories.size).toBe(all.length);
    // A reader that comes after the others' put has one step alone; here nobody puts before it.
    expect(all.length).toBe(merges(3, 3));
  });
});

describe.each(NAMES)('%s', (name) => {
  it(`${SAFE.includes(name) ? 'leaves nothing stale' : 'can leave a stale entry'} with one reader and one writer`, () => {
    const { stale } = enumerate(name, { readers: 1, writers: 1, ticks: name === 'double-delete' ? 1 : 0 });
    expect(stale.length > 0).toBe(!SAFE.includes(name));
  });
});

describe('of the twenty merges of one reader and one writer', () => {
  it.each<[ProtocolName, number]>([
    // Write and delete lie between the reader's load and its store; the writer's own read has three places before them.
    ['update-then-delete', 3],
    // All but the one in which the reader has stored before the delete, and the four in which it loads after the write.
    ['delete-then-update', 15],
  ])('%s leaves the old value in the cache in %d', (name, count) => {
    expect(enumerate(name, { readers: 1, writers: 1 }).stale.length).toBe(count);
  });
});

describe.each(SAFE)('%s', (name) => {
  it.each([
    [2, 1],
    [1, 2],
    [0, 3],
  ])('leaves nothing stale with %d readers and %d writers', (readers, writers) => {
    const { all, stale } = enumerate(name, { readers, writers, ticks: name === 'lease' ? 1 : 0 });
    expect(all.length).toBeGreaterThan(100);
    expect(stale).toEqual([]);
  });
});

describe('enumerated up to what makes no difference', () => {
  const ends = (name: ProtocolName, cast: Cast): string[] => [
    ...new Set(enumerate(name, cast).all.map(({ cached, committed }) => `${cached} ${committed}`)),
  ];

  it.each(NAMES)('%s ends in every way that all interleavings end in', (name) => {
    const casts: Cast[] = [
      { readers: 1, writers: 1, ticks: 1 },
      { readers: 2, writers: 1, cached: true },
      { readers: 1, writers: 1, evictions: 1 },
      { readers: 0, writers: 2 },
    ];
    for (const cast of casts) expect(ends(name, { ...cast, reduced: true }).sort()).toEqual(ends(name, cast).sort());
  });

  const two = { readers: 2, writers: 2, reduced: true };

  it.each(SAFE)('two readers and two writers by %s leave nothing stale', (name) => {
    const { all, stale } = enumerate(name, { ...two, ticks: name === 'lease' ? 1 : 0 });
    expect(all.length).toBeGreaterThan(1000);
    expect(stale).toEqual([]);
  });

  it.each<ProtocolName>(['update-then-delete', 'write-through'])(
    'without lease and version check they do: by %s',
    (name) => {
      expect(enumerate(name, two).stale.length).toBeGreaterThan(0);
    },
  );
});

describe('a lease runs out', () => {
  const isAnswered = ({ reads, story }: Outcome): boolean =>
    reads.length === 2 - story.filter((step) => step.endsWith('dies')).length;

  it('when its holder has died: the other reader waits for that long, and nothing is stale', () => {
    const { all, stale } = enumerate('lease', { readers: 2, writers: 1, deaths: 1, lease: 3, reduced: true });
    expect(stale).toEqual([]);
    expect(all.every(isAnswered)).toBe(true);
    // Nobody writes while the other waits: only time gives him a token.
    const waited = all.filter(({ story }) => {
      const [given, died, asked] = ['reader 0: lease-get', 'reader 0 dies', 'reader 1: lease-get'].map((step) =>
        story.indexOf(step),
      );
      return (
        given >= 0 && given < died && died < asked && story.slice(asked).every((step) => !step.startsWith('writer'))
      );
    });
    expect(waited.length).toBeGreaterThan(0);
    for (const { story } of waited) {
      const written = story.some((step, i) => step === 'writer 2: delete' && i > story.indexOf('reader 0: lease-get'));
      const passed = story.filter((step) => step === 'time passes').length;
      expect(passed, story.join()).toBe(written ? 0 : 3);
    }
  });

  it('while its holder is slow: somebody else has another token, and the old one is worthless', () => {
    const { all, stale } = enumerate('lease', { readers: 2, writers: 1, lease: 1, ticks: 2, reduced: true });
    expect(stale).toEqual([]);
    const overtaken = all.filter(({ story }) => {
      const [first, second] = [story.indexOf('reader 0: lease-set'), story.indexOf('reader 1: lease-set')];
      return first >= 0 && second >= 0;
    });
    expect(overtaken.length).toBeGreaterThan(0);
  });
});

describe('taken away', () => {
  it('the lease is missed: the same order of steps without tokens has the race', () => {
    expect(enumerate('update-then-delete', { readers: 2, writers: 1 }).stale.length).toBeGreaterThan(0);
  });

  it('the version check is missed: two writers’ puts without it may arrive in the other order', () => {
    expect(enumerate('write-through', { readers: 0, writers: 2 }).stale.length).toBeGreaterThan(0);
    expect(enumerate('version-check', { readers: 0, writers: 2 }).stale).toEqual([]);
  });
});

describe('where the entry may be evicted in the midst of it', () => {
  const evicting = { readers: 1, writers: 1, evictions: 1 };

  it('the version check has a hole: the version to compare with is gone with the entry', () => {
    const { stale } = enumerate('version-check', evicting);
    expect(stale.length).toBeGreaterThan(0);
    for (const { story } of stale) {
      const [loaded, put, gone] = ['reader 0: read', 'writer 1: set-if', 'evicted'].map((step) => story.indexOf(step));
      // The reader loads the old value; the new one is put, and goes; the old one finds nothing that is newer.
      expect(loaded).toBeLessThan(put);
      expect(put).toBeLessThan(gone);
      expect(story.at(-1)).toBe('reader 0: set-if');
    }
  });

  it.each([
    [1, 1],
    [2, 1],
  ])('tombstones close it, with %d readers and %d writers', (readers, writers) => {
    const cast = { readers, writers, evictions: 1 };
    const { all, stale } = enumerate('version-check', { ...cast, tombstone: s(1) });
    expect(all.length).toBe(enumerate('version-check', cast).all.length);
    expect(stale).toEqual([]);
  });

  it('a tombstone that is gone before the reader stores is none', () => {
    const { stale } = enumerate('version-check', { ...evicting, ticks: 1, tombstone: ms(1) });
    expect(stale.length).toBeGreaterThan(0);
    expect(stale.every(({ story }) => story.includes('time passes'))).toBe(true);
  });

  it.each([
    [1, 1],
    [2, 1],
    [1, 2],
  ])(
    'a lease has none: a token is void whether there is an entry or not; %d readers, %d writers',
    (readers, writers) => {
      expect(enumerate('lease', { readers, writers, evictions: 1 }).stale).toEqual([]);
    },
  );
});

describe('a lease that gives what was just deleted to those without a token', () => {
  it.each([
    [2, 1],
    [1, 2],
  ])('still leaves nothing stale in the cache with %d readers and %d writers', (readers, writers) => {
    expect(enumerate('lease', { readers, writers, staleFor: 5, ticks: 1 }).stale).toEqual([]);
  });

  it('shows it to a reader who asks after the delete, while another one loads; and without it nobody is shown anything old then', () => {
    // A first reader hits; the others ask after the delete.
    const after = (staleFor: number): Outcome[] =>
      enumerate('lease', { readers: 3, writers: 1, cached: true, staleFor }).all.filter(
        ({ story }) =>
          story.slice(0, story.indexOf('writer 3: delete')).filter((step) => step.startsWith('reader')).length === 1,
      );
    const isOld = ({ reads: [, ...later] }: Outcome): boolean =>
      later.some(({ version, committed }) => version < committed);
    expect(after(5).filter(isOld).length).toBeGreaterThan(0);
    expect(after(0).filter(isOld)).toEqual([]);
  });
});

describe('what each race needs', () => {
  it('delete first leaves the old value even to a reader that begins after the delete', () => {
    const { stale } = enumerate('delete-then-update', { readers: 1, writers: 1 });
    expect(stale.some(({ story }) => story.indexOf('writer 1: delete') < story.indexOf('reader 0: get'))).toBe(true);
    const after = enumerate('update-then-delete', { readers: 1, writers: 1 }).stale;
    expect(after.every(({ story }) => story.indexOf('reader 0: read') < story.indexOf('writer 1: write'))).toBe(true);
  });

  it('a second delete helps unless the reader is slower than its delay', () => {
    const { stale } = enumerate('double-delete', { readers: 1, writers: 1, ticks: 1 });
    for (const { story } of stale)
      expect(story.lastIndexOf('writer 1: delete')).toBeLessThan(story.indexOf('reader 0: set'));
  });

  it('a double-checked load is left with the step between its second look and its put', () => {
    const { stale } = enumerate('double-checked-load', { readers: 1, writers: 1 });
    for (const { story } of stale) {
      const put = story.indexOf('writer 1: set');
      expect(put).toBeGreaterThan(story.lastIndexOf('reader 0: get'));
      expect(put).toBeLessThan(story.indexOf('reader 0: set'));
    }
  });

  it('a put before the commit is a phantom in every interleaving in which the commit fails and the put comes last', () => {
    const { all, stale } = enumerate('put-in-transaction', { readers: 1, writers: 1, aborts: true });
    expect(all.every(({ committed }) => committed === 0)).toBe(true);
    const last = all.filter(({ story }) => story.lastIndexOf('writer 1: set') > story.lastIndexOf('reader 0: set'));
    expect(stale.length).toBe(last.length);
    expect(stale.length).toBeGreaterThan(0);
  });
});
