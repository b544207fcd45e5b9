/** SNS: whom a filter policy accepts, by the Developer Guide's own examples, and what becomes of each copy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { ms, s, toSeconds } from '../../../../sim-core/kernel/time.ts';
import { makeMessage, type Headers } from '../../../../sim-core/messaging/channels/message.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { ATTEMPTS_MAX, waitAfter } from '../../../../sim-core/systems/sns-sqs/delivery-policy.ts';
import { accepts, type FilterPolicy } from '../../../../sim-core/systems/sns-sqs/filter-policy.ts';
import {
  Sns,
  type SnsPublish,
  type SnsReply,
  type SubscriptionOptions,
} from '../../../../sim-core/systems/sns-sqs/sns.ts';
import { SmallService, WAY } from './small-service.ts';

describe('a filter policy', () => {
  it.each<[FilterPolicy, Headers, boolean]>([
    [{ interests: ['rugby', 'tennis'] }, { interests: 'rugby' }, true],
    [{ interests: ['rugby', 'tennis'] }, { interests: ['rugby', 'football'] }, true],
    [{ interests: ['rugby', 'tennis'] }, { interests: 'baseball' }, false],
    [{ interests: ['rugby', 'tennis'] }, { interests: ['baseball'] }, false],
    [{ interests: [{ 'anything-but': ['rugby', 'tennis'] }] }, { interests: 'baseball' }, true],
    [{ interests: [{ 'anything-but': ['rugby', 'tennis'] }] }, { interests: ['rugby', 'baseball'] }, true],
    [{ interests: [{ 'anything-but': ['rugby', 'tennis'] }] }, { interests: ['rugby'] }, false],
    [{ interests: [{ 'anything-but': ['rugby'] }] }, {}, false],
    [{ interests: [{ prefix: 'bas' }] }, { interests: 'baseball' }, true],
    [{ interests: [{ prefix: 'bas' }] }, { interests: 'rugby' }, false],
    [{ interests: [{ suffix: 'ball' }] }, { interests: 'baseball' }, true],
    [{ price: [{ numeric: ['>', 0, '<=', 150] }] }, { price: 150 }, true],
    [{ price: [{ numeric: ['>', 0, '<=', 150] }] }, { price: 0 }, false],
    [{ price: [{ numeric: ['=', 301.5] }] }, { price: 301.5 }, true],
    [{ price: [{ numeric: ['<', 1] }] }, { price: '0' }, false],
    [{ price: [100] }, { price: '100' }, false],
    [{ store: [{ exists: true }] }, { store: 'any' }, true],
    [{ store: [{ exists: true }] }, {}, false],
    [{ store: [{ exists: false }] }, {}, true],
    [{ interests: ['rugby'], price: [{ numeric: ['>', 100] }] }, { interests: 'rugby', price: 101 }, true],
    [{ interests: ['rugby'], price: [{ numeric: ['>', 100] }] }, { interests: 'rugby', price: 99 }, false],
    [{ interests: ['rugby'] }, { interests: 'rugby', whatever: 'else' }, true],
    [{}, {}, true],
  ])('%j and attributes %j: %s', (policy, attributes, expected) => {
    expect(accepts(policy, attributes)).toBe(expected);
  });
});

it('tries three times at once, twice a second apart, ten times from 1 s to 20 s, and 100,000 times more, over 23 days', () => {
  const waits = Array.from({ length: 17 }, (_, i) => toSeconds(waitAfter(i + 1)));
  expect(waits.slice(0, 6)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(waits.slice(14)).toEqual([20, 20, 20]);
  for (let i = 6; i < 14; i++) expect(waits[i] / waits[i - 1]).toBeCloseTo(waits[i + 1] / waits[i], 6);
  let span = 0;
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) span += toSeconds(waitAfter(attempt));
  expect(Math.floor(span / 86_400)).toBe(23);
});

/** A topic before some queues. */
class Fanout {
  readonly service: SmallService;
  readonly sns: Sns;
  private readonly link: Link<SnsPublish, SnsReply>;
  private sent = 0;

