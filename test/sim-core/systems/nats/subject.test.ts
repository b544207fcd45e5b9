/** Subject matching as a real nats-server 2.9.10 did it: `test/vectors/nats_subject_match.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPattern, isSubject, subjectMatches } from '../../../../sim-core/systems/nats/subject.ts';

type Row = readonly [pattern: string, subject: string | null, delivered: 0 | 1 | string];
const file = join(import.meta.dirname, '../../../vectors/nats_subject_match.json');
const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: readonly Row[] };

it(`agrees with the server in all of ${rows.length} rows`, () => {
  for (const [pattern, subject, delivered] of rows) {
    if (subject === null) expect(isPattern(pattern), pattern).toBe(false);
    else
      expect(isPattern(pattern) && subjectMatches(pattern, subject), `${pattern} and ${subject}`).toBe(delivered === 1);
  }
});

it.each(['foo..bar', 'foo.', '.foo', ''])('lets nothing be published under %j', (subject) => {
  expect(isSubject(subject)).toBe(false);
  expect(subjectMatches('>', subject)).toBe(false);
});

const word = fc.constantFrom('a', 'b', '*', '>', 'a*', '');
it('matches as a naive matcher does, word by word', () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }),
      (pattern, subject) => {
        fc.pre(isPattern(pattern.join('.')));
        expect(subjectMatches(pattern.join('.'), subject.join('.'))).toBe(naive(pattern, subject));
      },
    ),
    { numRuns: 2000 },
  );
});

function naive([wanted, ...pattern]: readonly string[], [word, ...subject]: readonly string[]): boolean {
  if (wanted === undefined) return word === undefined;
  if (word === undefined) return false;
  if (wanted === '>' && pattern.length === 0) return true;
  return (wanted === '*' || wanted === word) && naive(pattern, subject);
}
