/** What a guide says to try is read by the program: what it takes passes, what it does not is named with the reason. */
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
])('accepts %s', (text) => {
  expect(tried(text)).toEqual([]);
});

it.each([
  ['- Set `ttl=soon`.', 'Try: `ttl=soon` is not accepted: --set ttl=soon'],
  ['- `--at 12s:slow:data-base:factor=4`', 'there is no component data-base'],
  ['- `--at 12s:slow:database:speed=4`', 'speed'],
  ['- `--at 12h:slow:database:factor=4`', '12h'],
  ['- `--set tll=2s`', 'tll'],
  ['- `--frobnicate`', "unknown option '--frobnicate'"],
  ['- `brownout run stampede --variant mutx`', 'mutx'],
])('refuses %s', (text, complaint) => {
  expect(tried(text)).toEqual([expect.stringContaining(complaint)]);
});

describe('the catalogue', () => {
  it.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))(
    '%s: all of it can be done',
    (id, scenario) => {
      expect(tryProblems(guideOf(id), scenario)).toEqual([]);
    },
  );
});