  constructor(queues: readonly string[], subscriptions: readonly SubscriptionOptions[]) {
    this.service = new SmallService(...queues.map((name) => ({ name })));
    const { sim, sqs } = this.service;
    this.sns = new Sns(sim, { name: 'sns', help: 'topics', sqs, delay: constant(WAY) });
    this.sns.createTopic('t');
    for (const each of subscriptions) this.sns.subscribe('t', each);
    this.link = new Link<SnsPublish, SnsReply>(sim, this.sns, { from: 'publisher', delay: constant(WAY) });
  }

  publish(headers: Headers = {}): void {
    const { sim } = this.service;
    const request = new RequestContext(this.sent, sim.now);
    const fifo = { group: 'g', deduplication: `${this.sent}` };
    const message = makeMessage({ request, content: this.sent++, sent: sim.now, headers });
    this.link.send({ topic: 't', message, fifo }, request);
  }

  holds(queue: string): number {
    return Number(String(this.service.sqs.state()[queue]).split(' ')[0]);
  }
}

it('delivers a copy to each queue whose policy accepts the message', () => {
  const fanout = new Fanout(
    ['all', 'large'],
    [{ queue: 'all' }, { queue: 'large', filterPolicy: { price: [{ numeric: ['>', 100] }] } }],
  );
  for (const price of [50, 150, 250]) fanout.publish({ price });
  fanout.service.elapse(s(1));
  expect([fanout.holds('all'), fanout.holds('large')]).toEqual([3, 2]);
});

it('keeps the group and the order of a FIFO topic where nothing fails', () => {
  const fanout = new Fanout(['q.fifo'], [{ queue: 'q.fifo' }]);
  for (let i = 0; i < 5; i++) fanout.publish();
  fanout.service.elapse(s(1));
  const { messages } = fanout.service.ask({ action: 'ReceiveMessage', queue: 'q.fifo', max: 10, wait: 0 });
  expect(messages.map(({ message }) => message.content)).toEqual([0, 1, 2, 3, 4]);
});

it('tries again where a queue is away, and not where there is none: that goes to the dead letters of the subscription', () => {
  const fanout = new Fanout(
    ['q', 'dead'],
    [{ queue: 'q' }, { queue: 'gone', deadLetters: 'dead' }, { queue: 'gone too' }],
  );
  fanout.service.sqs.interventions['outage'].apply([2.5]);
  fanout.publish();
  fanout.service.elapse(s(2));
  expect(fanout.sns.state()['t to gone too']).toBe('1 pending');
  fanout.service.elapse(s(3));
  expect([fanout.holds('q'), fanout.holds('dead')]).toEqual([1, 1]);
  expect(Object.values(fanout.sns.state())).toEqual(['0 pending', '0 pending', '0 pending']);
});

it('has one fate for each copy, whenever the queues are away', () => {
  const times = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 10 });
  const outage = fc.record({ at: fc.nat(3_000), tenths: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(times, fc.array(outage, { maxLength: 4 }), (published, outages) => {
      const fanout = new Fanout(
        ['q', 'odd'],
        [{ queue: 'q' }, { queue: 'odd', filterPolicy: { odd: [true] } }, { queue: 'gone' }],
      );
      const { service, sns } = fanout;
      published.forEach((at, i) =>
        service.sim.scheduleAt(ms(at), () => fanout.publish({ odd: i % 2 === 1 }), undefined, 0),
      );
      for (const { at, tenths } of outages) {
        const fail = (): void => service.sqs.interventions['outage'].apply([tenths / 10]);
        service.sim.scheduleAt(ms(at), fail, undefined, 0);
      }
      for (let i = 0; i < 80; i++) {
        service.elapse(s(0.5));
        expect(sns.violations()).toEqual([]);
      }
      const odd = Array.from({ length: published.length }, (_, i) => i).filter((i) => i % 2 === 1).length;
      // All outages are over after 6 s, and it tries every 20 s at least.
      expect([fanout.holds('q'), fanout.holds('odd')]).toEqual([published.length, odd]);
      expect(Object.values(sns.state())).toEqual(['0 pending', '0 pending', '0 pending']);
    }),
    { numRuns: 30 },
  );
});
