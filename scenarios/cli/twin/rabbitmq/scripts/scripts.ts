/**
 * The scripts of the RabbitMQ twin. One begins with a few declarations and bindings, so that what follows has something to
 * act on, goes on with any operations on any names, errors included, and ends by emptying every queue. Arguments are drawn
 * so that every one of them, and many pairs, occur in a run.
 *
 * Left out: what the server closes a connection for with quorum queues: a channel's own prefetch, conditions on deletes. Where there is a quorum queue, no copy of a message dies in a
 * classic queue while another is on its way to that one: which of the two comes first is left to chance.
 *
 * A channel that ends tells one queue after the other, in an order that nobody promises, to take back what it had. What one of
 * them has no room for then may be a dead letter to another before that one has taken back its own. So where a queue with a limit
 * has dead letters, no channel has messages of two queues to give back.
 *
 * In scripts that kill the node nothing expires: how long it is down is the machine's affair. And where there is a quorum queue
 * too, it hears of the death of each channel by itself, in an order that nobody promises, and hands what one had to the
 * consumers of another that it takes to be alive. So either one client alone takes messages there, or several have got some
 * and nobody consumes; then what comes back is compared without its order, and no limit takes the first of it.
 */
import fc from 'fast-check';
import type { HeaderValue } from '../../../../../sim-core/index.ts';
import { LONG_MS, SHORT_MS, type RabbitStep } from '../steps.ts';
import { binding, declaration, exchangeDeclaration } from './declarations.ts';
import { actor, defined, exchange, oneIn, pick, queue, sometimes } from './drawn.ts';
import { hashScripts } from './hash-scripts.ts';
import { chains, consuming, publish, publishToQueue, settling } from './messages.ts';

