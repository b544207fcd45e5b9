/**
 * The scripts of the RabbitMQ twin. One begins with a few declarations and bindings, so that what follows has something to
 * act on, goes on with any operations on any names, errors included, and ends by emptying every queue. Arguments are drawn
 * so that every one of them, and many pairs, occur in a run.
 *
 * Left out: consistent-hash exchanges (the model's hash is another one), quorum queues that refuse publishes (the server learns of it late, by design) or expire within the script (it
 * looks every five seconds), and what the server closes a
 * connection for with quorum queues: a channel's own prefetch, conditions on deletes.
 */
import fc from 'fast-check';
import type { Headers } from '../../../../sim-core/index.ts';
import {
  EXCHANGES,
  LONG_MS,
  MISSING,
  QUEUES,
  SHORT_MS,
  type Actor,
  type Destination,
  type RabbitStep,
} from './steps.ts';

const actor = fc.constantFrom<Actor>(0, 1);
const queue = fc.constantFrom(...QUEUES);
const exchange = fc.constantFrom(...EXCHANGES);
const key = fc.constantFrom('a', 'b', 'a.b', 'a.b.c', '', ...QUEUES);
const bindingKey = fc.oneof(key, fc.constantFrom('a.*', '#', '*.b', 'a.#', '#.b'));
const pick = fc.nat(5);
/** True in one of `n` cases. */
const oneIn = (n: number): fc.Arbitrary<boolean> => fc.nat(n - 1).map((drawn) => drawn === n - 1);
/** There in one of `n` cases. */
const sometimes = <Value>(n: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: n - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const headerValues = fc.constantFrom('1', '2', 1, 2, true);
const headers = fc
  .record({ a: sometimes(2, headerValues), b: sometimes(3, headerValues), 'x-c': sometimes(4, headerValues) })
  .map(defined);

/** Each argument in a share of the queues; those of dead letters go together more often than chance would have it. */
const commonArguments = {
  'x-message-ttl': sometimes(5, fc.constantFrom(0, SHORT_MS, LONG_MS)),
  'x-expires': sometimes(12, fc.constantFrom(SHORT_MS, LONG_MS)),
  'x-max-length': sometimes(4, fc.nat(3)),
  'x-max-length-bytes': sometimes(8, fc.constantFrom(0, 12, 30)),
  'x-single-active-consumer': sometimes(6, fc.constant(true)),
  deadLetters: sometimes(
    2,
    fc.tuple(fc.constantFrom('', '', ...EXCHANGES, MISSING), sometimes(2, fc.constantFrom(...QUEUES, 'a.b'))),
  ),
};
const classicArguments = fc.record({
  ...commonArguments,
  'x-overflow': sometimes(2, fc.constantFrom('drop-head', 'reject-publish', 'reject-publish-dlx')),
  'x-max-priority': sometimes(5, fc.constantFrom(1, 3)),
  'x-queue-mode': sometimes(9, fc.constantFrom('lazy', 'default')),
  'x-queue-type': sometimes(6, fc.constant('classic')),
});
const quorumArguments = fc.record({
  ...commonArguments,
  'x-expires': sometimes(12, fc.constant(LONG_MS)),
  'x-overflow': sometimes(5, fc.constant('drop-head')),
  'x-delivery-limit': sometimes(2, fc.nat(2)),
  'x-queue-type': fc.constant('quorum'),
});
/** One argument that the server refuses. */
const badArguments = fc.constantFrom<Headers>(
  { 'x-message-ttl': -1 },
  { 'x-expires': 0 },
  { 'x-max-length': -1 },
  { 'x-max-length-bytes': -1 },
  { 'x-max-priority': -1 },
  { 'x-dead-letter-routing-key': 'a' },
  { 'x-queue-type': 'none' },
  { 'x-overflow': 'none' },
);

function withDeadLetters({
  deadLetters,
  ...others
}: Readonly<Record<string, unknown>> & {
  readonly deadLetters?: readonly [string, string | undefined] | undefined;
}): Headers {
  const [office, letterKey] = deadLetters ?? [];
  return defined({ ...others, 'x-dead-letter-exchange': office, 'x-dead-letter-routing-key': letterKey });
}

function declaration(kind: 'classic' | 'quorum'): fc.Arbitrary<RabbitStep> {
  const isQuorum = kind === 'quorum';
  const good = (isQuorum ? quorumArguments : classicArguments).map((drawn) => withDeadLetters(drawn));
  return fc.record({
    op: fc.constant('declare-queue' as const),
    actor,
    queue,
    durable: isQuorum ? fc.constant(true) : oneIn(2).map((drawn) => !drawn),
    exclusive: isQuorum ? fc.constant(false) : oneIn(12),
    autoDelete: isQuorum ? fc.constant(false) : oneIn(9),
    arguments: isQuorum ? good : fc.oneof({ weight: 15, arbitrary: good }, { weight: 1, arbitrary: badArguments }),
  });
}

const exchangeDeclaration: fc.Arbitrary<RabbitStep> = fc.record({
  op: fc.constant('declare-exchange' as const),
  actor,
  exchange,
  type: fc.constantFrom('direct' as const, 'fanout' as const, 'topic' as const, 'headers' as const),
  autoDelete: oneIn(6),
  alternate: sometimes(4, fc.constantFrom(...EXCHANGES, MISSING)),
});

const destination: fc.Arbitrary<Destination> = fc.oneof(
  { weight: 4, arbitrary: queue.map((name) => ({ kind: 'queue' as const, name })) },
  { weight: 1, arbitrary: exchange.map((name) => ({ kind: 'exchange' as const, name })) },
);
const bindingArguments: fc.Arbitrary<Headers> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Headers>({}) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        sometimes(2, fc.constantFrom('all', 'any', 'all-with-x', 'any-with-x')),
        fc.record({
          a: sometimes(2, fc.oneof(headerValues, fc.constant(null))),
          b: sometimes(3, headerValues),
          'x-c': sometimes(4, headerValues),
        }),
      )
      .map(([mode, values]) => defined({ ...values, 'x-match': mode })),
  },
);
const binding = <Op extends 'bind' | 'unbind'>(op: Op): fc.Arbitrary<RabbitStep> =>
  fc.record({ op: fc.constant(op), actor, to: destination, exchange, key: bindingKey, arguments: bindingArguments });

