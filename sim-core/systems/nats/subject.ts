/**
 * NATS subjects: words between dots. In a subscription `*` stands for one word and `>`, as the last, for one or more: `foo.>`
 * does not match `foo`. Both mean that only where they are a whole word. Words are never empty.
 * https://docs.nats.io/nats-concepts/subjects ; what a real server matched is the test's table.
 */

const wordsOf = (subject: string): readonly string[] => subject.split('.');

/** Whether something can be published under it. */
export const isSubject = (subject: string): boolean => wordsOf(subject).every((word) => word !== '');

/** Whether it can be subscribed to. */
export const isPattern = (pattern: string): boolean =>
  wordsOf(pattern).every((word, i, words) => word !== '' && (word !== '>' || i === words.length - 1));

/** Whether a subscription gets what is published under a subject. */
export function subjectMatches(pattern: string, subject: string): boolean {
  if (!isSubject(subject)) return false;
  const words = wordsOf(subject);
  const wanted = wordsOf(pattern);
  if (wanted.at(-1) === '>' ? words.length < wanted.length : words.length !== wanted.length) return false;
  return wanted.every((word, i) => word === '*' || word === words[i] || (word === '>' && i === wanted.length - 1));
}
