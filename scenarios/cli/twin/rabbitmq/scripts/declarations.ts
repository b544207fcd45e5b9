/** Declarations of queues, exchanges and bindings. */
import fc from 'fast-check';
import type { Headers } from '../../../../../sim-core/index.ts';
import { EXCHANGES, LONG_MS, MISSING, QUEUES, SHORT_MS, type Destination, type RabbitStep } from '../steps.ts';
import { actor, bindingKey, defined, exchange, headerValues, oneIn, queue, sometimes } from './drawn.ts';

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
  'x-expires': sometimes(4, fc.constantFrom(SHORT_MS, SHORT_MS, LONG_MS)),
  'x-max-length': sometimes(2, fc.nat(4)),
  'x-max-length-bytes': sometimes(4, fc.constantFrom(0, 12, 30)),
  'x-single-active-consumer': sometimes(5, fc.constant(true)),
  'x-overflow': fc.constantFrom(undefined, 'drop-head', 'reject-publish', 'reject-publish-dlx'),
  'x-delivery-limit': sometimes(2, fc.integer({ min: -1, max: 2 })),
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

/** One argument that a quorum queue is refused for. */
const badForQuorum = fc
  .constantFrom<Headers>(
    { 'x-max-priority': 3 },
    { 'x-queue-mode': 'lazy' },
    { 'x-overflow': 'none' },
    { 'x-expires': 0 },
  )
  .map((bad): Headers => ({ ...bad, 'x-queue-type': 'quorum' }));

function withDeadLetters({
  deadLetters,
  ...others
}: Readonly<Record<string, unknown>> & {
  readonly deadLetters?: readonly [string, string | undefined] | undefined;
}): Headers {
  const [office, letterKey] = deadLetters ?? [];
  return defined({ ...others, 'x-dead-letter-exchange': office, 'x-dead-letter-routing-key': letterKey });
}

export function declaration(kind: 'classic' | 'quorum', name = queue): fc.Arbitrary<RabbitStep> {
  const isQuorum = kind === 'quorum';
  const good = (isQuorum ? quorumArguments : classicArguments).map((drawn) => withDeadLetters(drawn));
  return fc.record({
    op: fc.constant('declare-queue' as const),
    actor,
    queue: name,
    durable: isQuorum ? fc.constant(true) : oneIn(2).map((drawn) => !drawn),
    exclusive: isQuorum ? fc.constant(false) : oneIn(12),
    autoDelete: isQuorum ? fc.constant(false) : oneIn(9),
    arguments: fc.oneof(
      { weight: isQuorum ? 30 : 15, arbitrary: good },
      { weight: 1, arbitrary: isQuorum ? badForQuorum : badArguments },
    ),
  });
}

export const exchangeDeclaration = (name: fc.Arbitrary<string>): fc.Arbitrary<RabbitStep> =>
  fc.record({
    op: fc.constant('declare-exchange' as const),
    actor,
    exchange: name,
    type: fc.constantFrom('direct' as const, 'fanout' as const, 'topic' as const, 'headers' as const),
    durable: oneIn(5).map((drawn) => !drawn),
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
export const binding = <Op extends 'bind' | 'unbind'>(op: Op): fc.Arbitrary<RabbitStep> =>
  fc.record({ op: fc.constant(op), actor, to: destination, exchange, key: bindingKey, arguments: bindingArguments });
