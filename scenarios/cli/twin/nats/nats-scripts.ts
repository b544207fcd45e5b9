/**
 * Scripts for NATS, drawn by fast-check: of core subscriptions and requests, and of one JetStream stream with its consumers.
 *
 * Time: what a script does it does in bursts, which begin every `BURST_MS`; only `wait` lets time pass, until the next one.
 * Whatever is told to take time takes so long that it ends between two bursts, whether a burst is quick or slow.
 *
 * Left out: messages that go while a consumer has still to deliver the last one of each subject, and a limit of what may be
 * pending for it. The server's list of them is not told what is gone, nor keeps what it could not deliver (`getNextMsg` in
 * `server/consumer.go`): it delivers the message after it, be it for the second time, and skips the other. And a limit of bytes in
 * files, where a message's frame is not the one that the model counts, which is that of memory.
 */
import fc from 'fast-check';
import { coreScripts } from './core-scripts.ts';
import type { ConsumerOptions, NatsScript, NatsStep, Settlement, StreamOptions } from './steps.ts';

/** Ends before the next burst, and between the next one and the one after it. */
const SHORT_MS = 600;
const LONG_MS = 1_800;
/** Does not end within a run. */
const LONGEST_MS = 600_000;
/** Redeliveries that come by themselves: 500 and 2,200 ms after a burst's delivery, or 1,700 ms after a nak, there is no burst. */
const PUSH_BACK_OFF_MS = [500, 1_700];

const oneOf = fc.constantFrom;
const perhaps = <Value>(value: fc.Arbitrary<Value>, outOf = 3): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: outOf - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
/** Options, each of which is there in one of three cases, or of two: all of them together would keep everything from happening. */
const some = <Options>(options: Drawn, inTwo: Drawn = {}): fc.Arbitrary<Options> =>
  fc
    .record({
      ...Object.fromEntries(Object.entries(options).map(([option, value]) => [option, perhaps(value)])),
      ...Object.fromEntries(Object.entries(inTwo).map(([option, value]) => [option, perhaps(value, 2)])),
    })
    .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)) as Options);
type Drawn = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const subject = oneOf('a', 'a', 'b', 'c');
const name = oneOf('x', 'x', 'y');
const publish: fc.Arbitrary<NatsStep> = fc
  .record({ subject, bytes: oneOf(10, 20, 50), id: perhaps(oneOf('i', 'j')) })
  .map(({ id, ...sent }) => ({ op: 'publish', ...sent, ...(id === undefined ? {} : { id }) }));
const settle = (delays: readonly number[]): fc.Arbitrary<Extract<NatsStep, { op: 'settle' }>> =>
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
    weight: 6,
    arbitrary: fc.record({ op: fc.constant('delete message' as const), sequence: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('delete consumer' as const), name }) },
  { weight: 3, arbitrary: fc.constant<NatsStep>({ op: 'purge' }) },
);
const fetch = (batches: readonly number[]): fc.Arbitrary<Extract<NatsStep, { op: 'fetch' }>> =>
  fc.record({ op: fc.constant('fetch' as const), name, batch: oneOf(...batches) });
const consumer = (push: boolean, options: fc.Arbitrary<ConsumerOptions>): fc.Arbitrary<NatsStep> =>
  fc.record({ op: fc.constant('consumer' as const), name, push: fc.constant(push), options });

const NEW_OF_EACH_SUBJECT = 'new of each subject';
const streamOptions = {
  retention: oneOf('limits' as const, 'interest' as const, 'workqueue' as const),
  discard: oneOf('old' as const, 'new' as const, NEW_OF_EACH_SUBJECT),
  max_msgs: oneOf(2, 3, 5),
  max_bytes: oneOf(60, 150, 300),
  max_msgs_per_subject: oneOf(1, 2),
  max_msg_size: oneOf(20, 40),
};
const storage = oneOf<StreamOptions['storage']>('memory', 'memory', 'memory', 'file');
const inStorage = (options: fc.Arbitrary<Omit<StreamOptions, 'storage'>>): fc.Arbitrary<StreamOptions> =>
  fc
    .tuple(storage, options)
    .map(([kept, { max_bytes, ...rest }]) =>
      kept === 'file' || max_bytes === undefined ? { storage: kept, ...rest } : { storage: kept, max_bytes, ...rest },
    );
const drawnStream = some<DrawnStream>(streamOptions).map(({ discard, ...rest }) => {
  if (discard === undefined) return rest;
  if (discard !== NEW_OF_EACH_SUBJECT) return { ...rest, discard };
  // The server refuses it where new messages are not discarded, or a subject has no limit of its own.
  return {
    ...rest,
    discard: 'new' as const,
    discard_new_per_subject: true,
    max_msgs_per_subject: rest.max_msgs_per_subject ?? 1,
  };
});
const streams = inStorage(drawnStream);
type DrawnStream = Omit<StreamOptions, 'discard' | 'storage'> & {
  readonly discard?: StreamOptions['discard'] | typeof NEW_OF_EACH_SUBJECT;
};
const filter = oneOf('a', 'b', '*');
/** A consumer of the last of each subject needs a filter: without one it is refused, which is to happen now and then only. */
const filtered = (options: ConsumerOptions, n: number): ConsumerOptions =>
  n > 0 && options.deliver_policy === 'last_per_subject' ? { filter_subject: '*', ...options } : options;
