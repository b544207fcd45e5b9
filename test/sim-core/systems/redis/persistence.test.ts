/** What a Redis server with a stream has again after a death, by how it keeps it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { hours, minutes, ms, s, type Time } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { PERSISTENCES, UnsavedChanges, type Persistence } from '../../../../sim-core/systems/redis/persistence.ts';
import { RedisStreamConsumer } from '../../../../sim-core/systems/redis/stream-consumer.ts';
import {
  RedisStreamServer,
  type StreamCommand,
  type StreamReply,
} from '../../../../sim-core/systems/redis/stream-server.ts';

/** Of changes at these times, those that such a death at this time undoes. */
function lost(persistence: Persistence, death: 'process' | 'machine', at: readonly Time[], now: Time): Time[] {
  const unsaved = new UnsavedChanges(persistence, 0);
  const undone: Time[] = [];
  for (const time of at) unsaved.add({ ids: [], undo: () => undone.push(time) }, time);
  for (const { undo } of unsaved.lost(death, now)) undo();
  return undone;
}

describe('what is undone', () => {
  const spread = [s(1), s(61), s(93), s(97.9), s(98.1), s(98.4)];
  it.each<[Persistence, 'process' | 'machine', Time[]]>([
    ['always', 'machine', []],
    ['everysec', 'process', []],
    ['everysec', 'machine', [s(98.4), s(98.1)]],
    ['no', 'process', []],
    ['no', 'machine', [s(98.4), s(98.1), s(97.9), s(93)]],
    ['snapshots', 'process', [...spread].reverse()],
    ['snapshots', 'machine', [...spread].reverse()],
  ])('with %s, where a %s dies, newest first', (persistence, death, expected) => {
    expect(lost(persistence, death, spread, s(98.5))).toEqual(expected);
  });

  it.each<[Persistence, string, Time[], Time, Time[]]>([
    ['everysec', 'before the next process writes', [], s(103.5), [s(98.4), s(98.1)]],
    ['everysec', 'in the second in which it writes', [s(103.2)], s(103.5), [s(103.2), s(98.4), s(98.1)]],
    ['everysec', 'behind that second', [s(103.2)], s(104), []],
    ['everysec', 'when the kernel has written it back', [], s(130), []],
    ['no', 'before the kernel has written it back', [s(103.2)], s(128.5), [s(103.2), s(98.4), s(98.1), s(97.9)]],
  ])('with %s, where a process dies and then the machine, %s', (persistence, _when, later, now, expected) => {
    const unsaved = new UnsavedChanges(persistence, 0);
    const undone: Time[] = [];
    const add = (time: Time): void => unsaved.add({ ids: [], undo: () => undone.push(time) }, time);
    spread.forEach(add);
    expect(unsaved.lost('process', s(98.5))).toEqual([]);
    later.forEach(add);
    for (const { undo } of unsaved.lost('machine', now)) undo();
    expect(undone).toEqual(expected);
    expect(unsaved.lost('machine', now)).toEqual([]);
  });

  it('with snapshots is what came after the last that was due', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => s(i));
    expect(lost('snapshots', 'process', hundred, minutes(4))).toHaveLength(100);
    expect(lost('snapshots', 'process', [...hundred, s(301)], s(302))).toEqual([s(301)]);
    expect(lost('snapshots', 'process', [s(1), s(3700)], s(3701))).toEqual([s(3700)]);
    expect(lost('snapshots', 'process', [s(1)], hours(2))).toEqual([]);
    const many = Array.from({ length: 10_001 }, (_, i) => ms(7 * i));
    expect(lost('snapshots', 'process', many, s(75))).toEqual([ms(70_000)]);
  });
});

/** Three consumers, one of which is so slow that others claim what it has, and entries at these times. */
function lab(persistence: Persistence, at: readonly Time[], loadTime = 0) {
  const sim = new Simulation();
  const server = new RedisStreamServer(sim, { name: 'redis', commandTime: ms(0.02), persistence, loadTime });
  server.createGroup('g', 'oldest');
  const delay = constant(ms(0.2));
  for (const [name, work] of [
    ['a', ms(15)],
    ['b', ms(40)],
    ['c', ms(900)],
  ] as const) {
    new RedisStreamConsumer(sim, {
      name,
      help: 'handles',
      server,
      group: 'g',
      count: 3,
      concurrency: 1,
      block: ms(500),
      minIdle: ms(400),
      retryAfter: ms(50),
      delay,
      keyOf: ({ request }) => request.id,
      *handler() {
        yield work;
      },
    });
  }
  const link = new Link<StreamCommand, StreamReply>(sim, server, { from: 'producer', delay });
  at.forEach((time, id) => {
    const message = makeMessage({ request: new RequestContext(id, time), content: id, sent: time });
    sim.scheduleAt(time, () => link.send({ command: 'add', message }, message.request), undefined, 0);
  });
  return { sim, server };
}

