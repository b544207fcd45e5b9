/** The steps of a script for NATS, and the words that they are counted under. */

/** Bursts of steps begin so long after one another. */
export const BURST_MS = 1_200;
/** Where consumers begin that are told a number or a time: the beginning of the second burst. */
export const START_SEQUENCE = 3;
export const START_BURST = 1;
export interface StreamOptions {
  readonly retention?: 'limits' | 'interest' | 'workqueue';
  readonly discard?: 'old' | 'new';
  readonly discard_new_per_subject?: boolean;
  readonly max_msgs?: number;
  readonly max_bytes?: number;
  readonly max_age?: number;
  readonly max_msgs_per_subject?: number;
  readonly max_msg_size?: number;
  readonly duplicate_window?: number;
}

export interface ConsumerOptions {
  readonly ack_policy?: 'none' | 'all' | 'explicit';
  readonly ack_wait?: number;
  readonly max_deliver?: number;
  readonly backoff?: readonly number[];
  readonly filter_subject?: string;
  readonly deliver_policy?: 'all' | 'last' | 'new' | 'last_per_subject' | 'by_start_sequence' | 'by_start_time';
  readonly max_ack_pending?: number;
  readonly replay_policy?: 'instant' | 'original';
}

export type Settlement = 'ack' | 'nak' | 'nak delay' | 'term' | 'in progress';

/** Names are a script's own; whoever plays it makes them its own. */
export type NatsStep =
  | { readonly op: 'subscribe'; readonly connection: 0 | 1; readonly pattern: string; readonly queue?: string }
  | { readonly op: 'unsubscribe'; readonly nth: number }
  | { readonly op: 'publish core'; readonly subject: string }
  | { readonly op: 'request'; readonly subject: string }
  | { readonly op: 'stream'; readonly options: StreamOptions }
  | { readonly op: 'consumer'; readonly name: string; readonly push: boolean; readonly options: ConsumerOptions }
  | { readonly op: 'publish'; readonly subject: string; readonly bytes: number; readonly id?: string }
  | { readonly op: 'fetch'; readonly name: string; readonly batch: number }
  | {
      readonly op: 'settle';
      readonly name: string;
      readonly nth: number;
      readonly how: Settlement;
      readonly delay_ms?: number;
    }
  | { readonly op: 'delete consumer'; readonly name: string }
  | { readonly op: 'delete message'; readonly sequence: number }
  | { readonly op: 'purge' }
  | { readonly op: 'wait' }
  | { readonly op: 'state' };

export type NatsScript = readonly NatsStep[];

const perOperation: Readonly<Record<NatsStep['op'], readonly string[]>> = {
  subscribe: ['queue'],
  unsubscribe: [],
  'publish core': [],
  request: [],
  stream: [
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
  publish: ['id'],
  fetch: [],
  settle: ['ack', 'nak', 'nak delay', 'term', 'in progress'],
  'delete consumer': [],
  'delete message': [],
  purge: [],
  wait: [],
  state: [],
};

export const natsVocabulary: readonly string[] = Object.entries(perOperation).flatMap(([op, words]) => [
  op,
  ...words.map((word) => `${op} ${word}`),
]);

/** What a step is counted under: its operation, its options, and those of their values that have a name. */
export function natsWords(step: NatsStep): readonly string[] {
  const listed = perOperation[step.op];
  const words = (): readonly string[] => {
    if (step.op === 'stream') return named(step.options);
    if (step.op === 'consumer') return [step.push ? 'push' : 'pull', ...named(step.options)];
    if (step.op === 'settle') return [step.how];
    return named(step);
  };
  return [
    step.op,
    ...words()
      .filter((word) => listed.includes(word))
      .map((word) => `${step.op} ${word}`),
  ];
}

const named = (options: object): readonly string[] =>
  Object.entries(options).flatMap(([option, value]) => [
    option,
    option === 'deliver_policy' ? `deliver ${value}` : `${value}`,
  ]);
