/**
 * Scripts for NATS, drawn by fast-check: of core subscriptions and requests, and of one JetStream stream with its consumers.
 *
 * Time: what a script does it does in bursts, which begin every `BURST_MS`; only `wait` lets time pass, until the next one.
 * Whatever is told to take time takes so long that it ends between two bursts, whether a burst is quick or slow.
 */
import fc from 'fast-check';
import { coreScripts } from './core-scripts.ts';
import type { ConsumerOptions, NatsScript, NatsStep, Settlement, StreamOptions } from './steps.ts';

/** Ends before the next burst, and between the next one and the one after it. */
const SHORT_MS = 600;
const LONG_MS = 1_800;
/** Redeliveries that come by themselves: 500 and 2,200 ms after a burst's delivery, or 1,700 ms after a nak, there is no burst. */
const PUSH_BACK_OFF_MS = [500, 1_700];

const oneOf = fc.constantFrom;
/** Options that are there or not. */
const some = <Options>(record: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Options> =>
  fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<Options>;

const subject = oneOf('a', 'a', 'b', 'c');
const name = oneOf('x', 'x', 'y');
const publish: fc.Arbitrary<NatsStep> = fc.record(
  { op: fc.constant('publish' as const), subject, bytes: oneOf(10, 20, 50), id: oneOf('i', 'j') },
  { requiredKeys: ['op', 'subject', 'bytes'] },
);
const settle = (delays: readonly number[]): fc.Arbitrary<NatsStep> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        op: fc.constant('settle' as const),
        name,
        nth: fc.nat(9),
        how: oneOf<Settlement>('ack', 'ack', 'nak', 'term', 'in progress'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant('settle' as const),
        name,
        nth: fc.nat(9),
        how: fc.constant<Settlement>('nak delay'),
        delay_ms: oneOf(...delays),
      }),
    },
  );
const deleting: fc.Arbitrary<NatsStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('delete message' as const), sequence: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete consumer' as const), name }) },
  { weight: 3, arbitrary: fc.constant<NatsStep>({ op: 'purge' }) },
);
const fetch = (batches: readonly number[]): fc.Arbitrary<NatsStep> =>
  fc.record({ op: fc.constant('fetch' as const), name, batch: oneOf(...batches) });
const consumer = (push: boolean, options: fc.Arbitrary<ConsumerOptions>): fc.Arbitrary<NatsStep> =>
  fc.record({ op: fc.constant('consumer' as const), name, push: fc.constant(push), options });

const streamOptions = {
  retention: oneOf('limits' as const, 'interest' as const, 'workqueue' as const),
  discard: oneOf('old' as const, 'new' as const),
  discard_new_per_subject: fc.constant(true),
  max_msgs: oneOf(2, 3, 5),
  max_bytes: oneOf(60, 150, 300),
  max_msgs_per_subject: oneOf(1, 2),
  max_msg_size: oneOf(20, 40),
};
/** The server refuses to discard the new message of a subject where it does not discard new ones, or has no limit of them. */
const sound = (options: StreamOptions): StreamOptions => {
  const { discard_new_per_subject: each, ...rest } = options;
  return each === true && rest.discard === 'new' && rest.max_msgs_per_subject !== undefined ? options : rest;
};
const consumerOptions = {
  ack_policy: oneOf('none' as const, 'all' as const, 'explicit' as const, 'explicit' as const),
  max_deliver: oneOf(2, 3),
  filter_subject: oneOf('a', 'b', '*'),
  deliver_policy: oneOf(
    'all' as const,
    'last' as const,
    'new' as const,
    'last_per_subject' as const,
    'by_start_sequence' as const,
  ),
  max_ack_pending: oneOf(1, 2, 3),
  replay_policy: oneOf('instant' as const),
};

const state: NatsStep = { op: 'state' };
const instantStep: fc.Arbitrary<NatsStep> = fc.oneof(
  { weight: 10, arbitrary: publish },
  { weight: 3, arbitrary: consumer(false, some<ConsumerOptions>(consumerOptions)) },
  { weight: 8, arbitrary: fetch([1, 2, 3]) },
  { weight: 8, arbitrary: settle([60_000]) },
  { weight: 2, arbitrary: deleting },
  { weight: 2, arbitrary: fc.constant(state) },
);
const instantScript = fc
  .tuple(
    some<StreamOptions>(streamOptions).map(sound),
    consumer(false, some<ConsumerOptions>(consumerOptions)),
    fc.array(instantStep, { minLength: 10, maxLength: 25 }),
  )
  .map(([options, first, steps]): NatsScript => [{ op: 'stream', options }, first, ...steps, state]);

