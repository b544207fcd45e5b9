/** Settings and command lines that a guide says to try are read by the program: what it takes passes, what it does not is named with why. */
import { describe, expect, it } from 'vitest';
import { tryProblems } from '../../../../scenarios/cli/check/try.ts';
import { guideOf } from '../../../../scenarios/guides.ts';
import { catalogue } from '../../../../scenarios/index.ts';
import stampede from '../../../../scenarios/caching/stampede.ts';

const tried = (text: string): string[] =>
  tryProblems(`# A title\n\n## Try\n\n${text}\n\n## In production\n\n\`--nonsense\``, stampede);

it.each([
  '- Set `ttl=2s` and look at `cache.loads.active`.',
  '- `--at 12s:slow:database:factor=4`, or `--variant none --set ttl=2s`.',
  '- `npx brownout run stampede --variant mutex --seed 1..3`',
  '- `brownout cachesim trace.csv --policies lru,fifo --sizes 10%`, with `--bytes`.',
  '- Raise `loadTime` to 150 ms, then `ttl` and `lease` to 1 s and to two\n  seconds. And `instances` in `none` to 4, 8 and 16?',
  '- Set `beta` to 0.2: what of it? `rate` is 1,000, `ttl` at 1.5 s, and 3 of them; raise `loadTime` until it fails.',
  '- `--at 12s:slow:database:factor=4`, or `factor=40`.',
])('accepts %s', (text) => {
  expect(tried(text)).toEqual([]);
});

it.each([
  ['- Set `ttl=soon`.', 'Try: `ttl=soon` is not accepted: --set ttl=soon'],
  ['- `--at 12s:slow:data-base:factor=4`', 'there is no component data-base'],
  ['- `--at 12s:slow:database:speed=4`', 'speed'],
  ['- `--at 12h:slow:database:factor=4`', '12h'],
  ['- `--set tll=2s`', 'tll'],
  ['- Set `tll=2s`.', "Try: `tll=2s` is not accepted: --set tll=2s: there is no parameter 'tll'; did you mean 'ttl'?"],
  ['- Set `tll` to 2 s.', "Try: `tll` to 2 s is not accepted: --set tll=2s: there is no parameter 'tll'"],
  [
    '- Raise `loadTime` to 150 ms and to a\n  day.',
    'Try: `loadTime` to 150 ms and to a day is not accepted: --set loadTime=24h',
  ],
  ['- `beta` in `none` to 1, 2 and 1,000.', '--set beta=1000'],
  ['- With `instances` at 2.5', '--set instances=2.5'],
  ['- `--at 12s:slow:database:factor=4`, or `factor=soon`.', 'Try: `factor=soon` is not accepted'],
  ['- `--at 12s:slow:database:factor=4`, or `speed=4`.', "there is no parameter 'speed'"],
  ['- `--frobnicate`', "unknown option '--frobnicate'"],
  ['- `brownout run stampede --variant mutx`', 'mutx'],
])('refuses %s', (text, complaint) => {
  expect(tried(text)).toEqual([expect.stringContaining(complaint)]);
});

describe('the catalogue', () => {
  it.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))(
    '%s: the settings and command lines that are read can be done',
    (id, scenario) => {
      expect(tryProblems(guideOf(id), scenario)).toEqual([]);
    },
  );
});
