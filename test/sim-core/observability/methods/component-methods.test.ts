/** What is derived of every component without its help, against accounts that others keep, and against made-up measures. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import redUseGolden from '../../../../scenarios/observability/red-use-golden.ts';
import dynamicBatching from '../../../../scenarios/overload/dynamic-batching.ts';
import poisonMessage from '../../../../scenarios/messaging/poison-message.ts';
import {
  methodsOf,
  ms,
  Resource,
  run,
  Simulation,
  type MethodsRow,
  type Recording,
} from '../../../../sim-core/index.ts';
import { capacitiesOf } from '../../../../sim-core/kernel/capacity.ts';
import { ProcessorSharing } from '../../../../sim-core/kernel/processor-sharing.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { s } from '../../../../sim-core/kernel/time.ts';
import type { Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { MethodMeter } from '../../../../sim-core/observability/methods/method-meter.ts';
import { TimeWeighted } from '../../../../sim-core/statistics/time-weighted.ts';

const calm = run(redUseGolden, { variant: 'quiet' });
const poisoned = run(poisonMessage, { variant: 'block-forever', params: { length: 60e9 } });
const rowOf = (recording: Recording, name: string): MethodsRow =>
  methodsOf(recording).find((row) => row.name === name)!;
const seconds = (recording: Recording): number => (recording.header.duration - recording.header.warmUp) / 1e9;
const summary = (recording: Recording, name: string): Readonly<Record<string, number>> =>
  recording.signals.find((signal) => signal.name === name)!.summary;

describe('of a run', () => {
  it('RED is what signals of the same requests say, which are made of other facts', () => {
    const [database, app] = ['database', 'app'].map((name) => rowOf(calm, name).red!);
    expect(app.of).toBe('calls to it');
    const served = summary(calm, 'http.server.request.duration');
    expect(app.mean).toBeCloseTo(served.mean, 12);
    expect(app.p95).toBeCloseTo(served.p95, 12);
    expect(database.mean).toBeLessThan(app.mean);
    expect(app.errors).toBe(0);
    // As many end as come, but for those that are in it at one end or the other.
    expect(Math.abs(app.rate - served.count / seconds(calm)) * seconds(calm)).toBeLessThan(40);
  });

  it('USE and RED agree by Little’s law: connections held and waited for are the rate times the time in the database', () => {
    const { red, use } = rowOf(calm, 'database');
    const pool = use.find(({ name }) => name === 'database pool')!;
    const inside = pool.utilization * pool.units + pool.waiting;
    expect(Math.abs(inside / (red!.rate * red!.mean) - 1)).toBeLessThan(0.01);
    // A query takes a processor for as long as a connection, while there are enough of both.
    const processors = use.find(({ name }) => name === 'database processors')!;
    expect(processors.utilization * processors.units).toBeCloseTo(pool.utilization * pool.units, 6);
  });

  it('names what is short: a pool that refuses, a server that is always at work, a consumer that fails', () => {
    const overloaded = run(redUseGolden, { variant: 'overload' });
    expect(rowOf(overloaded, 'database').beyond).toEqual(['database pool']);
    expect(rowOf(calm, 'database').beyond).toEqual([]);
    const refused = rowOf(overloaded, 'database').use.find(({ name }) => name === 'database pool')!.refused;
    expect(refused).toBe(summary(overloaded, 'use.database.errors').total);
    expect(rowOf(run(dynamicBatching, { variant: 'fixed-small' }), 'store').beyond).toEqual(['store server']);
    expect(rowOf(poisoned, 'worker').red!.of).toBe('message.processed');
    expect(rowOf(poisoned, 'worker').beyond).toEqual(['errors', 'worker workers']);
  });

  it('says of what has no measure that it has none, and of a recording without measures nothing', () => {
    const link = rowOf(calm, 'users > app');
    expect([link.kind, link.use, link.saturation, link.red!.of]).toEqual(['link', [], NaN, 'calls over it']);
    expect(rowOf(poisoned, 'monitor').red).toBeUndefined();
    const { measures: _, ...older } = calm;
    expect(methodsOf(older)).toEqual([]);
  });
});

describe('several callers of one callee', () => {
  /** Of these callers’ calls, a ms apart, each takes its own time; a hedge of the last caller’s is given up at once. */
  function measured(calls: readonly (readonly [caller: string, count: number, takes: number])[]): MethodsRow[] {
    const axis = { interval: s(1), warmUp: 0, duration: s(10) };
    const sim = new Simulation({ seed: 1 });
    const meter = new MethodMeter(sim, axis);
    const server: Endpoint<number, void> = {
      name: 'server',
      receive: (call) => void sim.schedule(call.query, () => call.reply(), undefined),
    };
    const nobody = { resume: (): void => {}, fail: (): void => {} };
    const requests = new Float64Array(10);
    const flows = calls.map(([from]) => ({ from, to: 'server', requests }));
    for (const [caller, count, takes] of calls) {
      const link = new Link(sim, server, { from: caller, delay: constant(0) });
      for (let i = 0; i < count; i++) {
        sim.scheduleAt(ms(i), () => void link.call(takes, new RequestContext(i, sim.now)).begin(nobody), undefined);
      }
      sim.scheduleAt(
        ms(1),
        () => {
          const hedge = link.call(takes, new RequestContext(count, sim.now));
          hedge.begin(nobody);
          hedge.abandon();
        },
        undefined,
      );
    }
    requests[0] = 1;
    sim.runUntil(s(10));
    const components = [{ name: 'server', kind: 'service' }];
    return methodsOf({ header: axis, components, flows, measures: meter.finish(s(10)) });
  }

  it('have one p95, not the worst of theirs, and what they were taken from is neither an error nor a duration', () => {
    const rows = measured([
      ['often', 990, ms(10)],
      ['seldom', 10, ms(500)],
    ]);
    const [server, often, seldom] = ['server', 'often > server', 'seldom > server'].map(
      (name) => rows.find((row) => row.name === name)!.red!,
    );
    expect([server.p95, often.p95].map((p95) => Math.round(p95 * 1000))).toEqual([10, 10]);
    expect(seldom.p95).toBeCloseTo(0.5, 2);
    expect([often.errors, often.mean, often.cancelled, server.cancelled]).toEqual([0, 0.01, 1, 0]);
  });
});

