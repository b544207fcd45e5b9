/** Curves in the command line's report: all lines of one variant, the first of each of several, sizes across. */
import { expect, it } from 'vitest';
import eviction from '../../../../scenarios/caching/eviction.ts';
import { brownout } from '../command-line.ts';

const SHORT = '--set length=2s --set keys=100';

it('of one variant shows every line at every size', async () => {
  const { out } = await brownout(`run eviction --variant lru-on-a-loop ${SHORT}`);
  const lines = out.slice(out.indexOf('cache.miss_ratio ')).split('\n');
  expect(lines[0]).toMatch(/^cache\.miss_ratio +1 % +2 % +5 % +10 % +20 % +50 % {2}cache size, share of the keys$/);
  expect(lines[1]).toMatch(/^ {2}lru( +1){6}$/);
  expect(lines[2]).toMatch(/^ {2}lirs( +(1|0\.\d+)){6}$/);
  expect(lines[3]).toMatch(/^ {2}OPT( +0\.\d+){6}$/);
});

it('of several shows the line of each that it is about', async () => {
  const { out } = await brownout(`run eviction ${SHORT} --seed 1..2`);
  const from = out.indexOf('cache.miss_ratio ');
  const lines = out.slice(from, out.indexOf('\n\n', from)).split('\n');
  expect(lines).toHaveLength(1 + Object.keys(eviction.variants).length);
  expect(lines[1]).toMatch(/^ {2}lru +lru( +[01](\.\d+)?){6}$/);
  expect(lines.at(-1)).toMatch(/^ {2}w-tinylfu-in-bytes +w-tinylfu( +0\.\d+){6}$/);
});
