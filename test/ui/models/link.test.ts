/** Links and run files: they read back exactly, and nothing that a stranger puts into one goes by unsaid. */
import fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { ENGINE_VERSION, run } from '../../../sim-core/index.ts';
import { hashOfDocument, LINK_LENGTH_MAX, LinkError, linkHash, readLink } from '../../../ui/models/link.ts';
import { pack, PackingError, unpack } from '../../../ui/models/packing.ts';
import { checkReplay } from '../../../ui/models/replay-check.ts';
import { parseRoute } from '../../../ui/models/route.ts';
import { openRunFile, runFile } from '../../../ui/models/run-file.ts';
import { writeShared } from '../../../ui/models/shared-document.ts';
import { experimentOf, shareRun, type SharedRun } from '../../../ui/models/shared-run.ts';

const { scenario, definition } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const words = { tabs: ['Parameters', 'Events'], modes: ['explore', 'compare'] };

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const seconds = (max: number) => fc.integer({ min: 0, max: max * 1e9 - 1 });
const anyInput = fc.record({
  variant: fc.constantFrom(...Object.keys(scenario.variants)),
  seed: fc.oneof(
    fc.nat(),
    fc.string({ minLength: 1, maxLength: 40 }).filter((text) => /^.+$/.test(text)),
  ),
  params: fc
    .record(
      { rate: fc.integer({ min: 1, max: 999 }), beta: fc.double({ min: 1.5, max: 20, noNaN: true }), ttl: seconds(9) },
      { requiredKeys: [] },
    )
    .filter(({ ttl }) => ttl === undefined || ttl > 1e8),
  interventions: fc
    .array(
      fc.record({
        at: seconds(30),
        action: fc.constant('slow'),
        target: fc.constant('database'),
        args: fc.record({ factor: fc.integer({ min: 2, max: 9 }) }),
      }),
      { maxLength: 5 },
    )
    .map((list) => list.toSorted((a, b) => a.at - b.at)),
  digest: hex(64).map((digits) => `sha256:${digits}`),
  trail: fc.option(hex(96), { nil: undefined }),
});
const anyShared: fc.Arbitrary<SharedRun> = fc
  .record({
    a: anyInput,
    b: fc.option(anyInput, { nil: undefined }),
    time: seconds(30),
    tab: fc.constantFrom(...words.tabs),
    mode: fc.constantFrom(...words.modes),
  })
  .map(({ a, b, time, tab, mode }) => ({
    document: { engine: ENGINE_VERSION, scenario: scenario.id, definition, ...a },
    view: { time, tab, mode, ...(b && { b }) },
  }));

const queryOf = (hash: string): string => {
  const route = parseRoute(hash);
  return (route.page === 'lab' && route.query) || '';
};
const linkTo = (document: unknown): Promise<string> =>
  hashOfDocument(scenario.id, JSON.stringify(document)).then(queryOf);

