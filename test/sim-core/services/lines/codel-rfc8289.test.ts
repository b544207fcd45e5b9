/**
 * CoDel against the pseudocode of RFC 8289, sections 5.5 and 5.6, written out over a queue of its own; and against the closed form of its
 * control law.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { codelRfc8289 } from '../../../../sim-core/services/lines/codel-rfc8289.ts';

const TARGET = ms(5);
const INTERVAL = ms(100);

interface Packet {
  readonly id: number;
  readonly tstamp: number;
}

/** The RFC's `codel_queue_t`: dequeues as its text says, in its order, and keeps what it drops. */
class RfcQueue {
  readonly packets: Packet[] = [];
  readonly dropped: number[] = [];
  private first_above_time = 0;
  private drop_next = 0;
  private count = 0;
  private lastcount = 0;
  private dropping = false;

  dequeue(now: number): Packet | undefined {
    let r = this.dodequeue(now);
    if (this.dropping) {
      if (!r.ok_to_drop) this.dropping = false;
      while (now >= this.drop_next && this.dropping) {
        this.dropped.push(r.p!.id);
        ++this.count;
        r = this.dodequeue(now);
        if (!r.ok_to_drop) this.dropping = false;
        else this.drop_next = this.control_law(this.drop_next, this.count);
      }
    } else if (r.ok_to_drop) {
      this.dropped.push(r.p!.id);
      r = this.dodequeue(now);
      this.dropping = true;
      const delta = this.count - this.lastcount;
      this.count = 1;
      if (delta > 1 && now - this.drop_next < 16 * INTERVAL) this.count = delta;
      this.drop_next = this.control_law(now, this.count);
      this.lastcount = this.count;
    }
    return r.p;
  }

  private dodequeue(now: number): { p: Packet | undefined; ok_to_drop: boolean } {
    const p = this.packets.shift();
    let ok_to_drop = false;
    if (p === undefined) {
      this.first_above_time = 0;
      return { p, ok_to_drop };
    }
    const sojourn_time = now - p.tstamp;
    if (sojourn_time < TARGET || this.packets.length === 0) this.first_above_time = 0;
    else if (this.first_above_time === 0) this.first_above_time = now + INTERVAL;
    else if (now >= this.first_above_time) ok_to_drop = true;
    return { p, ok_to_drop };
  }

  private control_law(t: number, count: number): number {
    return t + INTERVAL / Math.sqrt(count);
  }
}

/** The discipline before the same queue, asked as a service asks it. */
function dequeue(
  line: ReturnType<typeof codelRfc8289>,
  packets: Packet[],
  now: number,
  dropped: number[],
): Packet | undefined {
  for (;;) {
    const packet = packets.shift();
    if (packet === undefined || !line.drops(now - packet.tstamp, now, Infinity, packets.length)) return packet;
    dropped.push(packet.id);
  }
}

/** Bursts and calm times: how many come at once, how many are taken after that, and how long each of these takes. */
const steps = fc.array(
  fc.record({
    come: fc.integer({ min: 0, max: 30 }),
    taken: fc.integer({ min: 0, max: 30 }),
    each: fc.constantFrom(ms(0.1), ms(2), ms(4), ms(20)),
  }),
  { minLength: 20, maxLength: 120 },
);

it('does as the RFC says, through standing lines, empty ones, and such as stand again', () => {
  let again = 0;
  fc.assert(
    fc.property(steps, (steps) => {
      const rfc = new RfcQueue();
      const line = codelRfc8289();
      const packets: Packet[] = [];
      const dropped: number[] = [];
      let now = ms(1);
      let id = 0;
      for (const { come, taken, each } of steps) {
        for (let i = 0; i < come; i++) {
          const packet = { id: id++, tstamp: now };
          rfc.packets.push(packet);
          packets.push(packet);
        }
        for (let i = 0; i < taken; i++) {
          now += each;
          const [here, there] = [dequeue(line, packets, now, dropped), rfc.dequeue(now)];
          if (here?.id !== there?.id) expect(here).toEqual(there);
        }
        expect(dropped.length).toBe(rfc.dropped.length);
      }
      expect(dropped).toEqual(rfc.dropped);
      if (dropped.length > 20) again++;
    }),
    { numRuns: 60 },
  );
  // Else it would have been shown of lines that never stand.
  expect(again).toBeGreaterThan(10);
});

/** When a line that always stands has somebody dropped, asked each tenth of a millisecond from `from` on; milliseconds. */
function drops(line: ReturnType<typeof codelRfc8289>, from: number, until: number): number[] {
  const times: number[] = [];
  for (let now = from; now < until; now += ms(0.1)) {
    while (line.drops(ms(6), now, Infinity, 50)) times.push(now / ms(1));
  }
  return times;
}

it('drops the first after an interval, and each next one after interval / sqrt(count)', () => {
  const times = drops(codelRfc8289(), ms(10), ms(1500));
  let [expected, wait] = [110, 100];
  for (const [i, time] of times.entries()) {
    expect(time).toBeGreaterThanOrEqual(expected - 1e-6);
    expect(time).toBeLessThan(expected + 0.1 + 1e-6);
    wait = 100 / Math.sqrt(i + 1);
    expected += wait;
  }
  // 2 sqrt(n) intervals for n drops after the first, but for the sum's distance from the integral.
  expect(times.length).toBeCloseTo(((1500 - 110) / 200 + 0.73) ** 2, -1);
});

it('goes on as fast as the last time had become where a line stands again soon, and anew where that is long ago', () => {
  const pauses = [ms(200), ms(5000)].map((pause) => {
    const line = codelRfc8289();
    const before = drops(line, ms(10), ms(1500)).length;
    // One who has waited for less than the target ends it.
    line.drops(ms(1), ms(1500), Infinity, 50);
    const [first, second] = drops(line, ms(1500) + pause, ms(2500) + pause);
    return { before, apart: second - first };
  });
  const [soon, late] = pauses;
  // All but the first of the last time: count goes on with them.
  expect(soon.apart).toBeCloseTo(100 / Math.sqrt(soon.before - 1), 0);
  expect(late.apart).toBeCloseTo(100, 0);
});
