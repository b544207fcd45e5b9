/** Steps about messages, and what goes together: most of them would else have nothing to act on. */
import fc from 'fast-check';
import { LONG_MS, MISSING, SHORT_MS, type Actor, type RabbitStep } from '../steps.ts';
import { actor, exchange, headers, key, oneIn, pick, queue, sometimes } from './drawn.ts';

export const publish = fc.record({
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
export const publishToQueue = fc.tuple(publish, queue).map(([step, name]) => ({ ...step, exchange: '', key: name }));

export const settling = (who: fc.Arbitrary<Actor>): fc.Arbitrary<RabbitStep> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: fc.constant('ack' as const), actor: who, pick, multiple: oneIn(2) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constant('nack' as const),
        actor: who,
        pick,
        multiple: oneIn(2),
        requeue: oneIn(2),
      }),
    },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('reject' as const), actor: who, pick, requeue: oneIn(2) }) },
  );
export const consuming = (name: fc.Arbitrary<string> = queue): fc.Arbitrary<RabbitStep> =>
  fc.record({
    op: fc.constant('consume' as const),
    actor,
    queue: name,
    noAck: oneIn(6),
    exclusive: oneIn(9),
    priority: fc.constantFrom(0, 0, 0, 1, 2),
  });

/** Messages on their way to somebody who settles them, or something else. */
const lives: fc.Arbitrary<RabbitStep[]> = fc
  .tuple(fc.array(publishToQueue, { minLength: 1, maxLength: 3 }), actor)
  .chain(([sent, who]) =>
    fc
      .tuple(oneIn(6), fc.array(settling(fc.constant(who)), { minLength: 1, maxLength: 2 }))
      .map(([noAck, settled]) => [
        ...sent,
        ...sent.map(({ key: name }) => ({ op: 'get' as const, actor: who, queue: name, noAck })),
        ...settled,
      ]),
  );
/** Several consumers of one queue, and some messages for them. */
const herd: fc.Arbitrary<RabbitStep[]> = queue.chain((name) =>
  fc
    .tuple(
      fc.array(consuming(fc.constant(name)), { minLength: 2, maxLength: 3 }),
      fc.array(publish, { minLength: 2, maxLength: 4 }),
    )
    .map(([consumers, sent]) => [...consumers, ...sent.map((step) => ({ ...step, exchange: '', key: name }))]),
);
/** A binding by a pattern, and a message that it may catch. */
const route: fc.Arbitrary<RabbitStep[]> = fc
  .tuple(
    actor,
    queue,
    exchange,
    fc.constantFrom('a.*', '#', '*.b', 'a.#', '#.b', 'a'),
    publish,
    fc.constantFrom('a', 'a.b'),
  )
  .map(([who, name, from, pattern, sent, word]) => [
    { op: 'bind', actor: who, to: { kind: 'queue', name }, exchange: from, key: pattern, arguments: {} },
    { ...sent, exchange: from, key: word },
  ]);

export const chains: fc.Arbitrary<RabbitStep[]> = fc.oneof(lives, lives, herd, route);