describe('a capacity', () => {
  it('is in use and waited for as long as its changes say, at every instant', () => {
    const step = fc.record({ wait: fc.nat(50), claim: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (steps, capacity) => {
        const sim = new Simulation({ seed: 1 });
        const pool = new Resource(sim, { name: 'pool', capacity, queueMax: 2 });
        const [used, waiting] = [new TimeWeighted(0, 0), new TimeWeighted(0, 0)];
        let [now, refused] = [0, 0];
        for (const { wait, claim } of steps) {
          now += wait;
          sim.runUntil(now);
          if (!claim) {
            if (pool.inUse > 0) pool.release();
          } else if (!pool.tryAcquire() && pool.enqueue(() => {}, undefined) === undefined) refused++;
          used.set(now, pool.inUse);
          waiting.set(now, pool.waiting);
        }
        const [told] = capacitiesOf(sim);
        if (told.kind !== 'busy' || now === 0) return;
        const end = now + 7;
        expect(told.inUseTime(end)).toBeCloseTo(used.integral(end), 6);
        expect(told.line!.waitingTime(end)).toBeCloseTo(waiting.integral(end), 6);
        expect(told.line!.refused()).toBe(refused);
      }),
      { numRuns: 100 },
    );
  });

  it('of processors is busy for as long as there is work, and not more than there are processors', () => {
    const sim = new Simulation({ seed: 1 });
    const processors = new ProcessorSharing(sim, 'store', 2);
    for (const demand of [ms(10), ms(10), ms(30)]) processors.work(demand, () => {}, undefined);
    sim.runUntil(ms(100));
    const [told] = capacitiesOf(sim);
    if (told.kind !== 'busy') throw new Error('processors are busy or not');
    expect(told.name).toBe('store processors');
    expect(told.inUseTime(ms(100))).toBe(ms(50));
    // Three jobs share two processors until the short ones are done, after 15 ms; one waits in effect.
    expect(told.line!.waitingTime(ms(100))).toBe(ms(15));
  });
});
