/** `brownout run`: its formats, its exit codes, and what it writes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadRecording } from '../../../../scenarios/cli/run/recording-store.ts';
import { checklistsOf, exportForms, healthOf, run, SECOND } from '../../../../sim-core/index.ts';
import { loadScenario } from '../../../../scenarios/cli/load-scenario.ts';
import { brownout } from '../command-line.ts';
import { userFolder, userScenario } from '../run/user-scenario.ts';

const folder = userFolder();
afterAll(() => folder.remove());
const holds = folder.write('holds.js', userScenario());
const fails = folder.write('fails.js', userScenario({ sim: '', limit: 0.001 }));

interface RunDocument {
  readonly variant: string;
  readonly seed: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly simulatedSeconds: number;
  readonly events: number;
  readonly wallSeconds: number;
  readonly signals: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly expectations: readonly { text: string; pass: boolean; actual: number; limit: number }[];
}

const documentOf = (text: string): { scenario: string; version: string; pass: boolean; runs: RunDocument[] } =>
  JSON.parse(text) as ReturnType<typeof documentOf>;

it('prints the document of the contract', async () => {
  const { out, code } = await brownout(`run ${holds} --format json`);
  const document = documentOf(out);
  expect(code).toBe(0);
  expect(Object.keys(document)).toEqual(['scenario', 'version', 'pass', 'runs']);
  expect(document).toMatchObject({ scenario: 'mine', pass: true });
  expect(document.runs.map(({ variant }) => variant)).toEqual(['calm', 'busy']);
  const [calm] = document.runs;
  expect(Object.keys(calm)).toEqual(
    'variant seed params digest simulatedSeconds events wallSeconds signals expectations'.split(' '),
  );
  expect(calm).toMatchObject({ seed: 3, params: { rate: 100 }, simulatedSeconds: 5 });
  expect(calm.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(calm.expectations[0]).toMatchObject({ pass: true, limit: 0.1 });
  const fields = (name: string): string[] => Object.keys(calm.signals[name]);
  const histogram = 'unit kind count mean p50 p90 p95 p99 p999 max'.split(' ');
  expect(fields('http.client.request.duration')).toEqual(histogram);
  expect(fields('db.client.operation.rate')).toEqual(['unit', 'kind', 'mean', 'max']);
  expect(fields('db.client.operations')).toEqual(['unit', 'kind', 'total']);
  const kinds = new Set(document.runs.flatMap(({ signals }) => Object.values(signals).map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual(['counter', 'gauge', 'histogram']);
});

it('gives what the library gives, and durations in seconds that --set reads back to the same run', async () => {
  const { scenario } = await loadScenario('stampede');
  const words = 'run stampede --variant mutex --seed 4 --format json';
  const [given] = documentOf((await brownout(`${words} --set length=6.5s --set ttl=900ms --set rate=100`)).out).runs;
  const params = { length: 6.5 * SECOND, ttl: 0.9 * SECOND, rate: 100 };
  expect(given.digest).toBe(run(scenario, { variant: 'mutex', seed: 4, params }).header.digest);
  expect(given.params).toMatchObject({ length: 6.5, ttl: 0.9 });
  const settings = Object.entries(given.params).map(([name, value]) => `--set ${name}=${String(value)}`);
  const [again] = documentOf((await brownout(`${words} ${settings.join(' ')}`)).out).runs;
  expect(again.digest).toBe(given.digest);
});

it('fails with 1 where an expectation does not hold, in every format', async () => {
  const json = await brownout(`run ${fails} --format json`);
  expect(json.code).toBe(1);
  expect(documentOf(json.out).pass).toBe(false);
  const table = await brownout(`run ${fails}`);
  expect(table.code).toBe(1);
  expect(table.out).toContain('✓ calm (control)  seed 3');
  expect(table.out).toContain('✗ busy (fault)  seed 3');
  expect(table.out).toMatch(/ {4}✗ p99 of http\.client\.request\.duration is at most 1 ms +measured 7/);
  expect(table.out).toContain('✗ 1 of 2 expectations hold');
  const markdown = await brownout(`run ${fails} --format markdown`);
  expect(markdown.code).toBe(1);
  expect(markdown.out).toContain('### ❌ My own (`mine`)');
  expect(markdown.out).toContain('| ❌ | `busy` | 3 | p99 of http.client.request.duration is at most 1 ms |');
  const junit = await brownout(`run ${fails} --format junit`);
  expect(junit.code).toBe(1);
  expect(junit.out).toContain('<testsuites name="mine" tests="2" failures="1" errors="0" skipped="0">');
  expect(junit.out).toMatch(/<failure message="measured 7\.\d+ ms, limit 1 ms" type="expectation"\/>/);
});

it('runs a range of seeds, each to a digest of its own', async () => {
  const { runs } = documentOf((await brownout(`run ${holds} --variant calm --seed 5..7 --format json`)).out);
  expect(runs.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  expect(new Set(runs.map(({ digest }) => digest)).size).toBe(3);
  const { out } = await brownout(`run ${fails} --seed 5..7`);
  expect(out).toContain('calm (control)  3 seeds, 5 to 7: all hold');
  expect(out).toContain('busy (fault)  3 seeds, 5 to 7: not with 5, 6, 7');
});

it('intervenes where it is told to, as a part of the input', async () => {
  const digests: string[] = [];
  for (const more of ['', ' --at 1s:slow:database:factor=3', ' --at 2s:slow:database:factor=3']) {
    const { out } = await brownout(`run ${holds} --variant calm --format json${more}`);
    digests.push(documentOf(out).runs[0].digest);
  }
  expect(new Set(digests).size).toBe(3);
});

it('ends with 3 where a run passes its budget, and prints the runs that did not', async () => {
  const { code, out, err } = await brownout(`run ${holds} --events-max 3000 --format json`);
  expect(code).toBe(3);
  expect(err).toMatch(/^brownout: mine busy seed 3: budget eventsMax passed: more than 3000 events have run, at .*\n$/);
  const document = documentOf(out) as ReturnType<typeof documentOf> & { failures: unknown };
  expect(document.pass).toBe(false);
  expect(document.runs.map(({ variant }) => variant)).toEqual(['calm']);
  expect(document.failures).toEqual([{ variant: 'busy', seed: 3, error: expect.stringContaining('budget') }]);
  for (const [words, said] of [
    ['--time-max 2s', 'budget timeMax passed: it goes on for more than 2 s, at 2 s of simulated time'],
    ['--pending-max 1', 'budget pendingMax passed: more than 1 events are pending at once'],
  ]) {
    const { err: other } = await brownout(`run ${holds} --variant busy ${words}`);
    expect(other).toContain(said);
  }
  const { out: junit } = await brownout(`run ${holds} --events-max 3000 --format junit`);
  expect(junit).toContain('<testsuites name="mine" tests="2" failures="0" errors="1" skipped="0">');
  expect(junit).toContain('<error message="budget eventsMax passed');
});

it('writes a recording of each run and what other tools open, whole ones only, and says how large they are', async () => {
  const out = join(folder.path, 'recordings', 'deeper');
  const { code, err } = await brownout(`run ${holds} --out ${out}`);
  expect(code).toBe(0);
  const suffixes = ['brownout.gz', ...Object.values(exportForms).map(({ suffix }) => suffix)];
  const names = ['mine-busy-3', 'mine-calm-3'].flatMap((run) => suffixes.map((suffix) => `${run}.${suffix}`));
  expect(readdirSync(out).sort()).toEqual(names.sort());
  const spoken = Object.keys(exportForms).map((name) => `${name} [\\d.]+ [kM]?B`);
  const { length } = names;
  expect(err).toMatch(
    new RegExp(`^brownout: wrote ${length} files into .+, .+: recording .+, ${spoken.join(', ')}\\n$`),
  );
  const { scenario, definition } = await loadScenario(holds);
  const kept = loadRecording(join(out, 'mine-calm-3.brownout.gz'));
  expect(kept).toEqual(run(scenario, { variant: 'calm', definition }));
});

it('writes only the files that are asked for, and says what there are where it is asked for others', async () => {
  const out = join(folder.path, 'some');
  const { err } = await brownout(`run ${holds} --variant calm --out ${out} --export speedscope,traces`);
  expect(readdirSync(out).sort()).toEqual(['mine-calm-3.speedscope.json', 'mine-calm-3.traces.otlp.json']);
  expect(err).toMatch(/^brownout: wrote 2 files into .+some, [\d.]+ [kM]B: traces .+, speedscope .+\n$/);
  const unknown = await brownout(`run ${holds} --out ${out} --export spans`);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("--export: there is no export 'spans'")]);
  const nowhere = await brownout(`run ${holds} --export traces`);
  expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('give a folder as well: --out')]);
});

it('refuses a folder that it cannot make before it computes anything', async () => {
  const { code, err } = await brownout(`run ${holds} --out ${holds}/below`);
  expect(code).toBe(2);
  expect(err).toContain(`brownout: --out ${holds}/below: the folder cannot be made`);
  expect(existsSync(`${holds}/below`)).toBe(false);
});

it('prints what was finished when it is interrupted', async () => {
  const interruption = new AbortController();
  const words = `run ${holds} --seed 1..50 --format json`;
  const shown: string[] = [];
  const { code, out, err } = await brownout(words, {
    interrupted: interruption.signal,
    isTerminal: true,
    // The progress line of a later run is the moment.
    err: (text) => {
      shown.push(text);
      if (/run ([2-9]|\d\d) of 100/.test(text)) interruption.abort();
    },
  });
  const { pass, runs } = documentOf(out);
  expect(code).toBe(130);
  expect(pass).toBe(false);
  expect(runs.length).toBeGreaterThan(0);
  expect(runs.length).toBeLessThan(100);
  expect(err).toBe('');
  expect(shown.at(-1)).toBe(`brownout: interrupted; ${runs.length} of 100 runs are finished\n`);
});

it('colours nothing unless the output shows colours', async () => {
  const escape = '\u001B[';
  expect((await brownout(`run ${holds} --variant calm`)).out).not.toContain(escape);
  expect((await brownout(`run ${holds} --variant calm`, { showsColours: true })).out).toContain(escape);
});

it('--health says of each run whether it is to be trusted and what the checklists find, in table and document', async () => {
  const { out, code } = await brownout(`run ${holds} --health --variant calm`);
  expect(code).toBe(0);
  expect(out).toMatch(/✓ conservation +\d+ requests sent = \d+ completed \+ \d+ failed \+ \d+ in flight/);
  expect(out).toMatch(/Service-level objectives .*\n +✓ API availability +99.9% \/ 30d +100 % available over the run/);
  expect(out).toMatch(/Kafka health .*\n +– nothing of it can be told of this run\n/);
  const [calm] = documentOf((await brownout(`run ${holds} --health --variant calm --format json`)).out).runs;
  const { scenario } = await loadScenario(holds);
  const recording = run(scenario, { variant: 'calm' });
  expect(calm).toMatchObject({ health: healthOf(recording), checklists: checklistsOf(recording) });
  const [plain] = documentOf((await brownout(`run ${holds} --variant calm --format json`)).out).runs;
  expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['health']));
  expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['checklists']));
});

it('--health over several seeds counts how each check came out', async () => {
  const { out } = await brownout(`run ${holds} --health --variant calm --seed 1..3`);
  expect(out).toMatch(/✓ conservation +good with 3 of 3 seeds/);
  expect(out).toMatch(/✓ API availability +99.9% \/ 30d +good with 3 of 3 seeds/);
});

it('--health has no place in junit or markdown, and says so', async () => {
  const { code, err } = await brownout(`run ${holds} --health --format junit`);
  expect([code, err]).toEqual([2, 'brownout: --health: --format junit has no place for it; expected table or json\n']);
});

it('gives each figure of several seeds as a mean with its confidence interval, in every format that has the room', async () => {
  const words = `run ${holds} --variant calm --seed 1..5`;
  const document = JSON.parse((await brownout(`${words} --format json`)).out) as {
    runs: RunDocument[];
    replications: { variant: string; seeds: number[]; signals: Record<string, { unit: string; figures: object }> }[];
  };
  expect(Object.keys(document)).toEqual(['scenario', 'version', 'pass', 'runs', 'replications']);
  const [{ variant, seeds, signals }] = document.replications;
  expect([document.replications.length, variant, seeds]).toEqual([1, 'calm', [1, 2, 3, 4, 5]]);
  const name = 'http.client.request.duration';
  expect(Object.keys(signals)).toEqual([name]);
  const p99s = document.runs.map((run) => run.signals[name].p99 as number);
  const mean = p99s.reduce((sum, value) => sum + value, 0) / 5;
  const deviation = Math.sqrt(p99s.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4);
  // The 97.5 % quantile of Student's t with four degrees of freedom, from a table.
  const halfWidth = (2.7764 * deviation) / Math.sqrt(5);
  const { p99 } = signals[name].figures as { p99: Record<'mean' | 'halfWidth' | 'low' | 'high' | 'n', number> };
  expect(p99.n).toBe(5);
  expect(p99.mean).toBeCloseTo(mean, 12);
  expect(p99.halfWidth / halfWidth).toBeCloseTo(1, 4);
  expect([p99.low, p99.high]).toEqual([p99.mean - p99.halfWidth, p99.mean + p99.halfWidth]);
  expect((await brownout(words)).out).toMatch(/p99 [\d.]+ ms ± [\d.]+ [mµn]?s/);
  const markdown = (await brownout(`${words} --format markdown`)).out;
  expect(markdown).toMatch(
    /\| `calm` \| `http\.client\.request\.duration` \| p99 \| [\d.]+ ms \| [\d.]+ ms to [\d.]+ ms \| 5 \|/,
  );
  expect(JSON.parse((await brownout(`run ${holds} --format json`)).out)).not.toHaveProperty('replications');
});

it('tells a claim that is not made with these parameters from one that holds, in every format', async () => {
  const printed = async (format: string): Promise<string> => {
    const words = `run slo-table --variant healthy --set hitRatioLeast=0.99 --set length=17min --format ${format}`;
    const { code, out } = await brownout(words);
    expect(code).toBe(0);
    return out;
  };
  const why = 'not claimed: chance alone may have a trigger hold';
  expect(await printed('table')).toMatch(
    new RegExp(`· healthy [\\s\\S]*· total of slo_table.fired .* ${why}[\\s\\S]*· 0 of 0 expectations hold; 3 are`),
  );
  expect(await printed('junit')).toContain(`<skipped message="${why}; measured 1"/>`);
  expect(await printed('markdown')).toMatch(/^### ➖ .*$/m);
  expect(await printed('markdown')).toContain(`(${why})`);
  const [{ expectations }] = documentOf(await printed('json')).runs;
  expect(expectations[0]).toMatchObject({ pass: true, notClaimed: 'chance alone may have a trigger hold' });
});