const timedStreamOptions = {
  retention: streamOptions.retention,
  max_msgs: streamOptions.max_msgs,
  max_age: oneOf(SHORT_MS, LONG_MS),
  duplicate_window: fc.constant(SHORT_MS),
};
const timedConsumerOptions = {
  ack_policy: oneOf('all' as const, 'explicit' as const, 'explicit' as const),
  ack_wait: oneOf(SHORT_MS, LONG_MS),
  max_deliver: oneOf(2, 3),
  backoff: oneOf([SHORT_MS], [LONG_MS]),
  filter_subject: consumerOptions.filter_subject,
  deliver_policy: oneOf('all' as const, 'by_start_time' as const),
  replay_policy: oneOf('instant' as const),
};
const timedStep: fc.Arbitrary<NatsStep> = fc.oneof(
  { weight: 5, arbitrary: publish },
  { weight: 5, arbitrary: fetch([10]) },
  { weight: 3, arbitrary: settle([SHORT_MS, LONG_MS]) },
  { weight: 1, arbitrary: consumer(false, some<ConsumerOptions>(timedConsumerOptions)) },
);
const burst = fc.array(timedStep, { minLength: 2, maxLength: 6 });
const wait: NatsStep = { op: 'wait' };
const inBursts = (bursts: readonly NatsScript[]): NatsScript =>
  bursts.flatMap((steps, i) => (i === 0 ? steps : [wait, ...steps]));
const timedScript = fc
  .tuple(
    some<StreamOptions>(timedStreamOptions),
    consumer(false, some<ConsumerOptions>(timedConsumerOptions)),
    fc.array(burst, { minLength: 2, maxLength: 3 }),
  )
  .map(([options, first, bursts]): NatsScript => [{ op: 'stream', options }, first, ...inBursts(bursts), state]);

/** A push consumer delivers by itself: what it has delivered is looked at by `fetch`. */
const pushOptions = some<ConsumerOptions>({
  ack_policy: oneOf('none' as const, 'all' as const, 'explicit' as const),
  max_deliver: fc.constant(PUSH_BACK_OFF_MS.length + 1),
  filter_subject: consumerOptions.filter_subject,
  max_ack_pending: consumerOptions.max_ack_pending,
  replay_policy: oneOf('instant' as const, 'original' as const),
}).map(({ max_ack_pending: limit, ...options }): ConsumerOptions => {
  if (options.max_deliver !== undefined) return { ...options, backoff: PUSH_BACK_OFF_MS };
  return limit === undefined ? options : { ...options, max_ack_pending: limit };
});

const pushStep: fc.Arbitrary<NatsStep> = fc.oneof(
  { weight: 4, arbitrary: publish },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('fetch' as const), name: fc.constant('x'), batch: fc.constant(0) }),
  },
  // A delay that counts from the first wait ends between two bursts too.
  { weight: 2, arbitrary: settle([300]) },
);
const pushBurst = fc.array(pushStep, { minLength: 2, maxLength: 6 });
const pushScript = fc
  .tuple(fc.array(publish, { maxLength: 3 }), pushOptions, fc.array(pushBurst, { minLength: 1, maxLength: 3 }))
  .map(([before, options, bursts]): NatsScript => [
    { op: 'stream', options: {} },
    ...before,
    { op: 'consumer', name: 'x', push: true, options },
    ...inBursts(options.backoff === undefined ? bursts : firstsFirst(bursts)),
    { op: 'fetch', name: 'x', batch: 0 },
    state,
  ]);

/**
 * With waits of several lengths, the server looks at a message whose first wait is short only when its timer fires for an
 * older one, and the model at once. So all first deliveries are in the first burst.
 */
const firstsFirst = (bursts: readonly NatsScript[]): readonly NatsScript[] =>
  bursts.map((steps, i) => (i === 0 ? steps : steps.filter(({ op }) => op !== 'publish')));

export const natsScripts: fc.Arbitrary<NatsScript> = fc.oneof(
  { weight: 3, arbitrary: coreScripts },
  { weight: 6, arbitrary: instantScript },
  { weight: 3, arbitrary: timedScript },
  { weight: 2, arbitrary: pushScript },
);