const drawnOptions = some<ConsumerOptions>(
  {
    ack_policy: oneOf('none' as const, 'all' as const, 'explicit' as const, 'explicit' as const),
    max_deliver: oneOf(2, 3),
    max_ack_pending: oneOf(1, 2, 3),
    replay_policy: oneOf('instant' as const),
  },
  {
    filter_subject: filter,
    deliver_policy: oneOf(
      'all' as const,
      'last' as const,
      'last' as const,
      'new' as const,
      'new' as const,
      'last_per_subject' as const,
      'last_per_subject' as const,
      'by_start_sequence' as const,
      'by_start_sequence' as const,
    ),
  },
);

const consumerOptions = fc.tuple(drawnOptions, fc.nat(3)).map(([options, n]) => filtered(options, n));

const state: NatsStep = { op: 'state' };
const instantStep: fc.Arbitrary<NatsStep> = fc.oneof(
  { weight: 10, arbitrary: publish },
  { weight: 3, arbitrary: consumer(false, consumerOptions) },
  { weight: 8, arbitrary: fetch([1, 2, 3]) },
  { weight: 8, arbitrary: settle([60_000]) },
  { weight: 2, arbitrary: deleting },
  { weight: 2, arbitrary: fc.constant(state) },
);
/** A message that is delivered, settled in some way and asked for again. */
const life: fc.Arbitrary<NatsScript> = fc
  .tuple(publish, name, settle([60_000]), fetch([1, 2, 3]))
  .map(([sent, whose, settled, asked]) => [sent, { ...asked, name: whose }, { ...settled, name: whose }, asked]);
const instantScript = fc
  .tuple(
    streams,
    consumer(false, consumerOptions),
    fc.array(fc.oneof({ weight: 6, arbitrary: instantStep.map((step) => [step]) }, { weight: 1, arbitrary: life }), {
      minLength: 10,
      maxLength: 22,
    }),
  )
  .map(([options, first, parts]): NatsScript => [{ op: 'stream', options }, first, ...parts.flat(), state])
  .map((script) => (script.some(deliversLastOfEach) ? script.flatMap(keeping) : script));

const deliversLastOfEach = (step: NatsStep): boolean =>
  step.op === 'consumer' && step.options.deliver_policy === 'last_per_subject';
/** The step, as it is where no message goes before it is acknowledged. */
function keeping(step: NatsStep): NatsStep[] {
  if (step.op === 'delete message' || step.op === 'purge') return [];
  if (step.op === 'stream') {
    const { storage: kept, retention, max_msg_size } = step.options;
    return [
      { ...step, options: { storage: kept, ...(retention && { retention }), ...(max_msg_size && { max_msg_size }) } },
    ];
  }
  if (step.op !== 'consumer' || !deliversLastOfEach(step)) return [step];
  const { max_ack_pending: _, ...options } = step.options;
  return [{ ...step, options }];
}

const timedStreamOptions = {
  retention: streamOptions.retention,
  max_msgs: streamOptions.max_msgs,
  max_age: oneOf(SHORT_MS, LONG_MS),
  duplicate_window: fc.constant(SHORT_MS),
};
const timedConsumerOptions = some<ConsumerOptions>(
  {
    ack_policy: oneOf('all' as const, 'explicit' as const, 'explicit' as const),
    filter_subject: filter,
    replay_policy: oneOf('instant' as const),
  },
  {
    ack_wait: oneOf(SHORT_MS, LONG_MS),
    max_deliver: oneOf(2, 3),
    backoff: oneOf([SHORT_MS], [LONG_MS]),
    deliver_policy: oneOf('all' as const, 'by_start_time' as const, 'by_start_time' as const),
  },
);
const timedStep: fc.Arbitrary<NatsStep> = fc.oneof(
  { weight: 5, arbitrary: publish },
  { weight: 5, arbitrary: fetch([10]) },
  { weight: 3, arbitrary: settle([SHORT_MS, LONG_MS]) },
  { weight: 1, arbitrary: consumer(false, timedConsumerOptions) },
);
const burst = fc.array(timedStep, { minLength: 2, maxLength: 6 });
const wait: NatsStep = { op: 'wait' };
const inBursts = (bursts: readonly NatsScript[]): NatsScript =>
  bursts.flatMap((steps, i) => (i === 0 ? steps : [wait, ...steps]));
const timedScript = fc
  .tuple(
    inStorage(some<Omit<StreamOptions, 'storage'>>(timedStreamOptions)),
    consumer(false, timedConsumerOptions),
    fc.array(burst, { minLength: 2, maxLength: 3 }),
  )
  .map(([options, first, bursts]): NatsScript => [{ op: 'stream', options }, first, ...inBursts(bursts), state]);

