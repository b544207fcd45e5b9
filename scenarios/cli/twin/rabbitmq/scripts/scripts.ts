/**
 * The scripts of the RabbitMQ twin. One begins with a few declarations and bindings, so that what follows has something to
 * act on, goes on with any operations on any names, errors included, and ends by emptying every queue. Arguments are drawn
 * so that every one of them, and many pairs, occur in a run.
 *
 * Left out: consistent-hash exchanges (the model's hash is another one), quorum queues that refuse publishes (the server
 * learns of it late, by design) or go themselves for want of use (it looks every five seconds), and what the server closes a
 * connection for with quorum queues: a channel's own prefetch, conditions on deletes. Where there is a quorum queue, no copy
 * of a message dies in a classic queue while another is on its way to that one: which of the two comes first is left to chance.
 *
 * In scripts that kill the node nothing expires: how long it is down is the machine's affair. And where there is a quorum queue
 * too, one client alone takes messages: the queue hears of the death of each channel by itself, in an order that nobody
 * promises, and hands what one had to the consumers of another that it takes to be alive.
 */
import fc from 'fast-check';
import { LONG_MS, SHORT_MS, type RabbitStep } from '../steps.ts';
import { binding, declaration, exchangeDeclaration } from './declarations.ts';
import { actor, defined, exchange, oneIn, pick, queue, sometimes } from './drawn.ts';
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

/** Kills the node in one of six scripts, with something before that and after it. */
const restart: fc.Arbitrary<readonly RabbitStep[]> = sometimes(6, fc.constant<RabbitStep>({ op: 'restart' })).map(
  (step) => (step === undefined ? [] : [step]),
);

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
      operations(isQuorum, 4, 16),
      restart,
      operations(isQuorum, 1, 8),
    )
    .map((parts) => [...parts.flat(), { op: 'drain' } as const])
    .map((script) => (isQuorum ? script.map(oneByOne) : script))
    .map((script) => {
      if (!script.some(({ op }) => op === 'restart')) return script;
      const unending = script.map(withoutEnds);
      return isQuorum ? unending.map(byOneClient) : unending;
    });

export const rabbitScripts: fc.Arbitrary<readonly RabbitStep[]> = fc.oneof(
  { weight: 3, arbitrary: flavour(false) },
  { weight: 1, arbitrary: flavour(true) },
);
