/** Wrong use of every command: exit code 2, nothing on standard output, and one line that names what is wrong. */
import { expect, it } from 'vitest';
import { brownout } from './command-line.ts';

const ROWS = [
  ['lst', "there is no command 'lst'; did you mean 'list'?"],
  ['--vrsion', "there is no option '--vrsion'; did you mean '--version'?"],
  ['list --jsn', "list: there is no option '--jsn'; did you mean '--json'?"],
  ['list stampede', 'list: there are too many words; expected brownout list [options]'],
  ['run', 'run: scenario is missing; expected brownout run [options] <scenario>'],
  ['run stampde', "there is no scenario 'stampde'; did you mean 'stampede'?"],
  ['run stampede --vriant none', "run: there is no option '--vriant'; did you mean '--variant'?"],
  ['run stampede --variant mutx', "--variant: there is no variant 'mutx'; did you mean 'mutex'?"],
  ['run stampede --variant toString', "--variant: there is no variant 'toString'"],
  ['run stampede --set rat=5', "--set rat=5: there is no parameter 'rat'; did you mean 'rate'?"],
  ['run stampede --set constructor=5', "--set constructor=5: there is no parameter 'constructor'"],
  ['run stampede --set rate=99999', '--set rate=99999: 99999/s is not valid; expected a number a second from 1/s to'],
  ['run stampede --set ttl=5parsecs', '--set ttl=5parsecs: 5parsecs is not valid; expected a duration from 100ms to'],
  ['run stampede --set protection=mutx', '--set protection=mutx: mutx is not valid; expected one of none, mutex'],
  ['run stampede --set rate', "--set: 'rate' is not NAME=VALUE"],
  ['run stampede --set rate=1 --set rate=2', '--set rate=2: rate is set twice'],
  ['run stampede --seed -1', "--seed: '-1' is neither a whole number nor a range"],
  ['run stampede --seed 1.5', "--seed: '1.5' is neither"],
  ['run stampede --seed 9..1', '--seed: the range 9..1 runs backwards; expected 1..9'],
  ['run stampede --seed 1..9999999', '--seed: 1..9999999 is more than 100000 seeds'],
  ['run stampede --seed', 'run: --seed <seeds> needs a value'],
  ['run stampede --at 12x:slow:database', "--at: intervention '12x:slow:database': '12x' is not a time"],
  ['run stampede --at 12s', "--at: intervention '12s': it does not have three or four parts"],
  ['run stampede --at 12s:slow:databse', '--at: intervention slow: there is no component databse; there are database'],
  ['run stampede --at 12s:melt:database', '--at: intervention melt: database does not take it; it takes slow'],
  ['run stampede --format yaml', "--format: there is no format 'yaml'; there are table, json, junit, markdown"],
  ['run stampede --events-max 0', "--events-max: '0' is not a whole number from 1 up"],
  ['run stampede --pending-max many', "--pending-max: 'many' is not a whole number from 1 up"],
  ['run stampede --time-max later', "--time-max: 'later' is not a duration above 0, such as 90s or 10m"],
  ['run ./absent.ts', 'there is no file ./absent.ts'],
  ['replay', 'replay: recording is missing; expected brownout replay [options] <recording>'],
  ['replay absent.brownout.gz', 'there is no file absent.brownout.gz'],
  ['replay package.json', 'package.json: this is not a recording of Brownout'],
  ['check stampde', "there is no scenario 'stampde'; did you mean 'stampede'?"],
  ['check --seeds many', "--seeds: 'many' is not a whole number from 0 to"],
  ['serve --port abc', "--port 'abc' is not a port; give a whole number from 0 to 65535"],
  ['serve extra', 'serve: there are too many words; expected brownout serve [options]'],
  ['grade', 'grade: attempts is missing; expected brownout grade [options] <attempts...>'],
  ['grade absent', 'absent: there is no such file'],
  ['grade package.json --format xml', "--format: there is no format 'xml'; there are table, json, csv"],
  ['twin', 'twin: names is missing; expected brownout twin [options] <names>'],
  ['twin redes', "there is no twin 'redes'; did you mean 'redis'?"],
  ['twin redis --scripts x', "--scripts: 'x' is not a whole number from 1 to 100000"],
  ['cachesim', 'cachesim: trace is missing; expected brownout cachesim [options] <trace>'],
  ['cachesim absent --policies lru --sizes 10', 'trace absent: no such file'],
  ['cachesim a.txt --policies lur --sizes 10', '--policies: there is no eviction policy "lur", did you mean lru?'],
  ['cachesim a.txt --policies lru --sizes 0', '--sizes: "0" is not from 1 to 1,000M objects'],
  [
    'cachesim a.txt --policies lru,lru --sizes 10,1%,1.0%',
    '--policies: lru is there twice; --sizes: 1% is there twice',
  ],
  ['cachesim a.txt --policies lru --sizes 7%,7%', '--sizes: 7% is there twice'],
  ['bench hld', "there is no benchmark 'hld'; did you mean 'hold'?"],
] as const;

it.each(ROWS)('brownout %s', async (words, complaint) => {
  const { code, out, err } = await brownout(words);
  expect(err).toContain(`brownout: ${complaint}`);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(out).toBe('');
  expect(code).toBe(2);
});

it('prints its help without a command, as wrong use, and with one as asked for', async () => {
  const bare = await brownout('');
  expect(bare).toMatchObject({ code: 2, out: '' });
  expect(bare.err).toContain('Usage: brownout');
  const asked = await brownout('--help');
  expect(asked).toMatchObject({ code: 0, err: '' });
  const names = [...asked.out.matchAll(/^  ([a-z]+) \[?[<o]/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  expect(names.sort()).toEqual(['bench', 'cachesim', 'check', 'grade', 'list', 'replay', 'run', 'serve', 'twin']);
  for (const name of names) {
    expect(ROWS.some(([words]) => words.split(' ')[0] === name)).toBe(true);
    expect((await brownout(`${name} --help`)).out).toContain(`Usage: brownout ${name}`);
  }
});
