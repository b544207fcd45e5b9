/** A stream with groups of consumers in the network: what comes to whom, and what becomes of it when somebody dies. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Duration } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { ConsumerGroup } from '../../../../sim-core/messaging/channels/stream/consumer-group.ts';
import { PendingList } from '../../../../sim-core/messaging/channels/stream/pending-list.ts';
import { EffectLedger } from '../../../../sim-core/messaging/consuming/ledger.ts';
import { messageProcessed } from '../../../../sim-core/messaging/consuming/facts.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { RedisStreamConsumer } from '../../../../sim-core/systems/redis/stream-consumer.ts';
import {
  RedisStreamServer,
  type StreamCommand,
  type StreamReply,
} from '../../../../sim-core/systems/redis/stream-server.ts';

class Lab {
  readonly sim = new Simulation();
  readonly server = new RedisStreamServer(this.sim, { name: 'redis', commandTime: ms(0.02) });
  /** Of the group a: each group has effects of its own. */
  readonly ledger = new EffectLedger(this.sim, 'effects');
  readonly handled: string[] = [];
  readonly consumers: RedisStreamConsumer[] = [];
  private readonly link = new Link<StreamCommand, StreamReply>(this.sim, this.server, {
    from: 'producer',
    delay: constant(ms(0.2)),
  });
  private sent = 0;

  consumer(
    name: string,
    group: string,
    work: Duration = ms(5),
    { minIdle = s(2), concurrency = 1 } = {},
  ): RedisStreamConsumer {
    if (!this.server.stream.groups.has(group)) this.server.createGroup(group, 'oldest');
    const { sim, ledger, handled } = this;
    const consumer = new RedisStreamConsumer(sim, {
      name,
      help: 'handles',
      server: this.server,
      group,
      count: 3,
      concurrency,
      block: ms(500),
      minIdle,
      retryAfter: ms(50),
      delay: constant(ms(0.2)),
      keyOf: ({ request }) => request.id,
      observers: group === 'a' ? [ledger] : [],
      *handler(received) {
        yield work;
        if (group === 'a') ledger.applied(received);
        handled.push(`${name} ${received.id}`);
      },
    });
    this.consumers.push(consumer);
    return consumer;
  }

  /** Adds so many entries, one every so often. */
  send(count: number, every: Duration): void {
    for (let i = 0; i < count; i++) this.sim.schedule(i * every, () => this.add(this.sent++), undefined, 0);
  }

  /** Ids whose senders were told that they are in the stream. */
  readonly told = new Set<number>();

  /** The same by senders that try again until they hear that it is done. */
  sendUntilTold(count: number, every: Duration): void {
    const { sim, link, told } = this;
    function* sending(id: number): Behaviour {
      yield id * every;
      for (;;) {
        const request = new RequestContext(id, sim.now);
        const message = makeMessage({ request, content: id, sent: sim.now });
        try {
          yield* link.call({ command: 'add', message }, request);
          told.add(id);
          return;
        } catch (error) {
          if (!(error instanceof CallFailed)) throw error;
        }
        yield ms(10);
      }
    }
    for (let id = 0; id < count; id++) spawn(sim, `sender ${id}`, sending(id));
  }

  private add(id: number): void {
    const request = new RequestContext(id, this.sim.now);
    this.link.send({ command: 'add', message: makeMessage({ request, content: id, sent: this.sim.now }) }, request);
  }

  run(until: number): void {
    while (!this.sim.runUntil(until, 200)) {
      const broken = [this.server, this.ledger, ...this.consumers].flatMap((part) => part.violations());
      if (broken.length > 0) throw new Error(broken.join('; '));
    }
  }
}

it('gives each entry to one consumer of each group, and every group all of them', () => {
  const lab = new Lab();
  for (const name of ['a1', 'a2']) lab.consumer(name, 'a');
  lab.consumer('b1', 'b');
  lab.send(6, ms(20));
  lab.run(s(1));
  const ofGroup = (group: string): string[] =>
    lab.handled.filter((each) => each.startsWith(group)).map((each) => each.split(' ')[1]);
  expect(ofGroup('a').sort()).toEqual(['0', '1', '2', '3', '4', '5']);
  expect(ofGroup('b')).toEqual(['0', '1', '2', '3', '4', '5']);
  for (const group of lab.server.stream.groups.values()) expect(group.pending.size).toBe(0);
});