describe('a link', () => {
  it('reads back as what was put into it', async () => {
    await fc.assert(
      fc.asyncProperty(anyShared, async (shared) => {
        const hash = await linkHash(shared, scenario, words);
        const { run: read, complaints } = await readLink(queryOf(hash), scenario, words);
        expect(complaints).toEqual([]);
        expect(read).toEqual(shared);
        expect(hash).toMatch(/^#\/lab\/stampede\?r=1\.[A-Za-z0-9_-]+$/);
      }),
      { numRuns: 60 },
    );
  });

  it('of the default run is short, and of a hundred interventions too long for some mail programs or nearly', async () => {
    const [plain] = fc.sample(anyShared, { numRuns: 1, seed: 1 });
    const deeds = Array.from({ length: 100 }, (_, i) => ({
      at: i * 271_828_182,
      action: 'slow',
      target: 'database',
      args: { factor: 2 + (i % 7) },
    }));
    const bare = {
      ...plain,
      document: { ...plain.document, params: {}, interventions: [], seed: 1 },
      view: { time: 1, tab: 'Events', mode: 'explore' },
    };
    expect((await linkHash(bare, scenario, words)).length).toBeLessThan(500);
    const busy = { ...bare, document: { ...bare.document, interventions: deeds } };
    const length = (await linkHash(busy, scenario, words)).length;
    expect(length).toBeGreaterThan(1000);
    expect(length).toBeLessThan(LINK_LENGTH_MAX);
  });

  it('is not handed out if it would not read back', async () => {
    const [shared] = fc.sample(anyShared, 1);
    const broken = { ...shared, document: { ...shared.document, params: { rate: -1 } } };
    await expect(linkHash(broken, scenario, words)).rejects.toThrow('does not read back as this run: params.rate');
  });

  it('that was cut anywhere or altered is refused in words, or read with its complaints', async () => {
    const [shared] = fc.sample(anyShared, { numRuns: 1, seed: 3 });
    const query = queryOf(await linkHash(shared, scenario, words));
    const damaged = fc.oneof(
      fc.nat(query.length - 1).map((length) => query.slice(0, length)),
      fc
        .tuple(fc.integer({ min: 4, max: query.length - 1 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }))
        .map(([at, text]) => query.slice(0, at) + text + query.slice(at + 1)),
      fc.string(),
      fc.string({ unit: 'binary' }).map((text) => `r=1.${text}`),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (text) => {
        try {
          const { run: read } = await readLink(text, scenario, words);
          expect(Object.keys(scenario.variants)).toContain(read.document.variant);
        } catch (error) {
          expect(error).toBeInstanceOf(LinkError);
          expect((error as Error).message.length).toBeLessThan(200);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('may hold any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const document = { brownout: 1, scenario: 'stampede', view: value };
        const { run: read } = await readLink(await linkTo(document), scenario, words);
        expect(words.modes).toContain(read.view.mode);
        await expect(readLink(await linkTo(value), scenario, words)).rejects.toThrow(LinkError);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['scenario', { scenario: 'other' }, 'not the scenario of the address'],
    ['view', { view: 3 }, 'expected an object'],
    ['view.time', { view: { time: 1e12 } }, 'expected 0 to 30000000000'],
    ['view.tab', { view: { tab: 'Secrets' } }, 'expected one of Parameters, Events'],
    ['view.mode', { view: { mode: 'x' } }, 'expected one of explore, compare'],
    ['view.zoom', { view: { zoom: 2 } }, 'no such field'],
    ['view.b', { view: { b: 1 } }, 'the run that is compared with'],
    ['view.b.variant', { view: { b: { seed: 1, variant: 'x', digest: `sha256:${'0'.repeat(64)}` } } }, 'one of none'],
  ])('names %s if it is wrong', async (field, change, expected) => {
    const [shared] = fc.sample(anyShared, { numRuns: 1, seed: 5 });
    const { complaints } = await readLink(await linkTo({ ...writeShared(shared), ...change }), scenario, words);
    expect(complaints).toEqual([{ field, message: expect.stringContaining(expected) }]);
  });

  it.each([
    ['x=1', 'not of the form ?r=1.…'],
    ['r=2.abcd', 'this page reads 1'],
    ['r=1.ab$d', "'$' does not belong in it"],
    ['r=1.', 'cut short or damaged'],
    ['r=1.AAAA', 'cut short or damaged'],
  ])('%s is refused', async (query, message) => {
    await expect(readLink(query, scenario, words)).rejects.toThrow(message);
  });
});

describe('packing', () => {
  it('gives any text back, as Node’s own deflate would have it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 500 }), async (text) => {
        expect(await unpack(await pack(text))).toBe(text);
        expect(await unpack(deflateRawSync(Buffer.from(text)).toString('base64url'))).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it('does not unpack what is small here and huge there', async () => {
    const bomb = deflateRawSync(Buffer.alloc(200_000_000)).toString('base64url');
    expect(bomb.length).toBeLessThan(300_000);
    await expect(unpack(bomb)).rejects.toThrow(new PackingError('it unpacks to more than 256 kB'));
  });

  it('refuses what is no text', async () => {
    await expect(unpack(deflateRawSync(Buffer.of(0xff, 0xfe)).toString('base64url'))).rejects.toThrow('no text');
  });
});

describe('a run file', () => {
  it('opens as the link to the same run', async () => {
    await fc.assert(
      fc.asyncProperty(anyShared, async (shared) => {
        const { name, text } = runFile(shared);
        expect(name).toMatch(/^stampede-[\w.-]+\.run\.json$/);
        const { scenario: id, json } = openRunFile(text);
        expect(await hashOfDocument(id, json)).toBe(await linkHash(shared, scenario, words));
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['', 'no JSON'],
    ['[]', 'expected a run of Brownout'],
    ['{"brownout":9}', 'newer Brownout'],
    ['{"brownout":1}', 'names no scenario'],
    [' '.repeat(300_000), 'at most'],
  ])('%#: what it cannot be is said', (text, message) => {
    expect(() => openRunFile(text)).toThrow(message);
  });
});

describe('the check of a replay', () => {
  const experiment = experimentOf({
    variant: 'none',
    seed: 1,
    params: {},
    interventions: [],
    digest: undefined,
    trail: undefined,
  });
  const recording = run(scenario, { variant: 'none', definition });
  const { document } = shareRun({ experiment, recording }, { time: 0, tab: 'Events', mode: 'explore' });
  const slowed = run(scenario, {
    variant: 'none',
    definition,
    interventions: [{ at: 15e9, action: 'slow', target: 'database' }],
  });

  it('finds the same run identical', () => {
    expect(checkReplay(document, document, recording, 0)).toEqual({
      identical: true,
      verdict: 'Replayed identically.',
      reasons: [],
    });
  });

  it('says from when on another run differs', () => {
    const { identical, verdict } = checkReplay(document, document, slowed, 0);
    expect(identical).toBe(false);
    const [from, to] = [...verdict.matchAll(/([\d.]+)s/g)].map(([, seconds]) => Number(seconds));
    expect(from).toBeGreaterThanOrEqual(13);
    expect(to).toBeGreaterThan(15);
  });

  it('knows a forged digest, and why a run may differ', () => {
    const forged = { ...document, digest: `sha256:${'0'.repeat(64)}` };
    expect(checkReplay(forged, forged, recording, 0)).toEqual({
      identical: false,
      verdict: 'Not the same run: every signal is as it was, but the digest differs.',
      reasons: ['Scenario and engine are the same, so its input or its digest was altered on the way.'],
    });
    const older = { ...forged, engine: '0.0.9', definition: `sha256:${'1'.repeat(64)}` };
    const { reasons } = checkReplay(older, older, recording, 2);
    expect(reasons).toEqual([
      'A part of the input was ignored, so this is another run.',
      'The scenario’s definition has changed since.',
      `It was computed by engine 0.0.9; this is ${ENGINE_VERSION}.`,
    ]);
    const silent = { ...document, digest: undefined };
    expect(checkReplay(silent, silent, recording, 0).identical).toBeUndefined();
  });
});
