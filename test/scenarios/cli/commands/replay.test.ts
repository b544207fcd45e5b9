/** `brownout replay`: the same run is said to be the same, and another one where it parts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRecording } from '../../../../scenarios/cli/run/recording-store.ts';
import { encodeRecording, Run, type Recording, type RecordingHeader } from '../../../../sim-core/index.ts';
import { findScenario } from '../../../../scenarios/cli/load-scenario.ts';
import { brownout } from '../command-line.ts';
import { userFolder, userScenario } from '../run/user-scenario.ts';

const folder = userFolder();
afterAll(() => folder.remove());
const file = folder.write('mine.js', userScenario());
const stampede = join(folder.path, 'stampede-mutex-2.brownout.gz');
const mine = join(folder.path, 'mine-calm-3.brownout.gz');

beforeAll(async () => {
  const set = '--set length=6s --set rate=100 --at 3s:slow:database:factor=2';
  await brownout(`run stampede --variant mutex --seed 2 ${set} --out ${folder.path} --export recording`);
  await brownout(`run ${file} --variant calm --out ${folder.path} --export recording`);
});

/** A copy of a recording with another header. */
function withHeader(name: string, change: Partial<RecordingHeader>): string {
  const recording = loadRecording(stampede);
  return keep(name, { ...recording, header: { ...recording.header, ...change } });
}

function keep(name: string, recording: Recording): string {
  const path = join(folder.path, name);
  writeFileSync(path, gzipSync(encodeRecording(recording), { level: 1 }));
  return path;
}

it('says that it is the same run, of the catalogue and of a file', async () => {
  const { digest } = loadRecording(stampede).header;
  const { code, out, err } = await brownout(`replay ${stampede}`);
  expect(out).toMatch(/^✓ the same run: stampede mutex seed 2, [\d,]+ events\n/);
  expect(out).toContain(digest);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect((await brownout(`replay ${mine} --scenario ${file}`)).code).toBe(0);
});

it('replays a recording that ends before the run does', async () => {
  const { scenario, definition } = await findScenario('stampede');
  const run = new Run(scenario, { variant: 'none', definition });
  expect(run.advance(5000)).toBe(false);
  const path = keep('part.brownout.gz', run.finish());
  expect(await brownout(`replay ${path}`)).toMatchObject({ code: 0, err: '' });
});

it('says where the runs part, and what changed between them', async () => {
  const changed = folder.write(
    'changed.js',
    userScenario().replace('demand: constant(ms(5))', 'demand: constant(ms(6))'),
  );
  const { code, out } = await brownout(`replay ${mine} --scenario ${changed}`);
  expect(code).toBe(1);
  expect(out).toContain('✗ not the same run: mine calm seed 3');
  expect(out).toMatch(/they first differ in event: event \d+: '.*' \(\d+\) at .* against/);
  expect(out).toMatch(/the scenario's definition has changed: sha256:[0-9a-f]{12} then, sha256:[0-9a-f]{12} now/);
  const older = await brownout(`replay ${withHeader('older.brownout.gz', { engine: '0.0.1' })}`);
  expect(older.code).toBe(0);
  expect(older.out).toContain('the engine has changed: version 0.0.1 then');
});

it('refuses what it cannot compute again', async () => {
  const complaint = async (words: string): Promise<string> => {
    const { code, err } = await brownout(`replay ${words}`);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    return err;
  };
  expect(await complaint(mine)).toContain('of mine, which the catalogue does not have; name its file by --scenario');
  expect(await complaint(`${stampede} --scenario ${file}`)).toContain(
    'it defines mine, but the recording is of stampede',
  );
  expect(await complaint(withHeader('gone.brownout.gz', { variant: 'gone' }))).toContain('there is no variant gone');
  const bytes = readFileSync(stampede);
  const cut = join(folder.path, 'cut.brownout.gz');
  writeFileSync(cut, bytes.subarray(0, bytes.length - 100));
  expect(await complaint(cut)).toContain('its compression is damaged');
});

it('does not take the word of a digest for columns that were altered', async () => {
  const changes: ((recording: Recording) => Recording)[] = [
    (recording) => {
      recording.events.causes[10] += 1;
      return recording;
    },
    (recording) => {
      Object.values(recording.signals[0].columns)[0][1] += 1;
      return recording;
    },
    (recording) => {
      const expectations = recording.expectations.map((result) => ({ ...result, actual: result.actual + 1 }));
      return { ...recording, expectations };
    },
  ];
  for (const [place, change] of changes.entries()) {
    const { code, out } = await brownout(
      `replay ${keep(`altered-${place}.brownout.gz`, change(loadRecording(stampede)))}`,
    );
    expect(out).toContain('the digest is this run’s, but the file holds something else');
    expect(code).toBe(1);
  }
});