const memoryOf = ({ stream }: RedisStreamServer): unknown => {
  const { lastDelivered, entriesRead, pending } = stream.groups.get('g')!;
  const entries = stream.log.range().map(({ id }) => id);
  return [entries, stream.lastId, stream.entriesAdded, lastDelivered, entriesRead, [...pending.range()]];
};

const times = fc.array(fc.integer({ min: 1, max: 3999 }).map(ms), { maxLength: 60 });

it('after a loss of power has just what it had at the last whole second, and each copy one fate', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 4500 }), (at, diesAt) => {
      const [one, other] = [lab('everysec', at), lab('everysec', at)];
      one.sim.runUntil(ms(diesAt));
      one.server.interventions['power-loss'].apply([1]);
      other.sim.runUntil(Math.floor(ms(diesAt) / s(1)) * s(1) - 1);
      expect(memoryOf(one.server)).toEqual(memoryOf(other.server));
      expect(one.server.violations()).toEqual([]);
      one.sim.runUntil(s(20));
      expect(one.server.violations()).toEqual([]);
      expect(one.server.stream.groups.get('g')!.pending.size).toBe(0);
    }),
    { numRuns: 25 },
  );
});

it('killed and then without power before a sync, has just what it had at the last whole second', () => {
  const at = [ms(900), ms(1100), ms(1300)];
  const [one, other] = [lab('everysec', at), lab('everysec', at)];
  one.sim.runUntil(s(1.5));
  one.server.interventions['kill'].apply([1]);
  one.sim.runUntil(s(2.2));
  one.server.interventions['power-loss'].apply([1]);
  other.sim.runUntil(s(1) - 1);
  expect(memoryOf(one.server)).toEqual(memoryOf(other.server));
  one.sim.runUntil(s(20));
  expect(one.server.violations()).toEqual([]);
});

it.each<[string, { claims: number; minIdle: number; acknowledged: number; again: number }, boolean]>([
  [
    'not with acknowledgements of what is pending no more',
    { claims: 0, minIdle: 0, acknowledged: 40, again: 40 },
    false,
  ],
  ['not with claims of what is not idle enough', { claims: 60, minIdle: s(60), acknowledged: 0, again: 0 }, false],
  ['with one claim as often as it gives an entry', { claims: 1, minIdle: 0, acknowledged: 19, again: 0 }, true],
])(
  '40 entries and a read of them are 41 changes, of the 100 before a snapshot; more come %s',
  (_what, then, isSaved) => {
    const sim = new Simulation();
    const server = new RedisStreamServer(sim, { name: 'redis', commandTime: ms(0.02), persistence: 'snapshots' });
    server.createGroup('g', 'oldest');
    const link = new Link<StreamCommand, StreamReply>(sim, server, { from: 'client', delay: constant(ms(0.1)) });
    const request = new RequestContext(0, 0);
    const send = (times: number, commandOf: (n: number) => StreamCommand): void => {
      for (let n = 0; n < times; n++) link.send(commandOf(n), request);
      sim.runUntil(sim.now + ms(10));
    };
    const of = { group: 'g', consumer: 'a', count: 40 };
    send(40, (id) => ({ command: 'add', message: makeMessage({ request, content: id, sent: 0 }) }));
    send(1, () => ({ command: 'read', block: 0, ...of }));
    const ids = server.stream.log.range().map(({ id }) => id);
    send(then.claims, () => ({ command: 'claim', minIdle: then.minIdle, ...of }));
    send(then.acknowledged, (n) => ({ command: 'acknowledge', group: 'g', id: ids[n] }));
    send(then.again, (n) => ({ command: 'acknowledge', group: 'g', id: ids[n] }));
    sim.runUntil(minutes(6));
    server.interventions['kill'].apply([1]);
    expect(server.stream.length).toBe(isSaved ? 40 : 0);
    expect(server.violations()).toEqual([]);
  },
);

it.each(PERSISTENCES)('killed with %s, has all that its file has', (persistence) => {
  const { sim, server } = lab(persistence, [ms(100), ms(200), ms(300)]);
  sim.runUntil(s(1.5));
  const before = memoryOf(server);
  server.interventions['kill'].apply([1]);
  expect(server.violations()).toEqual([]);
  const keepsAll = persistence !== 'none' && persistence !== 'snapshots';
  if (keepsAll) expect(memoryOf(server)).toEqual(before);
  else expect([server.stream.length, server.stream.groups.get('g')!.pending.size]).toEqual([0, 0]);
  expect(server.stream.groups.get('g')!.books.count('ready')).toBe(0);
});

it('is not up before it has read its file', () => {
  const { sim, server } = lab(
    'always',
    Array.from({ length: 10 }, (_, i) => ms(i + 1)),
    ms(50),
  );
  sim.runUntil(s(1));
  server.interventions['kill'].apply([1]);
  sim.runUntil(s(2.4));
  expect(server.state()['down']).toBe('yes');
  sim.runUntil(s(2.6));
  expect(server.state()['down']).toBeUndefined();
});
