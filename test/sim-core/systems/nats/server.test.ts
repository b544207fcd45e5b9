/** A NATS server over links: who gets what, and what is lost when somebody dies; with core subscriptions and with streams. */
import { capacitiesOf } from '../../../../sim-core/kernel/capacity.ts';
import { describe, expect, it } from 'vitest';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { SmallNats } from './small-nats.ts';

const kill = (nats: SmallNats, seconds: number): void => nats.server.interventions['kill'].apply([seconds]);

describe('core NATS', () => {
  it('gives each subscriber a copy and each queue group one, whoever is in it', () => {
    const nats = new SmallNats();
    for (const who of ['a', 'b']) nats.subscriber(who, ms(1), { group: 'g' });
    nats.subscriber('c', ms(1));
    nats.subscriber('d', ms(1), { subject: 'other' });
    for (let id = 0; id < 20; id++) nats.publish(id);
    nats.elapse(s(1));
    const of = (...who: string[]): number[] => nats.idsOf(nats.handled.filter((each) => who.includes(each[0])));
    const all = Array.from({ length: 20 }, (_, id) => id);
    expect(of('a', 'b')).toEqual(all);
    expect(of('c')).toEqual(all);
    expect(of('d')).toEqual([]);
    expect(nats.replies.get(0)).toEqual({ copies: 2 });
  });

  it('keeps nothing for who comes later', () => {
    const nats = new SmallNats();
    nats.publish(0);
    nats.elapse(ms(10));
    nats.subscriber('a', ms(1));
    nats.publish(1);
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['a:1']);
    expect(nats.unheard).toEqual([0]);
  });

  it('loses what a process had taken in when it dies, and gives the rest to others of its group', () => {
    const nats = new SmallNats();
    const one = nats.subscriber('a', ms(100), { group: 'g' });
    for (let id = 0; id < 3; id++) nats.publish(id);
    nats.elapse(ms(50));
    nats.subscriber('b', ms(1), { group: 'g' });
    one.kill(s(1));
    nats.publish(3);
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['b:3']);
    expect(nats.lost).toEqual(['a:1', 'a:2', 'a:0'].map((each) => `${each} process ended`));
  });

  it('has a paused subscriber keep what it has read ahead, until it goes on', () => {
    const nats = new SmallNats();
    const one = nats.subscriber('a', ms(1), { readAhead: 2 });
    one.interventions['pause'].apply([1]);
    for (let id = 0; id < 3; id++) nats.publish(id);
    nats.elapse(ms(900));
    expect(nats.begun).toEqual([]);
    expect(one.state()).toMatchObject({ waiting: 2, paused: 'yes' });
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['a:0', 'a:1', 'a:2']);
    expect(nats.lost).toEqual([]);
  });

  it('has a subscriber that dies while it is paused begin anew, and not paused', () => {
    const nats = new SmallNats();
    const one = nats.subscriber('a', ms(1));
    one.interventions['pause'].apply([60]);
    nats.publish(0);
    nats.elapse(ms(100));
    one.kill(ms(100));
    nats.elapse(s(1));
    nats.publish(1);
    nats.elapse(s(1));
    expect([nats.handled, nats.lost]).toEqual([['a:1'], ['a:0 process ended']]);
  });

  it('killed, loses what is pending; subscribers go on with what they have, and come back by themselves', () => {
    const nats = new SmallNats();
    nats.subscriber('a', ms(100), { readAhead: 2 });
    for (let id = 0; id < 4; id++) nats.publish(id);
    nats.elapse(ms(50));
    kill(nats, 0.5);
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['a:0', 'a:1']);
    expect(nats.lost).toEqual(['a:2', 'a:3'].map((each) => `${each} connection ended`));
    nats.publish(4);
    nats.elapse(s(1));
    expect(nats.handled.at(-1)).toBe('a:4');
  });

  it('loses what is published before a subscriber is back, and its publisher is told nothing of it', () => {
    const nats = new SmallNats();
    nats.subscriber('a', ms(1), { reconnect: { wait: ms(200), jitter: 0 } });
    kill(nats, 0.21);
    // It has tried 10 ms too early, and tries again after 400 ms.
    for (const [id, at] of [250, 390, 410].entries()) nats.sim.schedule(ms(at), () => nats.publish(id), undefined, 0);
    nats.elapse(s(2));
    expect(nats.unheard).toEqual([0, 1]);
    expect(nats.handled).toEqual(['a:2']);
    expect(nats.replies.get(0)).toEqual({ copies: 0 });
  });

  it('has so much room for what is pending for each client, and tells how full it is', () => {
    const nats = new SmallNats(0, { maxPendingBytes: 1_000 });
    nats.subscriber('slow', ms(500), { readAhead: 1 });
    for (let id = 0; id < 6; id++) nats.publish(id);
    nats.elapse(ms(100));
    const [pending] = capacitiesOf(nats.sim).filter(({ name }) => name === 'slow pending');
    // Of six messages of 106 bytes it has read one.
    expect([pending.units(), pending.kind === 'room' && pending.held()]).toEqual([1_000, 5 * 106]);
  });

  it('cuts off who reads too slowly, at a limit of bytes, and nobody else', () => {
    const nats = new SmallNats(0, { maxPendingBytes: 1_000 });
    nats.subscriber('slow', ms(500), { readAhead: 1 });
    nats.subscriber('quick', ms(1), { readAhead: 10 });
    for (let id = 0; id < 12; id++) nats.sim.schedule(id * ms(5), () => nats.publish(id), undefined, 0);
    nats.elapse(ms(100));
    expect(nats.handled.filter((each) => each.startsWith('quick'))).toHaveLength(12);
    // Of 106 bytes nine are within the limit; the one more that it takes goes with them.
    expect(nats.lost).toHaveLength(10);
    expect(nats.replies.size).toBe(12);
    nats.elapse(s(2));
    nats.publish(12);
    nats.elapse(s(1));
    expect(nats.handled.at(-1)).toBe('slow:12');
  });
});

