/** The comparison of twins, with counters in place of servers: what it plays, finds, shrinks and prints, and how it ends. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
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

describe('several twins', () => {
  const named = (name: string, server: CountingServer) => ({ ...counterTwin(server), name });

  it('play side by side, and are told whole in the order in which they are named', async () => {
    let isOtherOver = false;
    const waiting = new CountingServer(async (script) => {
      // Goes on only when the other has been played to its end.
      while (!isOtherOver) await setTimeout(1);
      return count(script);
    });
    const other = new CountingServer(async (script) => count(script));
    other.stop = async () => void (isOtherOver = true);
    const { cli, printed } = commandLine();
    const twins = [named('one', waiting), named('two', other)];
    expect(await playTwins(twins, { scripts: '20', seed: '1' }, cli)).toBe(0);
    expect(printed.out.match(/^\w+: the model beside/gm)).toEqual(['one: the model beside', 'two: the model beside']);
    expect(printed.out.match(/No answer differs/g)).toHaveLength(2);
    expect(waiting.stopped).toBe(true);
  });

  it('all end when they are interrupted, and what was finished is told', async () => {
    const interruption = new AbortController();
    const whole = sound();
    const slow = new CountingServer(async (script) => {
      while (!whole.stopped) await setTimeout(1);
      interruption.abort();
      return count(script);
    });
    const { cli, printed } = commandLine({ interrupted: interruption.signal });
    const twins = [named('whole', whole), named('slow', slow)];
    expect(await playTwins(twins, { scripts: '50', seed: '1' }, cli)).toBe(130);
    expect(printed.out).toMatch(/whole: the model beside counter 1\.0, 50 scripts(.|\n)*slow: .*, [1-4] scripts of/);
    expect(printed.err).toMatch(/^brownout: slow interrupted after [1-4] of 50 scripts\n$/);
    expect(slow.stopped).toBe(true);
  });

  it('all end when one of them fails, and no server is left', async () => {
    const broken = new CountingServer(() => Promise.reject(new Error('the connection is gone')));
    const endless = new CountingServer(async (script) => {
      await setTimeout(1);
      return count(script);
    });
    const twins = [named('endless', endless), named('broken', broken)];
    const { cli, printed } = commandLine();
    await expect(playTwins(twins, { scripts: '5000', seed: '1' }, cli)).rejects.toThrow('gone');
    // Nobody has interrupted the one that was cut short.
    expect(printed.err).toBe('');
    expect([broken.stopped, endless.stopped]).toEqual([true, true]);
  });
});

it('plays scripts that kill the server on their own, so that none waits for those that do not', async () => {
  let calm = 0;
  let killing = 0;
  const kills = (script: readonly Count[]): boolean => script.length > 6;
  const server = new CountingServer(async (script) => {
    if (!kills(script)) {
      calm++;
      return count(script);
    }
    // Goes on when so many are under way, or all of the others are over.
    killing++;
    while (killing < 5 && calm < 100) await setTimeout(1);
    return count(script);
  });
  const twin = { ...counterTwin(server), atOnce: 1, killing: { kills, atOnce: 5 } };
  const { scripts, different } = await compare(twin, server, { ...options, interrupted: never });
  expect([scripts, different, calm + killing]).toEqual([200, 0, 200]);
  expect(calm).toBe(scriptsOf(twin, 200, 1).filter((script) => !kills(script)).length);
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
