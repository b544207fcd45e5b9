/** What a topic exchange matches, against the answers of a real server and against trying every split. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { topicMatches, wordsOf } from '../../../../../sim-core/messaging/channels/exchanges/topic.ts';
import vectors from '../../../../vectors/rabbitmq_topic_match.json' with { type: 'json' };

const matches = (pattern: string, key: string): boolean => topicMatches(wordsOf(pattern), wordsOf(key));

it('matches what RabbitMQ matches, and nothing else', () => {
  const wrong = (vectors.rows as [string, string, number][]).filter(
    ([pattern, key, matched]) => matches(pattern, key) !== (matched === 1),
  );
  expect(wrong).toEqual([]);
});

/** The obvious way: try every number of words for each `#`. */
function naively([first, ...rest]: readonly string[], words: readonly string[]): boolean {
  if (first === undefined) return words.length === 0;
  if (first === '#')
    return Array.from({ length: words.length + 1 }, (_, i) => words.slice(i)).some((w) => naively(rest, w));
  return words.length > 0 && (first === '*' || first === words[0]) && naively(rest, words.slice(1));
}

it('matches as trying every split does', () => {
  const word = fc.constantFrom('a', 'b', '');
  const pattern = fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { maxLength: 6 });
  fc.assert(
    fc.property(pattern, fc.array(word, { maxLength: 6 }), (words, key) => {
      expect(topicMatches(words, key)).toBe(naively(words, key));
    }),
  );
});