it('handles as many entries at once as it has workers, and so many from when that is said', () => {
  const lab = new Lab();
  const consumer = lab.consumer('a1', 'a', ms(100), { minIdle: ms(50), concurrency: 3 });
  lab.send(9, ms(1));
  lab.run(ms(160));
  // Two were read when they came, and a third; it reads on when the first is done, and claims nothing that it has in hand.
  expect(lab.handled.length).toBe(3);
  consumer.interventions['scale'].apply([1]);
  lab.run(ms(290));
  expect([lab.handled.length, consumer.state()['working']]).toEqual([6, 1]);
  consumer.interventions['scale'].apply([0]);
  lab.run(s(2));
  expect(lab.handled.length).toBe(7);
  consumer.interventions['scale'].apply([2]);
  lab.run(s(4));
  expect(lab.handled).toEqual(Array.from({ length: 9 }, (_, id) => `a1 ${id}`));
});

it('hands an entry that comes to those who wait, the one that has waited longest first', () => {
  const lab = new Lab();
  for (const name of ['a1', 'a2', 'a3']) lab.consumer(name, 'a');
  lab.send(4, ms(30));
  lab.run(s(0.4));
  expect(lab.handled).toEqual(['a1 0', 'a2 1', 'a3 2', 'a1 3']);
});

it('says how old a message was when it was handled', () => {
  const lab = new Lab();
  lab.consumer('a1', 'a');
  const ages: number[] = [];
  lab.sim.facts.channel(messageProcessed).listen(({ age }) => ages.push(age));
  lab.sim.runUntil(ms(10));
  lab.send(1, 0);
  lab.run(s(1));
  // Two ways, one command, and the work.
  expect(ages).toEqual([ms(0.2 + 0.02 + 0.2 + 5)]);
});

it('keeps entries for a group that comes later, as long as they are not trimmed', () => {
  const lab = new Lab();
  lab.consumer('a1', 'a');
  lab.send(10, ms(10));
  lab.run(s(1));
  lab.server.interventions['trim'].apply([4]);
  lab.consumer('b1', 'b');
  lab.run(s(2));
  expect(lab.handled.filter((each) => each.startsWith('b'))).toEqual(['b1 6', 'b1 7', 'b1 8', 'b1 9']);
});

describe('when a consumer dies', () => {
  it('what it had read stays pending for it, and it takes that up when it is back', () => {
    const lab = new Lab();
    const [one] = [
      lab.consumer('a1', 'a', ms(50), { minIdle: s(100) }),
      lab.consumer('a2', 'a', ms(50), { minIdle: s(100) }),
    ];
    lab.send(1, 0);
    lab.run(ms(20));
    one.kill(s(1));
    lab.run(s(0.9));
    expect(lab.handled).toEqual([]);
    lab.run(s(3));
    expect(lab.handled).toEqual(['a1 0']);
    expect(lab.ledger.totals.doubled).toBe(0);
  });

  it('or its server, and again while down, it is down until the later time', () => {
    const lab = new Lab();
    const one = lab.consumer('a1', 'a');
    const states = (): unknown[] => [one.state()['down'], lab.server.state()['down']];
    for (const downtime of [s(1), ms(100)]) {
      one.kill(downtime);
      lab.server.interventions['kill'].apply([downtime / s(1)]);
    }
    lab.run(ms(500));
    expect(states()).toEqual(['yes', 'yes']);
    lab.run(s(2));
    expect(states()).toEqual([undefined, undefined]);
  });

  it('another one claims it once it has been idle for long enough, and then both may have it', () => {
    const lab = new Lab();
    const [one] = [
      lab.consumer('a1', 'a', ms(50), { minIdle: ms(700) }),
      lab.consumer('a2', 'a', ms(50), { minIdle: ms(700) }),
    ];
    lab.send(1, 0);
    lab.run(ms(20));
    one.kill(s(60));
    lab.run(s(3));
    expect(lab.handled).toEqual(['a2 0']);
  });
});

