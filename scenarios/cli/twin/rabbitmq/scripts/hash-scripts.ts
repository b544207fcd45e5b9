/**
 * Scripts of consistent-hash exchanges. The model's hash is another one than the server's, so that a key may go elsewhere: their
 * messages come in `spread` steps only, which tell what has to be the same whatever the hash is, and leave nothing behind.
 */
import fc from 'fast-check';
import { QUEUES, type RabbitStep } from '../steps.ts';
import { actor, queue, sometimes } from './drawn.ts';

const EXCHANGE = 'e1';
const SPREAD: fc.Arbitrary<RabbitStep> = fc.record({
  op: fc.constant('spread' as const),
  actor,
  exchange: fc.constant(EXCHANGE),
});

/** Weights that shares of some hundred keys tell apart; and, now and then, what is none. */
const weight = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('1', '9') },
  { weight: 1, arbitrary: fc.constantFrom('0', 'a', '') },
);
const change = <Op extends 'bind' | 'unbind'>(op: Op): fc.Arbitrary<RabbitStep> =>
  fc.record({
    op: fc.constant(op),
    actor,
    to: queue.map((name) => ({ kind: 'queue' as const, name })),
    exchange: fc.constant(EXCHANGE),
    key: weight,
    arguments: fc.constant({}),
  });
const deletion: fc.Arbitrary<RabbitStep> = fc.record({
  op: fc.constant('delete-queue' as const),
  actor,
  queue,
  ifUnused: fc.constant(false),
  ifEmpty: fc.constant(false),
});
const changes = fc.oneof(
  { weight: 6, arbitrary: change('bind') },
  { weight: 3, arbitrary: change('unbind') },
  { weight: 1, arbitrary: deletion },
);

const declarations = (alternate: string | undefined): RabbitStep[] => [
  {
    op: 'declare-exchange',
    actor: 0,
    exchange: EXCHANGE,
    type: 'x-consistent-hash',
    durable: true,
    autoDelete: false,
    alternate,
  },
  ...QUEUES.map((name): RabbitStep => {
    const plain = { durable: true, exclusive: false, autoDelete: false, arguments: {} };
    return { op: 'declare-queue', actor: 0, queue: name, ...plain };
  }),
];

export const hashScripts: fc.Arbitrary<readonly RabbitStep[]> = fc
  .tuple(
    sometimes(4, fc.constant('e9')),
    fc.array(change('bind'), { minLength: 1, maxLength: 3 }),
    SPREAD,
    fc.array(fc.tuple(changes, SPREAD), { minLength: 1, maxLength: 4 }),
  )
  .map(([alternate, bindings, spread, more]) => [...declarations(alternate), ...bindings, spread, ...more.flat()]);
