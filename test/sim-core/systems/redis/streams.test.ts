/** A stream with groups of consumers in the network: what comes to whom, and what becomes of it when somebody dies. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Duration } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { EffectLedger } from '../../../../sim-core/messaging/consuming/ledger.ts';
import { messageProcessed } from '../../../../sim-core/messaging/consuming/facts.ts';
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

  consumer(name: string, group: string, work: Duration = ms(5), minIdle: Duration = s(2)): RedisStreamConsumer {
    if (!this.server.stream.groups.has(group)) this.server.createGroup(group, 'oldest');
    const { sim, ledger, handled } = this;
    const consumer = new RedisStreamConsumer(sim, {
      name,
      help: 'handles',
      server: this.server,
      group,
      count: 3,
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
    const [one] = [lab.consumer('a1', 'a', ms(50), s(100)), lab.consumer('a2', 'a', ms(50), s(100))];
    lab.send(1, 0);
    lab.run(ms(20));
    one.kill(s(1));
    lab.run(s(0.9));
    expect(lab.handled).toEqual([]);
    lab.run(s(3));
    expect(lab.handled).toEqual(['a1 0']);
    expect(lab.ledger.totals.doubled).toBe(0);
  });

  it('another one claims it once it has been idle for long enough, and then both may have it', () => {
    const lab = new Lab();
    const [one] = [lab.consumer('a1', 'a', ms(50), ms(700)), lab.consumer('a2', 'a', ms(50), ms(700))];
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

it('has each entry handled at least once by each group, whoever dies when', () => {
  const fault = fc.record({ at: fc.nat(400), who: fc.nat(3), downtime: fc.integer({ min: 1, max: 300 }) });
  fc.assert(
    fc.property(fc.array(fault, { maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (faults, count) => {
      const lab = new Lab();
      for (const name of ['a1', 'a2', 'b1']) lab.consumer(name, name[0], ms(8), ms(150));
      lab.send(count, ms(13));
      for (const { at, who, downtime } of faults) {
        // The server refuses what comes while it is down, and nobody sends it again: it is killed only afterwards.
        const kill = (): void => {
          if (who === 3) lab.server.interventions['kill'].apply([downtime / 1000]);
          else lab.consumers[who].kill(ms(downtime));
        };
        lab.sim.scheduleAt(ms(who === 3 ? at + 13 * count : at), kill, undefined, 0);
      }
      lab.run(s(5));
      const { groups, length } = lab.server.stream;
      expect(length).toBe(count);
      for (const group of ['a', 'b']) {
        const ids = new Set(
          lab.handled.filter((each) => each.startsWith(group)).map((each) => Number(each.split(' ')[1])),
        );
        expect(ids.size).toBe(count);
        expect(groups.get(group)!.pending.size).toBe(0);
      }
    }),
    { numRuns: 40 },
  );
});