it('killed, has every entry again that it had, and blocked readers come back', () => {
  const lab = new Lab();
  lab.consumer('a1', 'a');
  lab.send(3, ms(10));
  lab.run(s(0.3));
  lab.server.interventions['kill'].apply([1]);
  lab.run(s(1));
  expect(lab.server.state()['down']).toBe('yes');
  lab.run(s(2));
  lab.send(2, ms(10));
  lab.run(s(3));
  expect(lab.handled.map((each) => each.split(' ')[1])).toEqual(['0', '1', '2', '3', '4']);
  expect(lab.server.stream.length).toBe(5);
});

describe('whoever dies when, the server among them', () => {
  const fault = fc.record({
    at: fc.nat(400),
    what: fc.constantFrom('a1', 'a2', 'b1', 'server', 'server', 'trim'),
    downtime: fc.integer({ min: 1, max: 300 }),
  });

  const conserves = fc.property(fc.array(fault, { maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (faults, count) => {
    const lab = new Lab();
    for (const name of ['a1', 'a2', 'b1']) lab.consumer(name, name[0], ms(8), { minIdle: ms(150) });
    const { stream } = lab.server;
    lab.sendUntilTold(count, ms(13));
    let trimmed = 0;
    for (const { at, what, downtime } of faults) {
      const befall = (): void => {
        if (what === 'trim') trimmed += stream.trim({ keep: { maxLength: downtime % 4 } });
        else if (what === 'server') lab.server.interventions['kill'].apply([downtime / 1000]);
        else lab.consumers.find(({ name }) => name === what)!.kill(ms(downtime));
      };
      lab.sim.scheduleAt(ms(at), befall, undefined, 0);
    }
    // Downtimes may follow each other; then what is pending for somebody is claimed.
    lab.run(s(8));
    const wrong: string[] = [];
    const check = (what: string, actual: number, expected: number): void => {
      if (actual !== expected) wrong.push(`${what}: ${actual}, not ${expected}`);
    };
    check('senders that were told', lab.told.size, count);
    check('entries that were added', stream.entriesAdded, count);
    check('entries that are there or trimmed', stream.length + trimmed, count);
    const there = stream.log.range().map(({ value }) => value.request.id);
    for (const { name, books } of stream.groups.values()) {
      check(`copies in ${name}`, books.total, count);
      check(`copies in ${name} that have not ended`, books.count('ready') + books.count('in-flight'), 0);
      const handled = new Set(
        lab.handled.filter((each) => each.startsWith(name)).map((each) => Number(each.split(' ')[1])),
      );
      for (const id of there) if (!handled.has(id)) wrong.push(`${name} has not handled ${id}`);
      // What was trimmed before anybody had it, or while it was pending, is dropped.
      if (books.count('acknowledged') < there.length) wrong.push(`${name} has acknowledged less than there is`);
      check(
        `copies in ${name} that were acknowledged or dropped`,
        books.count('acknowledged') + books.count('dropped'),
        count,
      );
    }
    if (wrong.length > 0) throw new Error(wrong.join('; '));
  });

  it('has each entry added once, one fate in each group, and what is there handled by each', () => {
    fc.assert(conserves, { numRuns: 60 });
  });

  const faults: Record<string, () => void> = {
    'forgets what is pending when it is killed': () => {
      const { receive } = RedisStreamServer.prototype;
      vi.spyOn(RedisStreamServer.prototype, 'receive').mockImplementation(function (this: RedisStreamServer, call) {
        if (this.state()['down'] === 'yes')
          for (const group of this.stream.groups.values())
            for (const pending of Array.from(group.pending.range())) group.pending.remove(pending);
        receive.call(this, call);
      });
    },
    'gives nobody what is pending for the dead': () => {
      vi.spyOn(ConsumerGroup.prototype, 'history').mockReturnValue([]);
      vi.spyOn(PendingList.prototype, 'range').mockImplementation(function* () {});
    },
    'does not tell its groups what is trimmed': () => {
      vi.spyOn(ConsumerGroup.prototype, 'removed').mockImplementation(() => {});
    },
  };
  it.each(Object.entries(faults))('finds one that %s', (_, plant) => {
    plant();
    expect(fc.check(conserves, { numRuns: 60, seed: 1 }).failed).toBe(true);
    vi.restoreAllMocks();
  });
});
