/**
 * SQS and SNS beside the rules that were collected of the vendors' documentation: each row of the table is either tried on the
 * model, with the row's own numbers, or is about something that is not modelled, and says what.
 */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { days, hours, minutes, ms, s, toSeconds } from '../../../../sim-core/kernel/time.ts';
import { IN_FLIGHT_MAX, RECEIVE_MAX } from '../../../../sim-core/messaging/channels/visibility-queue.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { ATTEMPTS_MAX, waitAfter } from '../../../../sim-core/systems/sns-sqs/delivery-policy.ts';
import { Sns, type SnsPublish, type SnsReply } from '../../../../sim-core/systems/sns-sqs/sns.ts';
import { readQueueOptions } from '../../../../sim-core/systems/sns-sqs/sqs-queue.ts';
import { sharedVectors } from '../../../shared-vectors.ts';
import { SmallService, WAY } from './small-service.ts';

interface Row {
  readonly fact: string;
  readonly rule: string;
}
type Service = 'sqs' | 'sns' | 'google_pubsub';
type Table = Readonly<Record<Service, readonly Row[]>>;

/** The numbers of a rule that a pattern finds, in its order; thousands are parted by commas. */
function numbers(rule: string, pattern: RegExp): number[] {
  const [, ...found] = pattern.exec(rule) ?? expect.fail(`the rule is another one now: ${rule}`);
  return found.map((each) => Number(each.replaceAll(',', '')));
}

const receive = (service: SmallService, { queue = 'q', max = 1, wait = 0 } = {}) =>
  service.ask({ action: 'ReceiveMessage', queue, max, wait: s(wait) });
const ids = (...asked: Parameters<typeof receive>): number[] =>
  receive(...asked).messages.map(({ message }) => message.request.id);

/** A FIFO queue that has got one message of each of these groups, in this order. */
function fifoWith(groups: readonly string[], redrive?: { queue: string; maxReceiveCount: number }): SmallService {
  const service = new SmallService(...(redrive === undefined ? [] : [{ name: redrive.queue }]), {
    name: 'q.fifo',
    visibility: s(5),
    ...(redrive === undefined ? {} : { redrive }),
  });
  groups.forEach((group, id) => {
    service.send(id, { group, deduplication: String(id) }, 'q.fifo');
    service.elapse(s(1));
  });
  return service;
}

