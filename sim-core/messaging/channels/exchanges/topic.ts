/**
 * Topic exchange: keys are words with dots between them; in a binding's key `*` stands for one word and `#` for none or
 * more (AMQP 0-9-1, 3.1.3.3). The empty key has no word at all, a single dot has two empty ones, and a wildcard is one only
 * as a whole word: all as RabbitMQ 3.10 answers.
 */
import type { Binding, Destination, ExchangeType, Router } from './exchange-type.ts';

/** The words of a key. */
export const wordsOf = (key: string): readonly string[] => (key === '' ? [] : key.split('.'));

/** Whether a pattern of words matches a key's: greedy, going back to the last `#` when it gets stuck. */
export function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  let word = 0;
  let lastHash = -1;
  let afterHash = 0;
  while (word < words.length) {
    if (pattern[at] === '#') {
      lastHash = at++;
      afterHash = word;
    } else if (at < pattern.length && (pattern[at] === '*' || pattern[at] === words[word])) {
      at++;
      word++;
    } else if (lastHash >= 0) {
      at = lastHash + 1;
      word = ++afterHash;
    } else return false;
  }
  while (pattern[at] === '#') at++;
  return at === pattern.length;
}

interface Pattern {
  readonly words: readonly string[];
  readonly binding: Binding;
}

class Topic implements Router {
  private readonly patterns: Pattern[] = [];

  bind(binding: Binding): void {
    this.patterns.push({ words: wordsOf(binding.key), binding });
  }

  unbind(binding: Binding): void {
    this.patterns.splice(
      this.patterns.findIndex((pattern) => pattern.binding === binding),
      1,
    );
  }

  route(_: unknown, key: string, found: Set<Destination>): void {
    const words = wordsOf(key);
    for (const pattern of this.patterns) {
      if (topicMatches(pattern.words, words)) found.add(pattern.binding.destination);
    }
  }
}

export const topic: ExchangeType = {
  help: 'where the pattern of words fits the routing key',
  create: () => new Topic(),
};