const publish: fc.Arbitrary<RabbitStep> = fc.record({
  op: fc.constant('publish' as const),
  actor,
  exchange: fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    { weight: 6, arbitrary: exchange },
    { weight: 1, arbitrary: fc.constant(MISSING) },
  ),
  key,
  bytes: fc.constantFrom(5, 15),
  mandatory: oneIn(3),
  persistent: oneIn(2),
  expiration: sometimes(5, fc.constantFrom(0, SHORT_MS, LONG_MS)),
  priority: sometimes(3, fc.nat(4)),
  headers,
  cc: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(key, { maxLength: 2 }) }),
  bcc: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(key, { maxLength: 2 }) }),
});
/** To a queue by name, so that most messages arrive. */
const publishToQueue: fc.Arbitrary<RabbitStep> = fc
  .tuple(publish, queue)
  .map(([step, name]) => ({ ...step, exchange: '', key: name }) as RabbitStep);

const operation = (isQuorum: boolean): fc.Arbitrary<RabbitStep> =>
  fc.oneof(
    { weight: 12, arbitrary: publishToQueue },
    { weight: 6, arbitrary: publish },
    { weight: 6, arbitrary: fc.record({ op: fc.constant('get' as const), actor, queue, noAck: oneIn(4) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant('consume' as const),
        actor,
        queue,
        noAck: oneIn(6),
        exclusive: oneIn(9),
        priority: fc.constantFrom(0, 0, 0, 1, 2),
      }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('cancel' as const), actor, pick }) },
    {
      weight: 3,
      arbitrary: fc.record({
        op: fc.constant('prefetch' as const),
        actor,
        count: fc.nat(3),
        global: isQuorum ? fc.constant(false) : oneIn(4),
      }),
    },
    { weight: 6, arbitrary: fc.record({ op: fc.constant('ack' as const), actor, pick, multiple: oneIn(3) }) },
    {
      weight: 7,
      arbitrary: fc.record({ op: fc.constant('nack' as const), actor, pick, multiple: oneIn(2), requeue: oneIn(2) }),
    },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('reject' as const), actor, pick, requeue: oneIn(2) }) },
    {
      weight: 2,
      arbitrary: fc.record({ op: fc.constantFrom('ack-unknown' as const, 'recover', 'close-channel'), actor }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('check-queue' as const, 'purge-queue'), actor, queue }) },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constant('delete-queue' as const),
        actor,
        queue,
        ifUnused: isQuorum ? fc.constant(false) : oneIn(2),
        ifEmpty: isQuorum ? fc.constant(false) : oneIn(2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ op: fc.constant('delete-exchange' as const), actor, exchange, ifUnused: oneIn(2) }),
    },
    { weight: 2, arbitrary: binding('unbind') },
    { weight: 1, arbitrary: declaration(isQuorum ? 'quorum' : 'classic') },
    { weight: 1, arbitrary: fc.constant<RabbitStep>({ op: 'wait' }) },
  );

