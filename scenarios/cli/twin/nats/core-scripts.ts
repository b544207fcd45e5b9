/** Scripts of core NATS: subscriptions, queue groups and requests, over few subjects that overlap. */
import fc from 'fast-check';
import type { NatsStep } from './steps.ts';

const oneOf = fc.constantFrom;
const coreSubject = oneOf('foo', 'bar', 'foo.bar', 'foo.baz', 'foo.bar.baz', 'a.b');
const corePattern = fc.oneof(coreSubject, oneOf('foo.>', '*', '>', 'foo.*', '*.bar', 'foo.*.baz', '*.*', '*.>'));
const coreStep: fc.Arbitrary<NatsStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('subscribe' as const),
      connection: oneOf(0 as const, 1 as const),
      pattern: corePattern,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('subscribe' as const),
      connection: oneOf(0 as const, 1 as const),
      pattern: corePattern,
      queue: oneOf('g', 'h'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('unsubscribe' as const), nth: fc.nat(9) }) },
  { weight: 7, arbitrary: fc.record({ op: fc.constant('publish core' as const), subject: coreSubject }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('request' as const), subject: coreSubject }) },
);
export const coreScripts = fc.array(coreStep, { minLength: 6, maxLength: 20 });