const operation = (isQuorum: boolean): fc.Arbitrary<RabbitStep> =>
  fc.oneof(
    { weight: 12, arbitrary: publishToQueue },
    { weight: 6, arbitrary: publish },
    { weight: 6, arbitrary: fc.record({ op: fc.constant('get' as const), actor, queue, noAck: oneIn(4) }) },
    { weight: 6, arbitrary: consuming() },
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
    { weight: 6, arbitrary: settling(actor) },
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

/** Kills the node in one of `n` scripts, with something before that and after it. */
const restart = (n: number): fc.Arbitrary<readonly RabbitStep[]> =>
  sometimes(n, fc.constant<RabbitStep>({ op: 'restart' })).map((step) => (step === undefined ? [] : [step]));

const operations = (isQuorum: boolean, minLength: number, maxLength: number): fc.Arbitrary<RabbitStep[]> =>
  fc
    .array(
      fc.oneof({ weight: 9, arbitrary: operation(isQuorum).map((step) => [step]) }, { weight: 1, arbitrary: chains }),
      { minLength, maxLength },
    )
    .map((parts) => parts.flat());

const several = (...steps: readonly fc.Arbitrary<RabbitStep | undefined>[]): fc.Arbitrary<RabbitStep[]> =>
  fc.tuple(...steps).map((drawn) => drawn.filter((step) => step !== undefined));

/** Where nothing expires in a script. */
const withoutEnds = (step: RabbitStep): RabbitStep => {
  if (step.op === 'publish' && step.expiration !== undefined) return { ...step, expiration: LONG_MS };
  if (step.op !== 'declare-queue') return step;
  const expires = step.arguments['x-expires'] === SHORT_MS ? { 'x-expires': LONG_MS } : {};
  const { 'x-message-ttl': ttl, ...others } = step.arguments;
  const isGood = ttl === undefined || (ttl as number) >= 0;
  return {
    ...step,
    arguments: defined({
      ...others,
      ...expires,
      'x-message-ttl': isGood && ttl !== undefined ? LONG_MS : ttl,
    }),
  };
};

/** All that takes messages is of one client. */
const byOneClient = (step: RabbitStep): RabbitStep =>
  'actor' in step && step.op !== 'publish' ? { ...step, actor: 0 } : step;

/** Both clients get messages, and nobody waits for any; after the node was killed, nothing but publishes. */
function bySeveral(script: readonly RabbitStep[]): RabbitStep[] {
  const killed = script.findIndex(({ op }) => op === 'restart');
  return script.flatMap((step, index): RabbitStep[] => {
    if (step.op === 'drain') return [{ ...step, isOrdered: false }];
    if (index > killed) return step.op === 'publish' ? [step] : [];
    if (step.op === 'consume') return [{ op: 'get', actor: step.actor, queue: step.queue, noAck: false }];
    if (step.op !== 'declare-queue' || step.arguments['x-queue-type'] !== 'quorum') return [step];
    const { 'x-max-length': _length, 'x-max-length-bytes': _bytes, ...others } = step.arguments;
    return [{ ...step, arguments: others }];
  });
}

/** Each client takes from a queue of its own, and from the third one nobody takes what could be given back. */
function apart(script: readonly RabbitStep[]): RabbitStep[] {
  return script.map((step) => {
    if (step.op !== 'get' && step.op !== 'consume') return step;
    if (step.queue === 'q3') return { ...step, noAck: true };
    return { ...step, actor: step.queue === 'q1' ? 0 : 1 };
  });
}

const dropsLetters = (step: RabbitStep): boolean =>
  step.op === 'declare-queue' &&
  step.arguments['x-dead-letter-exchange'] !== undefined &&
  (step.arguments['x-max-length'] !== undefined || step.arguments['x-max-length-bytes'] !== undefined);

/** No copy of a message dies in a classic queue at the instant at which another one gets to a quorum queue. */
const oneByOne = (step: RabbitStep): RabbitStep => {
  if (step.op === 'publish') {
    const isForMany = step.exchange !== '' || step.cc.length > 0 || step.bcc.length > 0;
    return isForMany && step.expiration !== undefined ? { ...step, expiration: LONG_MS } : step;
  }
  if (step.op !== 'declare-queue' || step.arguments['x-queue-type'] === 'quorum') return step;
  if (step.arguments['x-dead-letter-exchange'] === undefined) return step;
  const { 'x-message-ttl': _ttl, 'x-max-length': _length, 'x-max-length-bytes': _bytes, ...others } = step.arguments;
  return { ...step, arguments: others };
};

/** More than most limits let into the first queue, some of it taken, and more again. */
const filling: fc.Arbitrary<RabbitStep[]> = fc
  .tuple(
    fc.array(publishToQueue, { minLength: 4, maxLength: 7 }),
    fc.array(fc.record({ op: fc.constant('get' as const), actor, noAck: fc.constant(true) }), { maxLength: 4 }),
    fc.array(publishToQueue, { minLength: 1, maxLength: 2 }),
  )
  .map(([before, gets, after]): RabbitStep[] => [
    ...before.map((step) => ({ ...step, key: 'q1' })),
    ...gets.map((step) => ({ ...step, queue: 'q1' })),
    ...after.map((step) => ({ ...step, key: 'q1' })),
  ]);

/** Nobody uses the first queue any more, for longer than it may be unused. */
const DISUSE: readonly RabbitStep[] = [
  { op: 'close-channel', actor: 0 },
  { op: 'close-channel', actor: 1 },
  { op: 'check-queue', actor: 0, queue: 'q1' },
  { op: 'wait' },
];

const says = (step: RabbitStep, name: string, value: HeaderValue): boolean =>
  step.op === 'declare-queue' && step.arguments[name] === value;

const flavour = (isQuorum: boolean): fc.Arbitrary<readonly RabbitStep[]> =>
  fc
    .tuple(
      declaration(isQuorum ? 'quorum' : 'classic', fc.constant('q1')),
      several(
        sometimes(2, declaration('classic', fc.constant('q2'))),
        sometimes(3, declaration('classic', fc.constant('q3'))),
      ),
      several(exchangeDeclaration(fc.constant('e1')), sometimes(2, exchangeDeclaration(fc.constant('e2')))),
      fc.array(binding('bind'), { maxLength: 4 }),
      isQuorum ? filling : fc.constant([]),
      operations(isQuorum, 4, 16),
      restart(isQuorum ? 3 : 6),
      operations(isQuorum, 1, 8),
    )
    .map(([first, declared, exchanges, bindings, filled, ...others]): RabbitStep[] => [
      first,
      ...declared,
      ...exchanges,
      ...bindings,
      ...(isQuorum && says(first, 'x-overflow', 'reject-publish') ? filled : []),
      ...others.flat(),
      ...(isQuorum && says(first, 'x-expires', SHORT_MS) ? DISUSE : []),
      { op: 'drain', isOrdered: true },
    ])
    .map((script) => (isQuorum ? script.map(oneByOne) : script.some(dropsLetters) ? apart(script) : script))
    .chain((script) => {
      if (!script.some(({ op }) => op === 'restart')) return fc.constant(script);
      const unending = script.map(withoutEnds);
      if (!isQuorum) return fc.constant(unending);
      return oneIn(3).map((isAlone) => (isAlone ? unending.map(byOneClient) : bySeveral(unending)));
    });

export const rabbitScripts: fc.Arbitrary<readonly RabbitStep[]> = fc.oneof(
  { weight: 21, arbitrary: flavour(false) },
  { weight: 7, arbitrary: flavour(true) },
  { weight: 2, arbitrary: hashScripts },
);