const flavour = (isQuorum: boolean): fc.Arbitrary<readonly RabbitStep[]> =>
  fc
    .tuple(
      fc.array(
        isQuorum
          ? fc.oneof({ weight: 2, arbitrary: declaration('quorum') }, { weight: 1, arbitrary: declaration('classic') })
          : declaration('classic'),
        { minLength: 1, maxLength: 3 },
      ),
      fc.array(exchangeDeclaration, { maxLength: 2 }),
      fc.array(binding('bind'), { maxLength: 4 }),
      fc.array(operation(isQuorum), { minLength: 4, maxLength: 18 }),
    )
    .map((parts) => [...parts.flat(), { op: 'drain' } as const]);

export const rabbitScripts: fc.Arbitrary<readonly RabbitStep[]> = fc.oneof(
  { weight: 3, arbitrary: flavour(false) },
  { weight: 1, arbitrary: flavour(true) },
);

/** Everything that the scripts say: operations, flags, and the arguments of queues, exchanges and bindings. */
export const RABBIT_VOCABULARY: readonly string[] = [
  'declare-queue',
  'durable',
  'exclusive queue',
  'auto-delete queue',
  'x-message-ttl',
  'x-expires',
  'x-max-length',
  'x-max-length-bytes',
  'x-overflow=drop-head',
  'x-overflow=reject-publish',
  'x-overflow=reject-publish-dlx',
  'x-dead-letter-exchange=',
  'x-dead-letter-exchange=e1',
  'x-dead-letter-exchange=e2',
  'x-dead-letter-exchange=e9',
  'x-dead-letter-routing-key',
  'x-max-priority',
  'x-single-active-consumer',
  'x-queue-type=classic',
  'x-queue-type=quorum',
  'x-queue-mode=lazy',
  'x-queue-mode=default',
  'x-delivery-limit',
  'invalid argument',
  'check-queue',
  'purge-queue',
  'delete-queue',
  'delete if-unused',
  'delete if-empty',
  'declare-exchange',
  'direct',
  'fanout',
  'topic',
  'headers',
  'auto-delete exchange',
  'alternate-exchange',
  'delete-exchange',
  'bind queue',
  'bind exchange',
  'unbind queue',
  'unbind exchange',
  'x-match=all',
  'x-match=any',
  'x-match=all-with-x',
  'x-match=any-with-x',
  'publish',
  'mandatory',
  'persistent',
  'expiration',
  'priority',
  'CC',
  'BCC',
  'get',
  'get no-ack',
  'consume',
  'consume no-ack',
  'exclusive consumer',
  'x-priority',
  'cancel',
  'prefetch',
  'prefetch global',
  'ack',
  'ack multiple',
  'nack',
  'nack multiple',
  'nack requeue',
  'reject',
  'reject requeue',
  'ack-unknown',
  'recover',
  'close-channel',
  'wait',
  'drain',
];

function defined(values: Readonly<Record<string, unknown>>): Headers {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Headers;
}
