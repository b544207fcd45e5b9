/** SQS over a link: what the Developer Guide and the API Reference say, rule by rule, and its invariants under faults. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { days, minutes, ms, s } from '../../../../sim-core/kernel/time.ts';
import { VisibilityQueue } from '../../../../sim-core/messaging/channels/visibility-queue.ts';
import type { SqsRequest } from '../../../../sim-core/systems/sns-sqs/sqs-requests.ts';
import { SmallService, WAY } from './small-service.ts';

const receive = (max = 1, wait = 0): SqsRequest => ({ action: 'ReceiveMessage', queue: 'q', max, wait });
const ids = (service: SmallService, query = receive(10)): number[] =>
  service.ask(query).messages.map(({ message }) => message.content as number);

describe('a receive', () => {
  it('that does not wait finds nothing at once, and one that waits gets what comes, when it comes', () => {
    const service = new SmallService({ name: 'q' });
    expect(service.ask(receive()).messages).toEqual([]);
    expect(service.sim.now).toBeLessThanOrEqual(2 * WAY + ms(1));
    service.sim.schedule(s(3), () => service.send(0), undefined, 0);
    expect(ids(service, receive(1, s(20)))).toEqual([0]);
    expect(service.sim.now).toBeLessThan(s(3.1));
  });

  it('that waits is answered empty when its time is over', () => {
    const service = new SmallService({ name: 'q' });
    expect(service.ask(receive(1, s(4))).messages).toEqual([]);
    expect(service.sim.now).toBeGreaterThanOrEqual(s(4));
    expect(service.sim.now).toBeLessThan(s(4.1));
  });

  it('that waits gets what becomes visible again', () => {
    const service = new SmallService({ name: 'q', visibility: s(5) });
    service.send(0);
    service.elapse(s(1));
    expect(ids(service)).toEqual([0]);
    expect(ids(service, receive(1, s(20)))).toEqual([0]);
    expect(service.sim.now).toBeGreaterThanOrEqual(s(6));
    expect(service.sim.now).toBeLessThan(s(6.1));
  });

  it('is served in the order in which those who wait began to', () => {
    const service = new SmallService({ name: 'q' });
    for (const name of ['a', 'b', 'c']) service.consumer(name, () => ms(100));
    service.elapse(s(1));
    for (let id = 0; id < 4; id++) service.sim.schedule(ms(10 * id), () => service.send(id), undefined, 0);
    service.elapse(s(1));
    expect(service.handled).toEqual(['a:0', 'b:1', 'c:2', 'a:3']);
  });

  it('gives ten messages at most, and refuses to be asked for more', () => {
    const service = new SmallService({ name: 'q' });
    for (let id = 0; id < 12; id++) service.send(id);
    service.elapse(s(1));
    expect(ids(service)).toHaveLength(10);
    expect(() => service.ask(receive(11))).toThrow('MaxNumberOfMessages is 11; it must be an integer from 1 to 10');
  });

  it('says that too much is out only to a short poll of a standard queue', () => {
    const service = new SmallService({ name: 'q' }, { name: 'q.fifo' });
    vi.spyOn(VisibilityQueue.prototype, 'inFlight', 'get').mockReturnValue(120_000);
    try {
      expect(service.ask(receive()).error).toBe('OverLimit');
      expect(service.ask(receive(1, s(1))).error).toBeUndefined();
      expect(service.ask({ ...receive(), queue: 'q.fifo' }).error).toBeUndefined();
    } finally {
      vi.restoreAllMocks();
    }
  });
});

describe('a receipt handle', () => {
  const taken = (name: string) => {
    const service = new SmallService({ name, visibility: s(2) });
    service.send(0, { group: 'g', deduplication: '0' }, name);
    service.elapse(s(1));
    const [{ receipt }] = service.ask({ ...receive(), queue: name }).messages;
    return { service, receipt, ofQueue: { queue: name, receipt } };
  };

  it('of a standard queue deletes after its time, as long as nobody has received the message again', () => {
    const { service, ofQueue } = taken('q');
    service.elapse(s(3));
    expect(service.ask({ action: 'DeleteMessage', ...ofQueue }).isDone).toBe(true);
    expect(service.ask(receive()).messages).toEqual([]);
  });

  it('that was overtaken deletes nothing, and in a standard queue nobody is told', () => {
    const { service, ofQueue } = taken('q');
    service.elapse(s(3));
    expect(service.ask(receive()).messages).toHaveLength(1);
    expect(service.ask({ action: 'DeleteMessage', ...ofQueue })).toEqual({ messages: [], isDone: false });
    service.elapse(s(3));
    expect(service.ask(receive()).messages).toHaveLength(1);
  });

  it('of a FIFO queue has expired with its time, and says so', () => {
    const { service, ofQueue } = taken('q.fifo');
    service.elapse(s(3));
    expect(service.ask({ action: 'DeleteMessage', ...ofQueue }).error).toBe('ReceiptHandleHasExpired');
    expect(service.ask({ ...receive(), queue: 'q.fifo' }).messages).toHaveLength(1);
  });

  it('changes the visibility from now on, but only of what is out', () => {
    const { service, ofQueue } = taken('q');
    const change = { action: 'ChangeMessageVisibility', ...ofQueue } as const;
    expect(service.ask({ ...change, visibility: s(10) }).isDone).toBe(true);
    service.elapse(s(9));
    expect(service.ask(receive()).messages).toEqual([]);
    expect(service.ask({ ...change, visibility: 0 }).isDone).toBe(true);
    expect(service.ask(receive()).messages).toHaveLength(1);
    expect(service.ask({ ...change, visibility: 0 }).error).toBe('MessageNotInflight');
  });
});

describe('the redrive policy', () => {
  it('moves a message by the receive beyond the last one allowed, to whoever waits there', () => {
    const service = new SmallService(
      { name: 'dead' },
      { name: 'q', visibility: s(1), redrive: { queue: 'dead', maxReceiveCount: 2 } },
    );
    const [never] = [service.consumer('a', () => ms(10), { fails: () => true })];
    service.consumer('undertaker', () => ms(10), { queue: 'dead' });
    service.send(7);
    service.elapse(s(10));
    expect(never.state()['done']).toBe(2);
    expect(service.handled).toEqual(['undertaker:7']);
    expect(service.ledger.totals).toMatchObject({ lost: 0, applied: 1, doubled: 0 });
  });

  it('keeps the group of a dead letter in a FIFO queue, and its time begins anew there', () => {
    const retention = minutes(2);
    const service = new SmallService(
      { name: 'dead.fifo', retention },
      { name: 'q.fifo', visibility: s(60), retention, redrive: { queue: 'dead.fifo', maxReceiveCount: 1 } },
    );
    for (let id = 0; id < 2; id++) service.send(id, { group: 'g', deduplication: `${id}` }, 'q.fifo');
    service.elapse(s(1));
    const fromSource: SqsRequest = { ...receive(10), queue: 'q.fifo' };
    expect(ids(service, fromSource)).toEqual([0, 1]);
    service.elapse(s(61));
    expect(ids(service, fromSource)).toEqual([]);
    // Two minutes after it was sent: a standard queue's dead letter would be gone.
    service.elapse(s(70));
    expect(ids(service, { ...receive(1), queue: 'dead.fifo' })).toEqual([0]);
    expect(ids(service, { ...receive(1), queue: 'dead.fifo' })).toEqual([]);
  });
});

describe('refuses', () => {
  it.each([
    [{ name: 'q', visibility: ms(500) }, 'q: visibility is 0.5 s; it must be whole seconds, from 0 to 43200'],
    [{ name: 'q', retention: s(59) }, 'q: retention is 59 s; it must be whole seconds, from 60 to 1209600'],
    [{ name: 'q', retention: days(15) }, 'q: retention is 1296000 s; it must be whole seconds, from 60 to 1209600'],
    [{ name: 'q', delay: s(901) }, 'q: delay is 901 s; it must be whole seconds, from 0 to 900'],
    [
      { name: 'q', redrive: { queue: 'd', maxReceiveCount: 0 } },
      'q: maxReceiveCount is 0; it must be an integer from 1 to 1000',
    ],
    [
      { name: 'q.fifo', redrive: { queue: 'd', maxReceiveCount: 1 } },
      'q.fifo: dead letters of a FIFO queue go to a FIFO queue, not to d',
    ],
    [
      { name: 'q', redrive: { queue: 'd', maxReceiveCount: 1 } },
      'q: there is no queue d for its dead letters; create it first',
    ],
  ])('%j', (options, error) => {
    expect(() => new SmallService(options)).toThrow(error);
  });

  it('a message without a group in a FIFO queue, and a queue that is not there', () => {
    const service = new SmallService({ name: 'q.fifo' });
    expect(service.ask({ ...receive(), queue: 'none' }).error).toBe('QueueDoesNotExist');
    service.send(0, undefined, 'q.fifo');
    service.elapse(s(1));
    expect(service.ask({ ...receive(), queue: 'q.fifo' }).messages).toEqual([]);
  });
});

it('in an outage answers nobody, keeps what it has and lets times run on', () => {
  const service = new SmallService({ name: 'q', visibility: s(3) });
  service.consumer('a', () => ms(10));
  service.elapse(s(1));
  service.sqs.interventions['outage'].apply([5]);
  service.send(0);
  service.elapse(s(4));
  expect(service.handled).toEqual([]);
  expect(service.sqs.state()['down']).toBe('yes');
  service.elapse(s(2));
  expect(service.handled).toEqual(['a:0']);
});

interface Fault {
  readonly at: number;
  readonly who: number;
  readonly seconds: number;
  readonly isPause: boolean;
}

const fault: fc.Arbitrary<Fault> = fc.record({
  at: fc.nat(4_000),
  who: fc.nat(2),
  seconds: fc.integer({ min: 1, max: 3 }),
  isPause: fc.boolean(),
});

/** Consumers `a` and `b` of a queue, who die, and a service that is away, at those moments. */
function underFaults(fifo: boolean, faults: readonly Fault[], sent: readonly number[], slow: boolean): SmallService {
  const name = fifo ? 'q.fifo' : 'q';
  const service = new SmallService({ name, visibility: s(1) });
  // Slow: one message in three takes longer than its visibility timeout, and is renewed.
  const work = (id: number): number => (slow && id % 3 === 0 ? ms(1_700) : ms(150));
  const heartbeat = { every: ms(400), visibility: s(1) };
  for (const who of ['a', 'b']) service.consumer(who, work, { queue: name, concurrency: 2, heartbeat });
  sent.forEach((at, id) => {
    const attributes = fifo ? { group: `${id % 2}`, deduplication: `${id}` } : undefined;
    service.sim.scheduleAt(ms(at), () => service.send(id, attributes, name), undefined, 0);
  });
  for (const { at, who, seconds, isPause } of faults) {
    const strike = (): void => {
      if (who === 2) service.sqs.interventions['outage'].apply([seconds / 10]);
      else service.consumers[who].interventions[isPause ? 'pause' : 'kill'].apply([seconds]);
    };
    service.sim.scheduleAt(ms(at), strike, undefined, 0);
  }
  service.elapse(s(60));
  return service;
}

