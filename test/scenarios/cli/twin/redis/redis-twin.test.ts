/** The model beside a real Redis: 500 scripts without a difference, and faults in the model that are found. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agrees, compare, OCCURRENCES_MIN, scriptsOf } from '../../../../../scenarios/cli/twin/comparison.ts';
import { modelOf, redisTwin } from '../../../../../scenarios/cli/twin/redis/redis-twin.ts';
import { StreamServer } from '../../../../../scenarios/cli/twin/redis/stream-commands.ts';
import type { Words } from '../../../../../scenarios/cli/twin/redis/stream-scripts.ts';
import { asText } from '../../../../../scenarios/cli/twin/report.ts';
import { styleFor } from '../../../../../scenarios/cli/reporters/style.ts';
import type { RealServer } from '../../../../../scenarios/cli/twin/twin.ts';
import type { Reply } from '../../../../../scenarios/cli/twin/redis/reply.ts';

const program = redisTwin.findProgram();
const isLeftOut = program === undefined && process.env.CI === undefined;
const options = { scripts: 500, seed: 1, interrupted: new AbortController().signal, progress: () => {} };

it('keeps its books and its order through every script', () => {
  for (const script of scriptsOf(redisTwin, 300, 2)) {
    const server = new StreamServer();
    modelOf(script, {
      run(words, now) {
        const reply = server.run(words, now);
        expect(server.violations(), words.join(' ')).toEqual([]);
        return reply;
      },
    });
  }
});

describe.skipIf(isLeftOut)(`beside ${program ?? 'a redis-server, which is not on this machine'}`, () => {
  let server: RealServer<Words>;
  beforeAll(async () => {
    server = await redisTwin.start(program!);
  });
  afterAll(() => server.stop());

  it('answers 500 scripts as the server does, with every command and option in at least 20 of them', async () => {
    const started = performance.now();
    const comparison = await compare(redisTwin, server, options);
    const seconds = (performance.now() - started) / 1000;
    const outcome = { ...comparison, version: server.version, seed: options.seed, seconds };
    console.log(asText(redisTwin, outcome, styleFor(false)));
    expect(comparison.differences).toEqual([]);
    expect(agrees(comparison), JSON.stringify(comparison.unstable)).toBe(true);
    expect(comparison.scripts).toBe(500);
    const rare = [...comparison.occurrences].filter(([, count]) => count < OCCURRENCES_MIN);
    expect(rare).toEqual([]);
  });

  it.each<[string, (words: Words) => Words]>([
    [
      'a reading of one’s history that claims nothing',
      (words) => (words[0] === 'XREADGROUP' && words.at(-1) !== '>' ? ['XLEN', ...words.slice(-2, -1)] : words),
    ],
    [
      'a trim that is exact where it may be approximate',
      (words) => (words.includes('LIMIT') ? words : words.map((word) => (word === '~' ? '=' : word))),
    ],
    ['a claim that forgets to force', (words) => words.filter((word) => word !== 'FORCE')],
    ['an acknowledgement of the first id only', (words) => (words[0] === 'XACK' ? words.slice(0, 4) : words)],
  ])('finds %s', async (_, fault) => {
    const faulty = (script: readonly Words[]): readonly unknown[] => {
      const sound = new StreamServer();
      return modelOf(script, { run: (words, now): Reply => sound.run(fault(words), now) });
    };
    const { different, differences } = await compare({ ...redisTwin, model: faulty }, server, {
      ...options,
      scripts: 100,
    });
    expect(different).toBeGreaterThan(0);
    expect(differences[0].script.length).toBeLessThanOrEqual(differences[0].steps);
  });
});