/** What the model is held to, by service and fact. */
const MODELLED: Partial<Record<Service, Record<string, (rule: string) => void>>> = {
  sqs: {
    'visibility timeout'(rule) {
      const [usual, least, most] = numbers(
        rule,
        /default (\d+) s, min (\d+), max (\d+) h; ChangeMessageVisibility restarts/,
      );
      expect(readQueueOptions({ name: 'q' }).visibility).toBe(s(usual));
      for (const visibility of [s(least), hours(most)]) readQueueOptions({ name: 'q', visibility });
      expect(() => readQueueOptions({ name: 'q', visibility: hours(most) + s(1) })).toThrow('visibility');
      const service = new SmallService({ name: 'q', visibility: s(4) });
      service.send(0);
      service.elapse(s(1));
      const [{ receipt }] = receive(service).messages;
      service.elapse(s(3));
      service.ask({ action: 'ChangeMessageVisibility', queue: 'q', receipt, visibility: s(4) });
      service.elapse(s(3.5));
      expect(ids(service)).toEqual([]);
      service.elapse(s(1));
      expect(ids(service)).toEqual([0]);
    },
    delivery(rule) {
      const [short, long] = numbers(rule, /short polling \(default wait (\d+)\).*long polling max (\d+) s/);
      const service = new SmallService({ name: 'q' });
      expect(ids(service, { wait: short })).toEqual([]);
      expect(service.sim.now).toBeLessThan(s(1));
      expect(ids(service, { wait: long })).toEqual([]);
      expect(service.sim.now).toBeGreaterThanOrEqual(s(long));
      expect(() => receive(service, { wait: long + 1 })).toThrow('WaitTimeSeconds');
    },
    retention(rule) {
      const [least, most, usual, soonest, latest] = numbers(
        rule,
        /(\d+) s \.\. (\d+) d, default (\d+) d; delay (\d+)\.\.(\d+) s/,
      );
      expect(readQueueOptions({ name: 'q' }).retention).toBe(days(usual));
      for (const retention of [s(least), days(most)]) readQueueOptions({ name: 'q', retention });
      for (const retention of [s(least - 1), days(most) + s(1)])
        expect(() => readQueueOptions({ name: 'q', retention })).toThrow('retention');
      for (const delay of [s(soonest), s(latest)]) readQueueOptions({ name: 'q', delay });
      expect(() => readQueueOptions({ name: 'q', delay: s(latest + 1) })).toThrow('delay');
    },
    'DLQ redrive'(rule) {
      expect(rule).toContain('the (maxReceiveCount+1)-th receive does not deliver it');
      expect(rule).toContain('a receive without delete counts');
      const service = new SmallService(
        { name: 'dlq' },
        { name: 'q', visibility: 0, redrive: { queue: 'dlq', maxReceiveCount: 3 } },
      );
      service.send(0);
      service.elapse(s(1));
      expect([1, 2, 3, 4].map(() => ids(service).length)).toEqual([1, 1, 1, 0]);
      expect(ids(service, { queue: 'dlq' })).toEqual([0]);
    },
    'DLQ retention'(rule) {
      const [before, kept, left] = numbers(
        rule,
        /\((\d+) day in source \+ (\d+) d DLQ retention => deleted after (\d+) days/,
      );
      expect(rule).toContain('FIFO: timestamp resets on move');
      const held = (suffix: string, elapsed: number): number => {
        const [q, dlq] = [`q${suffix}`, `dlq${suffix}`];
        const service = new SmallService(
          { name: dlq, retention: days(kept) },
          { name: q, visibility: 0, redrive: { queue: dlq, maxReceiveCount: 1 } },
        );
        service.send(0, { group: 'g', deduplication: '0' }, q);
        service.elapse(days(before));
        receive(service, { queue: q });
        receive(service, { queue: q });
        service.elapse(days(elapsed));
        return ids(service, { queue: dlq }).length;
      };
      expect([held('', left - 0.01), held('', left + 0.01)]).toEqual([1, 0]);
      expect([held('.fifo', kept - 0.01), held('.fifo', kept + 0.01)]).toEqual([1, 0]);
    },
    'FIFO dedup'(rule) {
      const [window] = numbers(rule, /within (\d+) min => accepted but not delivered; still tracked after/);
      const service = new SmallService({ name: 'q.fifo' });
      const sendAgain = (): number[] => {
        service.send(0, { group: 'g', deduplication: 'd' }, 'q.fifo');
        service.elapse(s(1));
        const { messages } = receive(service, { queue: 'q.fifo' });
        for (const { receipt } of messages) service.ask({ action: 'DeleteMessage', queue: 'q.fifo', receipt });
        return messages.map(({ message }) => message.request.id);
      };
      expect(sendAgain()).toEqual([0]);
      service.elapse(minutes(window) - s(5));
      expect(sendAgain()).toEqual([]);
      service.elapse(s(5));
      expect(sendAgain()).toEqual([0]);
    },
    'FIFO groups'(rule) {
      const [most] = numbers(rule, /LATER receives; one receive may return up to (\d+) of one group/);
      expect(RECEIVE_MAX).toBe(most);
      const queue = 'q.fifo';
      const service = fifoWith(['a', 'a', 'a', 'b']);
      const [first] = receive(service, { queue }).messages;
      expect(first.message.request.id).toBe(0);
      expect(ids(service, { queue, max: most })).toEqual([3]);
      service.ask({ action: 'DeleteMessage', queue, receipt: first.receipt });
      expect(ids(service, { queue, max: most })).toEqual([1, 2]);
      service.elapse(s(6));
      expect(ids(service, { queue, max: most })).toEqual([1, 2, 3]);
    },
    'FIFO in flight'(rule) {
      const [most] = numbers(rule, /([\d,]+) max .*no error when reached/);
      // That a poll of a FIFO queue is told nothing then is tried in sqs.test.ts.
      expect(IN_FLIGHT_MAX).toBe(most);
    },
    'FIFO + DLQ'(rule) {
      expect(rule).toContain('breaks order');
      const queue = 'q.fifo';
      const service = fifoWith(['a', 'a'], { queue: 'dlq.fifo', maxReceiveCount: 1 });
      expect(ids(service, { queue })).toEqual([0]);
      service.elapse(s(6));
      // The second of the group comes though the first has not been handled.
      expect(ids(service, { queue })).toEqual([1]);
      expect(ids(service, { queue: 'dlq.fifo' })).toEqual([0]);
    },
  },
  sns: {
    'retry to SQS/Lambda'(rule) {
      const [atOnce, second, pause, backedOff, least, longest, rest, usual, all, span] = numbers(
        rule,
        /(\d+) immediate \+ (\d+) at (\d+) s \+ (\d+) exponential (\d+)\.\.(\d+) s \+ ([\d,]+) at (\d+) s = ([\d,]+) attempts over (\d+) days/,
      );
      expect(ATTEMPTS_MAX).toBe(all);
      expect(atOnce + second + backedOff + rest).toBe(all);
      const waits = Array.from({ length: all - 1 }, (_, i) => toSeconds(waitAfter(i + 1)));
      expect(waits.slice(0, atOnce)).toEqual(Array(atOnce).fill(0));
      expect(waits.slice(atOnce, atOnce + second)).toEqual(Array(second).fill(pause));
      const rising = waits.slice(atOnce + second, atOnce + second + backedOff);
      expect([rising[0], rising.at(-1)]).toEqual([least, longest]);
      expect(rising).toEqual(rising.toSorted((a, b) => a - b));
      expect(new Set(waits.slice(atOnce + second + backedOff))).toEqual(new Set([usual]));
      expect(Math.floor(waits.reduce((sum, wait) => sum + wait, 0) / toSeconds(days(1)))).toBe(span);
    },
    exhausted(rule) {
      expect(rule).toContain('unless the SUBSCRIPTION (not the topic) has a DLQ; client-side errors are not retried');
      const service = new SmallService({ name: 'q' });
      const { sim, sqs } = service;
      const sns = new Sns(sim, { name: 'sns', help: 'topics', sqs, delay: constant(WAY) });
      sns.createTopic('t');
      sns.subscribe('t', { queue: 'nowhere', deadLetters: 'q' });
      sns.subscribe('t', { queue: 'nowhere either' });
      const link = new Link<SnsPublish, SnsReply>(sim, sns, { from: 'publisher', delay: constant(WAY) });
      const request = new RequestContext(7, sim.now);
      link.send({ topic: 't', message: makeMessage({ request, content: 7, sent: sim.now }) }, request);
      // To the topic, there and back to what is not there, once, and to the dead letters: no time for a second try.
      service.elapse(5 * WAY + ms(1));
      expect(sns.violations()).toEqual([]);
      expect(sns.state()).toEqual({ 't to nowhere': '0 pending', 't to nowhere either': '0 pending' });
      expect(ids(service)).toEqual([7]);
    },
  },
};

const PUBSUB = 'Google Pub/Sub is no system of the model';
/** Rows that nothing is held to, and why. */
const NOT_MODELLED: Partial<Record<Service, Record<string, string>>> = {
  sns: {
    'retry SMTP/SMS/mobile': 'SNS delivers to queues of SQS only',
    'HTTP/S': 'SNS delivers to queues of SQS only',
  },
  google_pubsub: {
    'ack deadline': PUBSUB,
    'dead letter': PUBSUB,
    ordering: PUBSUB,
    'ordering + DLT': PUBSUB,
    'exactly-once': PUBSUB,
  },
};

const listed = <Value>(of: Partial<Record<Service, Record<string, Value>>>): [Service, string, Value][] =>
  Object.entries(of).flatMap(([service, facts]) =>
    Object.entries(facts).map(([fact, value]): [Service, string, Value] => [service as Service, fact, value]),
  );

const vectors = sharedVectors<Table>('cloud_queues.json');

describe.skipIf(vectors.isLeftOut)('the rules of cloud queues in ../shared/data/vectors', () => {
  const rule = (service: Service, fact: string): string =>
    vectors.read()[service].find((row) => row.fact === fact)?.rule ?? expect.fail(`no row ${fact} of ${service}`);

  it('are each tried or said not to be modelled', () => {
    const { sqs, sns, google_pubsub } = vectors.read();
    const rows = Object.entries({ sqs, sns, google_pubsub }).flatMap(([service, of]) =>
      of.map(({ fact }) => `${service}: ${fact}`),
    );
    const known = [...listed(MODELLED), ...listed(NOT_MODELLED)].map(([service, fact]) => `${service}: ${fact}`);
    expect(known.toSorted()).toEqual(rows.toSorted());
  });

  it.each(listed(MODELLED))('%s: %s', (service, fact, tryOut) => tryOut(rule(service, fact)));

  it.each(listed(NOT_MODELLED))('%s: %s is not tried: %s', (service, fact) => {
    expect(rule(service, fact)).not.toBe('');
  });
});
