/** The words that scripts for NATS are counted by. */
import { isRefusal, type Answer } from '../twin.ts';
import type { NatsStep } from './steps.ts';

const perOperation: Readonly<Record<NatsStep['op'], readonly string[]>> = {
  subscribe: ['queue'],
  unsubscribe: [],
  'publish core': [],
  request: [],
  stream: [
    'file',
    'limits',
    'interest',
    'workqueue',
    'old',
    'new',
    'discard_new_per_subject',
    'max_msgs',
    'max_bytes',
    'max_age',
    'max_msgs_per_subject',
    'max_msg_size',
    'duplicate_window',
  ],
  consumer: [
    'pull',
    'push',
    'none',
    'all',
    'explicit',
    'ack_wait',
    'max_deliver',
    'backoff',
    'filter_subject',
    'max_ack_pending',
    'deliver all',
    'deliver last',
    'deliver new',
    'deliver last_per_subject',
    'deliver by_start_sequence',
    'deliver by_start_time',
    'original',
  ],
  publish: ['id', 'duplicate'],
  fetch: ['redelivered'],
  settle: ['ack', 'nak', 'nak delay', 'term', 'in progress'],
  'delete consumer': [],
  'delete message': [],
  purge: [],
  wait: [],
  restart: [],
  state: [],
};

/** Operations that a server refuses now and then. */
const REFUSABLE: readonly string[] = ['consumer', 'publish'];

export const natsVocabulary: readonly string[] = [
  ...Object.entries(perOperation).flatMap(([op, words]) => [op, ...words.map((word) => `${op} ${word}`)]),
  ...REFUSABLE.map((op) => `${op} refused`),
];

/**
 * What a step is counted under, by what was answered to it: its operation, its options, and those of their values that have a
 * name. What was refused is counted as that, and what had nothing to act on is not.
 */
export function natsWords(step: NatsStep, answer: Answer): readonly string[] {
  if (isRefusal(answer)) return REFUSABLE.includes(step.op) ? [`${step.op} refused`] : [];
  if (!hasActed(answer)) return [];
  const listed = perOperation[step.op];
  const words = [...new Set(wordsOf(step, answer))].filter((word) => listed.includes(word));
  return [step.op, ...words.map((word) => `${step.op} ${word}`)];
}

function hasActed(answer: Answer): boolean {
  if (Array.isArray(answer)) return answer.length > 0;
  return !['nothing', 'no consumer', 'there', false, 0].some((nothing) => nothing === answer);
}

function wordsOf(step: NatsStep, answer: Answer): readonly string[] {
  switch (step.op) {
    case 'stream':
      return named(step.options);
    case 'consumer':
      return [step.push ? 'push' : 'pull', ...named(step.options)];
    case 'settle':
      return [step.how];
    case 'fetch':
      return (answer as readonly Delivery[]).some(([, , attempt]) => attempt > 1) ? ['redelivered'] : [];
    case 'publish':
      return (answer as { readonly duplicate: boolean }).duplicate ? ['id', 'duplicate'] : named(step);
    default:
      return named(step);
  }
}

/** As `fetch` is answered. */
type Delivery = readonly [sequence: number, subject: string, attempt: number, delivery: number];

const named = (options: object): readonly string[] =>
  Object.entries(options).flatMap(([option, value]) => [
    option,
    option === 'deliver_policy' ? `deliver ${value}` : `${value}`,
  ]);