it('has each message handled, whoever dies or is away, and nothing left', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(fault, { maxLength: 6 }),
      fc.array(fc.nat(4_000), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (fifo, faults, times, slow) => {
        const sent = times.sort((a, b) => a - b);
        const { begun, handled, ledger, sqs } = underFaults(fifo, faults, sent, slow);
        // Nothing is given back here: whoever has a message next has it a visibility timeout later at least. Who is paused
        // begins later than that.
        const lastBegun = new Map<number, number>();
        const isPaused = faults.some(({ who, isPause }) => who < 2 && isPause);
        for (const { id, at } of isPaused ? [] : begun) {
          expect(at - (lastBegun.get(id) ?? -Infinity)).toBeGreaterThanOrEqual(s(1));
          lastBegun.set(id, at);
        }
        expect(new Set(handled.map((each) => each.split(':')[1])).size).toBe(sent.length);
        expect(ledger.totals.lost).toBe(0);
        expect(Object.values(sqs.state())[0]).toMatch(/^0 visible, 0 out,/);
        if (faults.length === 0) {
          expect(begun).toHaveLength(sent.length);
          expect(ledger.totals.doubled).toBe(0);
        }
      },
    ),
    { numRuns: 40 },
  );
});

it('shows a message to one receive at a time, in a FIFO queue the earliest of its group, and counts each receive', () => {
  const deed = fc.oneof(
    fc.record({ do: fc.constant('send' as const), group: fc.nat(2) }),
    fc.record({ do: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }) }),
    fc.record({ do: fc.constant('delete' as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant('change' as const), which: fc.nat(20), seconds: fc.nat(3) }),
    fc.record({ do: fc.constant('wait' as const), tenths: fc.nat(25) }),
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(deed, { maxLength: 50 }), (fifo, deeds) => {
      const queue = fifo ? 'q.fifo' : 'q';
      const service = new SmallService({ name: queue, visibility: s(2) });
      // A naive account: until when each message is hidden, how often it was received, and whether it is deleted.
      const account: { group: number; hiddenUntil: number; receives: number; receipt: number; isDeleted: boolean }[] =
        [];
      const receipts: { id: number; receipt: number }[] = [];
      for (const each of deeds) {
        // An answer is a way old when it is heard.
        const { now } = service.sim;
        if (each.do === 'send') {
          const id = account.length;
          account.push({ group: each.group, hiddenUntil: 0, receives: 0, receipt: 0, isDeleted: false });
          service.send(id, { group: `${each.group}`, deduplication: `${id}` }, queue);
          service.elapse(2 * WAY);
        } else if (each.do === 'wait') service.elapse(ms(100 * each.tenths));
        else if (each.do === 'receive') {
          const isOut = (group: number, at: number): boolean =>
            account.some((other) => other.group === group && !other.isDeleted && other.hiddenUntil > at);
          const at = now + WAY;
          const wanted = account
            .map((state, id) => ({ ...state, id }))
            .filter(
              ({ isDeleted, hiddenUntil, group }) => !isDeleted && hiddenUntil <= at && !(fifo && isOut(group, at)),
            )
            .slice(0, each.max);
          const { messages } = service.ask({ action: 'ReceiveMessage', queue, max: each.max, wait: 0 });
          // Both by the order of sending, which is a queue's as long as nobody else is there.
          expect(messages.map(({ message }) => message.content)).toEqual(wanted.map(({ id }) => id));
          for (const { message, receipt, receives } of messages) {
            const state = account[message.content as number];
            expect(receives).toBe(++state.receives);
            state.hiddenUntil = at + s(2);
            state.receipt = receipt;
            receipts.push({ id: message.content as number, receipt });
          }
        } else if (receipts.length > 0) {
          const { id, receipt } = receipts[each.which % receipts.length];
          const state = account[id];
          const at = now + WAY;
          const isOut = state.hiddenUntil > at;
          const isLatest = state.receipt === receipt && !state.isDeleted;
          if (each.do === 'delete') {
            const { isDone } = service.ask({ action: 'DeleteMessage', queue, receipt });
            expect(isDone).toBe(isLatest && (isOut || !fifo));
            state.isDeleted ||= isDone;
          } else {
            const visibility = s(each.seconds);
            const { isDone } = service.ask({ action: 'ChangeMessageVisibility', queue, receipt, visibility });
            expect(isDone).toBe(isLatest && isOut);
            if (isDone) state.hiddenUntil = at + visibility;
          }
        }
        service.elapse(ms(1));
      }
    }),
    { numRuns: 100 },
  );
});

