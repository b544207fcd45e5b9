/** The comparison of twins, with counters in place of servers: what it plays, finds, shrinks and prints, and how it ends. */
import { expect, it } from 'vitest';
import { playTwins } from '../../../../scenarios/cli/commands/twin.ts';
import { agrees, compare, countWords, scriptsOf } from '../../../../scenarios/cli/twin/comparison.ts';
import { commandLine } from '../command-line.ts';
import { count, CountingServer, counterTwin, type Count } from './counter-twin.ts';

const sound = (): CountingServer => new CountingServer(async (script) => count(script));
const faulty = (): CountingServer => new CountingServer(async (script) => count(script, true));
const options = { scripts: 200, seed: 1, progress: () => {} };
const never = new AbortController().signal;

it('plays each script of the seed once, and counts in how many of them each word occurs', async () => {
  const played: string[] = [];
  const server = new CountingServer(async (script) => {
    played.push(JSON.stringify(script));
    return count(script);
  });
  const twin = counterTwin(server);
  const { scripts, steps, occurrences, different } = await compare(twin, server, { ...options, interrupted: never });
  const expected = scriptsOf(twin, 200, 1);
  expect([...played].sort()).toEqual(expected.map((script) => JSON.stringify(script)).sort());
  expect(scripts).toBe(200);
  expect(steps).toBe(expected.flat().length);
  expect(occurrences.get('reset')).toBe(expected.filter((script) => script.some(({ op }) => op === 'reset')).length);
  expect(different).toBe(0);
});

it('finds a fault, and shrinks each script that shows it until nothing can be left out', async () => {
  const server = faulty();
  const comparison = await compare(counterTwin(server), server, { ...options, interrupted: never });
  const { different, differences, unshrunk } = comparison;
  expect(different).toBeGreaterThan(3);
  expect(differences).toHaveLength(3);
  // The others are told as they are, each with its first step that differs.
  expect(unshrunk).toHaveLength(different - 3);
  for (const { number, at, model, server: answer } of unshrunk) {
    const script = scriptsOf(counterTwin(server), number, 1)[number - 1];
    expect(at).toBe(firstWrong(script));
    expect([model, answer]).toEqual([count(script)[at], count(script, true)[at]]);
  }
  for (const { script, at, model, server: answers, number } of differences) {
    expect(firstWrong(scriptsOf(counterTwin(server), number, 1)[number - 1])).toBeGreaterThanOrEqual(0);
    // Sums of ten or more in as few digits as it takes, none of which can be left out.
    const total = count(script).at(-1)!;
    expect(script.every(({ op, amount }) => op === 'add' && total - amount < 10)).toBe(true);
    expect(at).toBe(script.length - 1);
    expect([model[at], answers[at]]).toEqual([total, 0]);
  }
});

it('shrinks nothing that a server does only among others, and lets little of it pass', async () => {
  let plays = 0;
  const server = new CountingServer(async (script) => count(script, ++plays <= 200));
  const outcome = await compare(counterTwin(server), server, { ...options, interrupted: never });
  expect(outcome.different).toBe(0);
  expect(outcome.unstable.length).toBeGreaterThan(3);
  for (const { number, at, model, server: answer } of outcome.unstable) {
    const script = scriptsOf(counterTwin(server), number, 1)[number - 1];
    expect(at).toBe(firstWrong(script));
    expect([model, answer]).toEqual([count(script)[at], count(script, true)[at]]);
  }
  // One in a hundred of 200 is two: that much is no accident.
  expect(agrees(outcome)).toBe(false);
});

it('stops between two scripts when it is interrupted, prints what it has, and stops the server', async () => {
  const interruption = new AbortController();
  let plays = 0;
  const server = new CountingServer(async (script) => {
    if (++plays === 20) interruption.abort();
    return count(script);
  });
  const { cli, printed } = commandLine({ interrupted: interruption.signal });
  expect(await playTwins([counterTwin(server)], { scripts: '200', seed: '1' }, cli)).toBe(130);
  expect(printed.out).toMatch(/counter: the model beside counter 1\.0, 2\d scripts of seed 1/);
  expect(printed.err).toMatch(/^brownout: counter interrupted after 2\d of 200 scripts\n$/);
  expect(server.stopped).toBe(true);
});

it('prints the smallest script step by step with both answers, and exits 1', async () => {
  const server = faulty();
  const { cli, printed } = commandLine();
  expect(await playTwins([counterTwin(server)], { scripts: '200', seed: '1' }, cli)).toBe(1);
  expect(printed.out).toMatch(
    /Script \d+ of seed 1, shrunk from \d+ steps to (\d): step \1 differs\n( {2}\d\. add \d\n)+> \1\. add \d\n {2}model {3}1\d\n {2}server {2}0\n/,
  );
  expect(printed.out).toMatch(
    /\n\d+ more scripts differ:\n( {2}Script \d+, step \d+\n {4}model {3}\d+\n {4}server {2}\d+\n)+\n/,
  );
  expect(server.stopped).toBe(true);
});

it('shows what differed once, and exits 0 where that was rare', async () => {
  let plays = 0;
  const shown = scriptsOf(counterTwin(sound()), 200, 1).findIndex((script) => firstWrong(script) >= 0);
  const server = new CountingServer(async (script) => count(script, plays++ === shown));
  const { cli, printed } = commandLine();
  expect(await playTwins([counterTwin(server)], { scripts: '200', seed: '1' }, cli)).toBe(0);
  expect(printed.out).toMatch(
    /\n1 differed among others and not when played alone; of 200 at most 2 may\.\n {2}Script \d+, step \d+\n {4}model {3}1\d\n {4}server {2}0\nNo answer differs\.\n/,
  );
});

it('counts a word only where the answer says that it was done', () => {
  const server = sound();
  const twin = { ...counterTwin(server), words: ({ op }: Count, answer: unknown) => (answer === 0 ? [] : [op]) };
  const scripts = scriptsOf(twin, 200, 1);
  const done = scripts.filter((script) => script.some(({ op }, i) => op === 'add' && count(script)[i] !== 0));
  expect(countWords(twin, scripts).get('add')).toBe(done.length);
  expect(done.length).toBeLessThan(scripts.filter((script) => script.some(({ op }) => op === 'add')).length);
});

it('stops the server when a play fails', async () => {
  const server = new CountingServer(() => Promise.reject(new Error('the connection is gone')));
  await expect(playTwins([counterTwin(server)], { scripts: '5', seed: '1' }, commandLine().cli)).rejects.toThrow(
    'gone',
  );
  expect(server.stopped).toBe(true);
});

it('says in one line what is missing, and starts nothing', async () => {
  const twin = { ...counterTwin(sound()), findProgram: () => undefined };
  await expect(playTwins([twin], { scripts: '5', seed: '1' }, commandLine().cli)).rejects.toThrow(
    'twin counter: this machine has no counter-server (Debian: apt-get install counter-server)',
  );
});

const firstWrong = (script: readonly Count[]): number => {
  const wrong = count(script, true);
  return count(script).findIndex((total, i) => total !== wrong[i]);
};
