/** Remote write under outages: what is appended is sent, pending or lost, and lost is only what the log no longer has. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { minutes, ms, s } from '../../../../../sim-core/kernel/time.ts';
import { BackgroundRequests } from '../../../../../sim-core/network/background-requests.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import {
  remoteWriteLoad,
  samplesRetried,
} from '../../../../../sim-core/observability/pipeline/remote-write/remote-write-signals.ts';
import {
  REMOTE_WRITE,
  RemoteWriter,
  type RemoteWriterOptions,
} from '../../../../../sim-core/observability/pipeline/remote-write/remote-writer.ts';
import { bundle } from '../backends/writes.ts';
import { TestBackend, type Mood } from '../collector-lab.ts';

class Lab {
  readonly sim = new Simulation({ seed: 1 });
  readonly backend = new TestBackend();
  readonly writer: RemoteWriter;
  appended = 0;
  retried = 0;

  constructor(options: Partial<RemoteWriterOptions> = {}) {
    const link = new Link(this.sim, this.backend, { from: 'prometheus', delay: constant(ms(50)), timeout: s(30) });
    this.writer = new RemoteWriter(this.sim, { ...REMOTE_WRITE, name: 'prometheus', link, ...options });
    this.sim.facts.channel(samplesRetried).listen(({ samples }) => (this.retried += samples));
  }

  /** Ten processes are scraped every 15 s for so long, 200 samples each. */
  scrape(seconds: number): void {
    for (let at = 0; at < seconds; at += 15) {
      this.sim.inject(() => {
        for (let process = 0; process < 10; process++)
          this.writer.append(bundle('a', `a-${process}`, this.sim.now, 200, 4000));
        this.appended += 2000;
      }, 0);
      this.sim.runUntil(this.sim.now + s(15));
    }
  }

  be(mood: Mood): void {
    this.sim.inject(() => void (this.backend.mood = mood), 0);
  }
}

describe('a store that is down', () => {
  it('costs nothing but time, for less than the log is kept: all of it is sent then', () => {
    const lab = new Lab({ walKept: minutes(20) });
    lab.scrape(60);
    lab.be('unavailable');
    lab.scrape(15 * 60);
    expect(lab.retried).toBeGreaterThan(0);
    expect(lab.writer.lag).toBeGreaterThan(minutes(14));
    expect(lab.writer.pending).toBeGreaterThanOrEqual((15 * 60 * 2000) / 15);
    lab.be('up');
    lab.scrape(600);
    expect(lab.writer.lost).toBe(0);
    expect(lab.backend.stored).toBe(lab.appended);
    expect(lab.writer.lag).toBe(0);
  });

  it('loses what came before what the log still has, less what the shards had read', () => {
    const lab = new Lab({ walKept: minutes(20), capacity: 2000 });
    lab.be('unavailable');
    lab.scrape(50 * 60);
    lab.be('up');
    lab.scrape(600);
    // 30 of the 50 minutes are gone from the log; one shard had 2,000 in hand and 2,000 in its queue.
    const gone = 30 * 60 * (2000 / 15) - 4000;
    expect(Math.abs(lab.writer.lost - gone)).toBeLessThanOrEqual(2000);
    expect(lab.backend.stored).toBe(lab.appended - lab.writer.lost);
  });

  it('is asked again at once and then ever less often, and only by as many requests as there are shards', () => {
    const lab = new Lab();
    lab.be('unavailable');
    lab.scrape(60);
    // 30 ms and doubled up to 5 s: eight attempts in the first 8 s, and one in 5.1 s from then on.
    expect(lab.retried / 2000).toBeGreaterThan(15);
    expect(lab.retried / 2000).toBeLessThan(22);
  });
});

it('has a restart skip what was not sent, and counts what nobody scraped meanwhile', () => {
  const lab = new Lab();
  lab.be('unavailable');
  lab.scrape(60);
  const pending = lab.writer.pending;
  expect(pending).toBe(8000);
  lab.be('up');
  lab.sim.inject(() => lab.writer.crash(s(30)), 0);
  lab.sim.inject(() => {
    const way = new Link(lab.sim, lab.writer, { from: 'targets', delay: constant(0) });
    way.send(bundle('a', 'a-1', lab.sim.now, 200, 4000), new BackgroundRequests(lab.sim).next());
  }, s(10));
  lab.sim.runUntil(lab.sim.now + s(40));
  expect(lab.writer.lost).toBe(pending + 200);
  lab.scrape(60);
  lab.sim.runUntil(lab.sim.now + s(30));
  expect(lab.backend.stored).toBe(lab.appended - pending);
  expect(lab.writer.violations()).toEqual([]);
});

