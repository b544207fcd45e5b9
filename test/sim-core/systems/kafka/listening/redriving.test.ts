/** Dead letters of a topic that are redriven: where to, how often at most, and when it stops by itself. */
import { describe, expect, it, vi } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { MILLISECOND } from '../../../../../sim-core/kernel/time.ts';
import { TopicLedger } from '../../../../../sim-core/systems/kafka/listening/topic-ledger.ts';
import { DeadLetterTopic } from '../../../../../sim-core/systems/kafka/listening/dead-letter-topic.ts';
import { deadLetterRedriven, redriveStopped } from '../../../../../sim-core/messaging/dead-letter/signals.ts';
import { assignors } from '../../../../../sim-core/messaging/groups/assignors.ts';
import { ConsumerGroup } from '../../../../../sim-core/systems/kafka/consumer-group.ts';
import { redriving, type RedrivingOptions } from '../../../../../sim-core/systems/kafka/listening/redriving.ts';
import { ms, SMALL_GROUP } from '../small-cluster.ts';
import { PARKED, smallRetries } from './small-retries.ts';

const SENDS = Array.from({ length: 40 }, (_, i) => 30 + i * 5);
/** A quarter of all is poison until the code is mended; two attempts each. */
const isPoison = (key: number): boolean => key % 4 === 0;
const POISON = SENDS.length / 4;

function redriven(options: Partial<RedrivingOptions>, poison = isPoison) {
  const small = smallRetries({ isPoison: poison }, SENDS, 2);
  const { sim, cluster, retries, republisher } = small;
  const dead = cluster.topics.find(({ name }) => name === retries.deadLetterTopic)!;
  const settings = { republisher, rate: 100, redrivesMax: 3, parking: PARKED, ...options };
  const group = new ConsumerGroup(sim, cluster, {
    ...SMALL_GROUP,
    name: 'redrive',
    consumerName: 'redrive',
    processTime: undefined,
    topics: [dead],
    consumers: 1,
    assignor: assignors.range,
    pollRecords: 1,
    delay: constant(ms(0.3)),
    listener: redriving(sim, settings),
  });
  const ledger = new TopicLedger(sim, 'orders', cluster.book);
  ledger.readBy(small.group);
  ledger.readBy(group);
  const watched = new DeadLetterTopic(sim, dead, cluster.book, (partition) => group.committedOf(partition));
  const sent: { request: number; to: string; times: number; at: number }[] = [];
  sim.facts
    .channel(deadLetterRedriven)
    .listen(({ request, to, times }) => sent.push({ request, to, times, at: sim.now }));
  const stops: number[] = [];
  sim.facts.channel(redriveStopped).listen(() => stops.push(sim.now));
  const mend = (): void => small.processing.interventions['mend'].apply([]);
  return { ...small, redrive: group, watched, sent, stops, mend };
}

describe('a redrive by hand', () => {
  it('sends what there is back where it came from, no faster than its rate, and what is mended is done', () => {
    const { sim, redrive, watched, sent, mend, handled } = redriven({ rate: 20 });
    sim.runUntil(ms(1000));
    expect(watched.ready).toBe(POISON);
    expect(Math.min(...Array.from(watched.copies, ({ enqueued }) => enqueued))).toBeGreaterThan(ms(30));
    mend();
    redrive.scale(1);
    sim.runUntil(ms(3000));
    expect(watched.ready).toBe(0);
    expect(watched.fates.total).toBe(POISON);
    expect(sent.map(({ request }) => request).toSorted((a, b) => a - b)).toEqual(
      SENDS.flatMap((_, i) => (isPoison(i) ? [i] : [])),
    );
    for (const [index, { at }] of sent.slice(1).entries())
      expect(at - sent[index].at).toBeGreaterThanOrEqual(49 * MILLISECOND);
    const done = handled.filter(({ isGood }) => isGood).map(({ request }) => request);
    expect(done.toSorted((a, b) => a - b)).toEqual(SENDS.map((_, i) => i));
  });

  it('parks what was redriven as often as it may be', () => {
    const { sim, redrive, sent, recordsOf } = redriven({ redrivesMax: 2 });
    redrive.scale(1);
    sim.runUntil(ms(4000));
    expect(recordsOf(PARKED)).toHaveLength(POISON);
    expect(sent.filter(({ to }) => to === 't')).toHaveLength(2 * POISON);
    expect(sent.filter(({ to }) => to === PARKED).every(({ times }) => times === 2)).toBe(true);
  });

  it('stops itself when what it sends comes back, and goes on after its pause', () => {
    const stop = { share: 0.5, samples: 6, pause: ms(800) };
    const { sim, redrive, stops, sent } = redriven({ redrivesMax: Infinity, stop });
    redrive.scale(1);
    sim.runUntil(ms(5000));
    expect(stops.length).toBeGreaterThan(2);
    for (const at of stops) expect(sent.filter((each) => each.at > at && each.at < at + ms(800))).toEqual([]);
    expect(sent.some((each) => each.at > stops[0] + ms(800))).toBe(true);
  });

  it('goes on when its process does, where that stood still across a stop and beyond its pause', () => {
    const stop = { share: 0.5, samples: 6, pause: ms(100) };
    const run = (pauseAt: number | undefined) => {
      const small = redriven({ redrivesMax: Infinity, stop });
      small.redrive.scale(1);
      if (pauseAt !== undefined)
        small.sim.scheduleAt(pauseAt, () => small.redrive.consumers[0].pause(ms(500)), undefined);
      small.sim.runUntil(ms(1500));
      return small;
    };
    const [at] = run(undefined).stops;
    const { stops, sent } = run(at - ms(1));
    expect(stops[0]).toBe(at);
    const after = sent.filter((each) => each.at > at);
    expect(after.length).toBeGreaterThan(0);
    expect(after[0].at).toBeGreaterThanOrEqual(at + ms(499));
  });

  it('begins anew with each life: what came back from another is no sample, and no pause outlives it', () => {
    const stop = { share: 0.5, samples: 6, pause: ms(1500) };
    const { sim, redrive, stops, sent, mend } = redriven({ redrivesMax: Infinity, stop });
    redrive.scale(1);
    while (stops.length === 0) sim.runUntil(ms(5000), 1);
    const [at] = stops;
    mend();
    sim.scheduleAt(at + ms(100), () => redrive.consumers[0].kill(ms(200)), undefined);
    sim.runUntil(at + ms(1400));
    expect(sent.filter((each) => each.at > at).length).toBeGreaterThan(0);
    expect(stops).toEqual([at]);
  });

  it('notes a letter that cannot be published once, however often it comes back to it', () => {
    const stop = { share: 0.5, samples: 4, pause: ms(200) };
    const { sim, redrive, stops, sent, republisher } = redriven({ stop }, (key) => key === 0);
    redrive.scale(1);
    while (sent.length === 0) sim.runUntil(ms(5000), 1);
    const { publish } = republisher;
    let tries = 0;
    vi.spyOn(republisher, 'publish').mockImplementation(function* (record, partition, headers) {
      if (!/^t-\d+$/.test(partition)) return yield* publish.call(republisher, record, partition, headers);
      tries++;
      return false;
    });
    sim.runUntil(sim.now + ms(2000));
    expect(tries).toBeGreaterThan(20);
    expect(stops).toEqual([]);
  });
});