describe('a stream', () => {
  it('acknowledges what it stores, once for each id, and tells core subscribers as well', () => {
    const nats = new SmallNats();
    nats.stream('file');
    nats.subscriber('a', ms(1));
    nats.publish(7);
    nats.elapse(ms(10));
    nats.publish(7);
    nats.elapse(ms(10));
    expect(nats.replies.get(7)).toEqual({ copies: 1, ack: { sequence: 1, duplicate: true } });
    nats.publish(8, 'jobs.b');
    nats.elapse(ms(10));
    expect(nats.replies.get(8)).toEqual({ copies: 1, ack: { sequence: 2, duplicate: false } });
    expect(nats.server.state()['s']).toBe(2);
  });

  it('says why it refuses', () => {
    const nats = new SmallNats();
    nats.server.streams.add({ name: 's', subjects: ['jobs.>'], discard: 'new', maxMessages: 1 });
    for (const id of [0, 1]) nats.publish(id);
    nats.elapse(ms(10));
    expect(nats.replies.get(1)).toEqual({ copies: 0, refusal: 'maximum messages exceeded' });
  });

  it.each([true, false])('spreads over the processes of a durable consumer, pull: %s', (isPull) => {
    const nats = new SmallNats();
    nats.stream('file', isPull ? {} : { push: true });
    for (const who of ['a', 'b']) nats.worker(who, ms(20), { isPush: !isPull });
    for (let id = 0; id < 12; id++) nats.publish(id);
    nats.elapse(s(1));
    expect(nats.idsOf(nats.handled)).toEqual(Array.from({ length: 12 }, (_, id) => id));
    for (const who of ['a', 'b']) expect(nats.handled.some((each) => each.startsWith(who))).toBe(true);
    expect(nats.server.state()['s/d']).toBe('0 pending, 0 unacknowledged');
  });

  it('delivers again after the ack wait what a paused process has, and that handles it too when it goes on', () => {
    const nats = new SmallNats();
    nats.stream('file');
    const pull = { batch: 1, expires: s(5) };
    nats.worker('a', ms(10), { pull }).interventions['pause'].apply([3]);
    nats.publish(0);
    nats.elapse(ms(50));
    nats.worker('b', ms(10));
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['b:0']);
    nats.elapse(s(2));
    expect(nats.handled).toEqual(['b:0', 'a:0']);
    expect(nats.server.state()['s/d']).toBe('0 pending, 0 unacknowledged');
  });

  it('delivers again after the ack wait what a dead process had, and to another what takes longer', () => {
    const nats = new SmallNats();
    nats.stream('file');
    const one = nats.worker('a', ms(100));
    nats.publish(0);
    nats.elapse(ms(50));
    one.kill(s(60));
    nats.worker('b', ms(100));
    nats.elapse(ms(900));
    expect(nats.handled).toEqual([]);
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['b:0']);
    const slow = new SmallNats();
    slow.stream('file', { maxDeliver: 3 });
    for (const who of ['a', 'b']) slow.worker(who, ms(1_500));
    slow.publish(0);
    slow.elapse(s(5));
    expect(slow.begun).toEqual(['a:0', 'b:0']);
  });

  it('delivers again what was rejected, at once or after a delay, and no more often than it may', () => {
    for (const [options, expected] of [
      [{}, ms(50)],
      [{ nakDelay: ms(400) }, ms(1_000)],
    ] as const) {
      const nats = new SmallNats();
      nats.stream('file', { maxDeliver: 3 });
      nats.worker('a', ms(10), { fails: () => true, ...options });
      nats.publish(0);
      nats.elapse(expected);
      expect(nats.begun).toHaveLength(3);
      nats.elapse(s(5));
      expect(nats.begun).toHaveLength(3);
      // No dead-letter queue: it stays in the stream.
      expect(nats.server.state()['s']).toBe(1);
    }
  });

  it('takes an acknowledgement from whatever connection, as soon as there is one again', () => {
    const nats = new SmallNats();
    nats.stream('file', { ackWait: s(3) }, 'workqueue');
    nats.worker('a', ms(300));
    nats.publish(0);
    nats.elapse(ms(150));
    kill(nats, 0.5);
    nats.elapse(ms(300));
    expect(nats.handled).toEqual(['a:0']);
    expect(nats.server.state()['s']).toBe(1);
    nats.elapse(s(1));
    expect(nats.server.state()['s']).toBe(0);
    nats.elapse(s(5));
    expect(nats.begun).toEqual(['a:0']);
  });

  it('kept for interest goes when each consumer has acknowledged, and is not kept where there is none', () => {
    const nats = new SmallNats();
    nats.publish(0);
    nats.server.streams.add({ name: 's', subjects: ['jobs.>'], retention: 'interest' });
    nats.elapse(ms(10));
    for (const name of ['d', 'e']) nats.server.streams.addConsumer('s', { name, ackWait: s(1) });
    nats.worker('a', ms(10));
    nats.publish(1);
    nats.elapse(ms(100));
    expect([nats.handled, nats.server.state()['s']]).toEqual([['a:1'], 1]);
    nats.worker('b', ms(10), { consumer: 'e' });
    nats.elapse(ms(100));
    expect([nats.handled, nats.server.state()['s']]).toEqual([['a:1', 'b:1'], 0]);
  });

  it('in memory is empty after a kill, and takes and gives messages again', () => {
    const nats = new SmallNats();
    nats.stream('memory', {}, 'workqueue');
    nats.worker('a', ms(200), { pull: { batch: 1, expires: s(1) } });
    for (let id = 0; id < 3; id++) nats.publish(id);
    nats.elapse(ms(100));
    kill(nats, 0.3);
    nats.elapse(s(1));
    expect(nats.handled).toEqual(['a:0']);
    nats.publish(3);
    nats.elapse(s(3));
    expect(nats.handled).toEqual(['a:0', 'a:3']);
    expect(nats.replies.get(3)!.ack).toEqual({ sequence: 1, duplicate: false });
  });

  it('replays to a consumer that is added later what it still holds', () => {
    const nats = new SmallNats();
    nats.stream('file');
    nats.worker('a', ms(1));
    for (let id = 0; id < 5; id++) nats.publish(id);
    nats.elapse(s(1));
    nats.server.streams.addConsumer('s', { name: 'late' });
    nats.worker('b', ms(1), { consumer: 'late' });
    nats.elapse(s(1));
    expect(nats.idsOf(nats.handled.filter((each) => each.startsWith('b')))).toEqual([0, 1, 2, 3, 4]);
  });
});

it('has more workers than it reads ahead or pulls for, and says so', () => {
  const nats = new SmallNats();
  nats.stream('memory');
  const [one, other] = [nats.subscriber('a', s(10)), nats.worker('b', s(10))];
  for (const each of [one, other]) each.interventions['scale'].apply([6]);
  for (let id = 0; id < 9; id++) nats.publish(id);
  nats.sim.runUntil(s(1));
  expect(one.state()).toMatchObject({ working: 4, workers: '6, of which readAhead lets 4 work' });
  expect(other.state()).toMatchObject({ working: 2, workers: '6, of which pull.batch lets 2 work' });
});