/** A push consumer delivers by itself: what it has delivered is looked at by `fetch`. */
const pushOptions = some<ConsumerOptions>(
  {
    ack_policy: oneOf('none' as const, 'all' as const, 'explicit' as const),
    filter_subject: filter,
    max_ack_pending: oneOf(1, 2, 3),
  },
  {
    max_deliver: fc.constant(PUSH_BACK_OFF_MS.length + 1),
    replay_policy: fc.constant('original' as const),
  },
).map(({ max_ack_pending: limit, ...options }): ConsumerOptions => {
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
/** So few that what is given back for a while is not due before the burst is over. */
const pushBurst = fc.array(pushStep, { minLength: 2, maxLength: 4 });
const pushScript = fc
  .tuple(storage, fc.array(publish, { maxLength: 3 }), pushOptions, fc.array(pushBurst, { minLength: 1, maxLength: 3 }))
  .map(([kept, before, options, bursts]): NatsScript => [
    { op: 'stream', options: { storage: kept } },
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

/**
 * A push consumer that delivers to the members of a group. Nothing comes again by itself, so that no time passes but that which
 * messages take: which member has one is not told, and what is not acknowledged stays with the consumer when a member goes.
 */
const group: NatsStep = { op: 'join', name: 'x' };
const groupOptions = some<ConsumerOptions>({
  ack_policy: oneOf('none' as const, 'all' as const, 'explicit' as const, 'explicit' as const),
  filter_subject: filter,
  max_ack_pending: oneOf(1, 2, 3),
}).map((options): ConsumerOptions => {
  const { max_ack_pending: _, ...others } = options;
  return { ...(options.ack_policy === 'none' ? others : options), deliver_group: 'g' };
});
const groupStep: fc.Arbitrary<NatsStep> = fc.oneof(
  { weight: 6, arbitrary: publish },
  { weight: 4, arbitrary: fc.constant<NatsStep>({ op: 'fetch', name: 'x', batch: 0 }) },
  { weight: 3, arbitrary: settle([LONGEST_MS]).map((step) => ({ ...step, name: 'x' })) },
  { weight: 2, arbitrary: fc.constantFrom<NatsStep>(group, { op: 'leave', name: 'x' }, { op: 'leave', name: 'x' }) },
);
const groupScript = fc
  .tuple(
    storage,
    groupOptions,
    fc.array(publish, { maxLength: 3 }),
    fc.array(groupStep, { minLength: 6, maxLength: 16 }),
  )
  .map(([kept, options, before, steps]): NatsScript => [
    { op: 'stream', options: { storage: kept } },
    ...before,
    { op: 'consumer', name: 'x', push: true, options },
    group,
    group,
    ...steps,
    { op: 'fetch', name: 'x', batch: 0 },
    state,
  ]);

/**
 * The server is killed: nothing takes time, but that consumers' states are written before. Consumers are asked, since what a
 * server pushes when it is up again comes before or after the client is.
 *
 * Left out, since 2.9 does not keep it: what goes otherwise than by a limit of all messages, which it recovers (having made room
 * for that by the limit, it may lack an acknowledged message that was within it), streams that never had a message, how far a
 * consumer with a filter has looked past the messages of others, or one that begins elsewhere than at the first message and has
 * acknowledged nothing, and acknowledgements of a delivery that was not the last of its message: so nothing is given back before.
 */
const killedOptions = some<ConsumerOptions>({
  ack_policy: oneOf('none' as const, 'all' as const, 'explicit' as const, 'explicit' as const),
  max_deliver: oneOf(2, 3),
}).map((options): ConsumerOptions => ({ ...options, ack_wait: LONGEST_MS }));
const killedStep: fc.Arbitrary<NatsStep> = fc.oneof(
  { weight: 6, arbitrary: publish },
  { weight: 5, arbitrary: fetch([1, 2, 3]) },
  { weight: 4, arbitrary: settle([LONGEST_MS]) },
  { weight: 1, arbitrary: fc.constant(state) },
);
const killedStream = some<Omit<StreamOptions, 'storage'>>({}, { max_msgs: streamOptions.max_msgs });
const untilKilled = fc.array(killedStep, { minLength: 3, maxLength: 9 });
const killedScript = fc
  .tuple(killedStream, consumer(false, killedOptions), publish, untilKilled, untilKilled)
  .map(([options, first, sent, before, after]): NatsScript => [
    { op: 'stream', options: { storage: 'file', ...options } },
    first,
    sent,
    ...before.filter((step) => step.op !== 'settle' || step.how !== 'nak'),
    state,
    { op: 'restart' },
    state,
    ...after,
    state,
  ]);

export const natsScripts: fc.Arbitrary<NatsScript> = fc.oneof(
  { weight: 3, arbitrary: coreScripts },
  { weight: 10, arbitrary: instantScript },
  { weight: 4, arbitrary: timedScript },
  { weight: 3, arbitrary: pushScript },
  { weight: 2, arbitrary: groupScript },
  { weight: 2, arbitrary: killedScript },
);