it('is behind by no more than since its start, and knows no rate of before', () => {
  const lab = new Lab();
  const desired: number[] = [];
  lab.sim.facts.channel(remoteWriteLoad).listen((load) => desired.push(load.desired));
  lab.scrape(60);
  lab.be('unavailable');
  lab.scrape(60);
  expect(desired.at(-1)).toBeGreaterThan(0);
  lab.sim.inject(() => lab.writer.crash(minutes(5)), 0);
  lab.sim.runUntil(lab.sim.now + 1);
  expect(desired.at(-1)).toBe(0);
  lab.sim.runUntil(lab.sim.now + minutes(5) + s(10));
  lab.scrape(15);
  expect(Math.abs(lab.writer.lag - s(10))).toBeLessThan(ms(1));
  lab.be('up');
  lab.scrape(60);
  lab.sim.runUntil(lab.sim.now + s(10));
  expect(lab.writer.lag).toBe(0);
});

it('runs as many shards as it takes, and catches up', () => {
  // A request there and back takes 100 ms, and has 100 samples: a shard sends 1,000 a second. 8,000 come.
  const lab = new Lab({ maxSamplesPerSend: 100, batchSendDeadline: ms(100) });
  for (let i = 0; i < 600; i++) {
    lab.sim.inject(() => {
      for (let process = 0; process < 40; process++)
        lab.writer.append(bundle('a', `a-${process}`, lab.sim.now, 100, 100));
    }, 0);
    lab.sim.runUntil(lab.sim.now + ms(500));
  }
  expect(lab.writer.shardCount).toBeGreaterThanOrEqual(8);
  lab.sim.runUntil(lab.sim.now + s(10));
  expect(lab.writer.pending).toBe(0);
});

it('drops what is over a rate limit unless it is told to send it again, and what is refused for good', () => {
  const lostBy = (mood: Mood, options: Partial<RemoteWriterOptions> = {}): number => {
    const lab = new Lab(options);
    lab.be(mood);
    lab.scrape(60);
    return lab.writer.lost;
  };
  expect(lostBy('refused')).toBe(8000);
  expect(lostBy('refused', { retryOnRateLimit: true })).toBe(0);
  expect(lostBy('error')).toBe(8000);
});

it('loses sight of nothing, and keeps each process in order, whatever its store does', () => {
  const moods = fc.constantFrom<Mood>('up', 'mute', 'half', 'unavailable', 'overloaded', 'refused', 'error');
  const script = fc.array(fc.tuple(moods, fc.integer({ min: 1, max: 12 })), { maxLength: 12 });
  const options = fc.record({
    capacity: fc.constantFrom(500, 5000),
    maxSamplesPerSend: fc.constantFrom(150, 1000),
    walKept: fc.constantFrom(minutes(1), minutes(30)),
  });
  fc.assert(
    fc.property(options, script, (chosen, steps) => {
      const lab = new Lab(chosen);
      const newest = new Map<string, number>();
      const seen = new Set<unknown>();
      const receive = lab.backend.receive.bind(lab.backend);
      lab.backend.receive = (call) => {
        const again = seen.has(call.query);
        seen.add(call.query);
        for (const { resource, time } of again ? [] : call.query.bundles!) {
          const name = resource['service.instance.id'];
          expect(time).toBeGreaterThanOrEqual(newest.get(name) ?? 0);
          newest.set(name, time);
        }
        receive(call);
      };
      for (const [mood, scrapes] of steps) {
        lab.be(mood);
        lab.scrape(15 * scrapes);
        expect(lab.writer.violations()).toEqual([]);
      }
      lab.be('up');
      lab.sim.runUntil(lab.sim.now + minutes(30));
      expect(lab.writer.violations()).toEqual([]);
      expect(lab.writer.pending).toBe(0);
    }),
    { numRuns: 40 },
  );
});