describe('a consumer', () => {
  it('whose work takes longer than the visibility timeout has company, and its deletion does nothing', () => {
    const service = new SmallService({ name: 'q', visibility: s(1) });
    for (const who of ['a', 'b']) service.consumer(who, () => ms(1_500));
    service.send(0);
    service.elapse(s(3.9));
    expect(service.begun.map(({ who }) => who)).toEqual(['a', 'b', 'a', 'b']);
    expect(service.ledger.totals.doubled).toBeGreaterThan(0);
  });

  it('that renews it has not', () => {
    const service = new SmallService({ name: 'q', visibility: s(1) });
    const heartbeat = { every: ms(500), visibility: s(1) };
    for (const who of ['a', 'b']) service.consumer(who, () => s(5), { heartbeat });
    service.send(0);
    service.elapse(s(20));
    expect(service.begun.map(({ who }) => who)).toEqual(['a']);
    expect(service.handled).toEqual(['a:0']);
  });

  it('gives a message back sooner where it failed, if it is told to', () => {
    const service = new SmallService({ name: 'q', visibility: s(30) });
    const once = new Set([0]);
    service.consumer('a', () => ms(10), { visibilityOnFailure: 0, fails: (id) => once.delete(id) });
    service.send(0);
    service.elapse(s(1));
    expect(service.handled).toEqual(['a:0']);
  });

  it('that is paused has what it was handed, until its visibility timeout is over and others have it too', () => {
    const service = new SmallService({ name: 'q', visibility: s(3) });
    const one = service.consumer('a', () => ms(10));
    service.elapse(s(1));
    one.interventions['pause'].apply([5]);
    service.send(0);
    service.elapse(s(2));
    expect(service.begun).toEqual([]);
    expect(one.state()).toMatchObject({ working: 0, waiting: 1, paused: 'yes' });
    service.consumer('b', () => ms(10));
    service.elapse(s(4));
    expect(service.handled).toEqual(['b:0', 'a:0']);
    service.send(1);
    service.elapse(s(1));
    expect(service.handled).toHaveLength(3);
  });

  it('that dies while it is paused has nothing in hand and is not paused any more', () => {
    const service = new SmallService({ name: 'q', visibility: s(3) });
    const one = service.consumer('a', () => ms(10));
    one.interventions['pause'].apply([60]);
    service.send(0);
    service.elapse(s(1));
    one.kill(ms(100));
    expect(one.state()).toMatchObject({ working: 0, waiting: 0 });
    service.elapse(s(4));
    expect(service.begun.map(({ id }) => id)).toEqual([0]);
    expect(service.handled).toEqual(['a:0']);
  });

  it('that dies while it waits for messages takes what comes with it, for a visibility timeout', () => {
    const service = new SmallService({ name: 'q', visibility: s(3) });
    const one = service.consumer('a', () => ms(10));
    service.elapse(s(1));
    one.kill(ms(100));
    service.send(0);
    service.elapse(s(2));
    expect(service.handled).toEqual([]);
    service.elapse(s(2));
    expect(service.handled).toEqual(['a:0']);
  });
});
