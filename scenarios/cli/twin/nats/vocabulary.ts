/** The words that scripts for NATS are counted by. */
import type {
  AckPolicy,
  ConsumerConfiguration,
  DeliverPolicy,
  Discard,
  JetStreamPublished,
  Retention,
  Storage,
  StreamConfiguration,
} from '../../../../sim-core/index.ts';
import { namesOf, saidWords, type WordsOf } from '../option-words.ts';
import { isRefusal, type Answer } from '../twin.ts';
import type { NatsStep, Settlement } from './steps.ts';

const streamWords: WordsOf<StreamConfiguration> = {
  name: { because: 'each play has one of its own' },
  subjects: { because: 'each play has a space of its own, in which it publishes to three' },
  storage: namesOf<Storage>({ file: true, memory: true }),
  retention: namesOf<Retention>({ limits: true, interest: true, workqueue: true }),
  discard: namesOf<Discard>({ old: true, new: true }),
  discardNewPerSubject: ['discard_new_per_subject'],
  maxMessages: ['max_msgs'],
  maxBytes: ['max_bytes'],
  maxAge: ['max_age'],
  maxMessagesPerSubject: ['max_msgs_per_subject'],
  maxMessageBytes: ['max_msg_size'],
  duplicateWindow: ['duplicate_window'],
};

/** Where a consumer begins: one of the words, or one of the tables of one field. */
type PolicyName = DeliverPolicy extends infer Policy ? (Policy extends string ? Policy : keyof Policy) : never;
const deliverWords: Readonly<Record<PolicyName, string>> = {
  all: 'deliver all',
  last: 'deliver last',
  new: 'deliver new',
  last_per_subject: 'deliver last_per_subject',
  fromSequence: 'deliver by_start_sequence',
  fromTime: 'deliver by_start_time',
};

const consumerWords: WordsOf<ConsumerConfiguration> = {
  name: { because: 'all have one' },
  push: ['pull', 'push'],
  ackPolicy: namesOf<AckPolicy>({ none: true, all: true, explicit: true }),
  ackWait: ['ack_wait'],
  maxDeliver: ['max_deliver'],
  backOff: ['backoff'],
  filter: ['filter_subject'],
  deliverPolicy: Object.values(deliverWords),
  maxAckPending: ['max_ack_pending'],
  replay: namesOf<NonNullable<ConsumerConfiguration['replay']>>({ instant: true, original: true }),
};

const publishWords: WordsOf<JetStreamPublished<unknown>> = {
  subject: { because: 'all have one' },
  payload: { because: 'the model does not look at it' },
  bytes: { because: 'all have some' },
  id: ['id', 'duplicate'],
};

const perOperation: Readonly<Record<NatsStep['op'], readonly string[]>> = {
  subscribe: ['queue'],
  unsubscribe: [],
  'publish core': [],
  request: [],
  stream: saidWords(streamWords),
  // Who is in a deliver group is not the consumer's to say, but the members'.
  consumer: [...saidWords(consumerWords), 'deliver_group'],
  publish: saidWords(publishWords),
  fetch: ['redelivered'],
  join: [],
  leave: [],
  settle: namesOf<Settlement>({ ack: true, nak: true, 'nak delay': true, term: true, 'in progress': true }),
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
