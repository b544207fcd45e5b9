/**
 * Measures a system for the three methods, whatever components it is made of: is told how calls end and listens to facts that say how
 * long something took, and reads every capacity at the end of each interval. What it keeps is a histogram a link and end, one a
 * component and sort of activity, and a few numbers a capacity, whatever the run's length.
 */
import { capacitiesOf } from '../../kernel/capacity.ts';
import type { FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { measureCalls, type CallEnd, type CallMeter, type EndMeter } from '../../network/call-meter.ts';
import { componentsOf } from '../../network/component.ts';
import { LogLinearHistogram } from '../../statistics/histogram.ts';
import { spanChanged } from '../tracing/tracer.ts';
import { CapacityMeter } from './capacity-meter.ts';
import { isFailure } from './failed-outcome.ts';
import { togetherBy, type Ended, type MeasuredCalls, type MeasuredTogether, type Measures } from './measures.ts';

type AnyFact = Readonly<Record<string, number | string | boolean>>;

/** By component; false for one that is told by its calls. */
type ActivityTallies = Map<string, Tally | false>;

export class MethodMeter implements CallMeter {
  private readonly sim: Simulation;
  private readonly from: Time;
  private readonly calls = new Map<string, CallTally>();
  private readonly activities: { readonly fact: string; readonly byComponent: ActivityTallies }[] = [];
  private readonly capacities: CapacityMeter[] = [];
  private readonly failures = new Map<string, boolean>();
  private readonly traced = new Set<string>();
  private readonly called = new Set<string>();
  private kinds: ReadonlyMap<string, string> | undefined = undefined;
  private readUntil: Time = 0;

  /** To be made before the system is wired. What it says begins with the first interval after the warm-up. */
  constructor(sim: Simulation, { interval, warmUp }: { readonly interval: Duration; readonly warmUp: Duration }) {
    this.sim = sim;
    this.from = Math.ceil(warmUp / interval) * interval;
    measureCalls(sim, this);
    sim.facts.channel(spanChanged).listen(({ process, begun }) => {
      if (begun > 0) this.traced.add(process);
    });
    sim.facts.onChannel((channel) => this.listen(channel as unknown as FactChannel<AnyFact>));
  }

  endOf(from: string, to: string, end: CallEnd): EndMeter {
    this.called.add(to);
    const key = `${end} ${from} > ${to}`;
    let known = this.calls.get(key);
    if (known === undefined) this.calls.set(key, (known = new CallTally(this.sim, this.from, { from, to, end })));
    return known;
  }

  /** An interval ends at `time`: to be called before anything happens then or later. */
  endInterval(time: Time): void {
    const all = capacitiesOf(this.sim);
    for (let i = this.capacities.length; i < all.length; i++) this.capacities.push(new CapacityMeter(all[i]));
    for (const capacity of this.capacities) capacity.endInterval(this.readUntil, time, time > this.from);
    this.readUntil = time;
  }

  finish(end: Time): Measures {
    this.sim.facts.handOver();
    if (end > this.readUntil) this.endInterval(end);
    return {
      calls: [...this.calls.values()]
        .filter(({ count, cancelled }) => count > 0 || cancelled > 0)
        .map((tally) => ({ ...tally.of, ...tally.ended(), cancelled: tally.cancelled })),
      together: this.together(),
      activities: this.activities.flatMap(({ fact, byComponent }) =>
        [...byComponent].flatMap(([component, tally]) =>
          tally && tally.count > 0 ? [{ component, fact, ...tally.ended() }] : [],
        ),
      ),
      capacities: this.capacities.map((capacity) => capacity.finish()),
      traced: [...this.traced],
    };
  }

  /** The histograms of links that are asked for together, as one. */
  private together(): MeasuredTogether[] {
    const byName = new Map<string, Tally>();
    for (const tally of this.calls.values()) {
      if (tally.count === 0) continue;
      const { from, to, end } = tally.of;
      const names = end === 'callee' ? [togetherBy.to(to)] : [togetherBy.from(from), togetherBy.link(from, to)];
      for (const name of names) {
        let all = byName.get(name);
        if (all === undefined) byName.set(name, (all = new Tally()));
        all.merge(tally);
      }
    }
    return [...byName].map(([name, tally]) => ({ name, p95: tally.ended().p95 }));
  }

  /**
   * Facts that say how long something took, and who did it: the first text in them that names a component. One that others are
   * linked to is told by its calls, and what it says beside them is not summed up: there is much of it.
   */
  private listen(channel: FactChannel<AnyFact>): void {
    const { name: fact, schema, reading } = channel.kind;
    const texts = Object.keys(schema).filter((field) => schema[field] === 'text');
    if (reading || texts.length === 0 || schema.duration !== 'duration') return;
    const byComponent: ActivityTallies = new Map();
    this.activities.push({ fact, byComponent });
    const saysOutcome = schema.outcome === 'text';
    channel.read(({ facts, times, count }) => {
      for (let i = 0; i < count; i++) {
        const told = facts[i];
        const tally = times[i] < this.from ? undefined : this.tallyIn(told, texts, byComponent);
        if (tally === undefined) continue;
        const outcome = saysOutcome ? (told.outcome as string) : 'ok';
        tally.add(told.duration as Duration, outcome !== 'ok' && this.isFailure(outcome));
      }
    });
  }

  private tallyIn(told: AnyFact, texts: readonly string[], byComponent: ActivityTallies): Tally | undefined {
    for (const field of texts) {
      const text = told[field] as string;
      const known = byComponent.get(text);
      if (known !== undefined) return known || undefined;
      this.kinds ??= new Map(componentsOf(this.sim).map(({ name, kind }) => [name, kind]));
      const kind = this.kinds.get(text);
      if (kind === undefined) continue;
      const tally = (kind === 'consumer' || !this.called.has(text)) && new Tally();
      byComponent.set(text, tally);
      return tally || undefined;
    }
    return undefined;
  }

  /** There are few outcomes, and very many facts that have one. */
  private isFailure(outcome: string): boolean {
    let failed = this.failures.get(outcome);
    if (failed === undefined) this.failures.set(outcome, (failed = isFailure(outcome)));
    return failed;
  }
}

/** Durations that a tally keeps before it counts them. */
const PENDING_MAX = 256;

/** What ended. */
class Tally {
  private readonly histogram = new LogLinearHistogram();
  /** Not counted yet: many in a row cost less than one at a time. */
  private readonly pending = new Float64Array(PENDING_MAX);
  private pendingCount = 0;
  private failed = 0;

  get count(): number {
    return this.histogram.count + this.pendingCount;
  }

  private countPending(): LogLinearHistogram {
    const { pending, pendingCount, histogram } = this;
    this.pendingCount = 0;
    histogram.recordAll(pending, pendingCount);
    return histogram;
  }

  add(duration: Duration, hasFailed: boolean): void {
    if (this.pendingCount === PENDING_MAX) this.countPending();
    this.pending[this.pendingCount++] = duration;
    if (hasFailed) this.failed++;
  }

  merge(other: Tally): void {
    this.countPending().merge(other.countPending());
    this.failed += other.failed;
  }

  ended(): Ended {
    const { failed } = this;
    const durations = this.countPending();
    const { count, mean, max } = durations;
    return { count, failed, mean: mean / SECOND, p95: durations.quantile(0.95) / SECOND, max: max / SECOND };
  }
}

/** What ended on one link from some time on, seen from one end of it. */
class CallTally extends Tally implements EndMeter {
  private readonly sim: Simulation;
  private readonly from: Time;
  readonly of: Pick<MeasuredCalls, 'from' | 'to' | 'end'>;
  cancelled = 0;

  constructor(sim: Simulation, from: Time, of: CallTally['of']) {
    super();
    this.sim = sim;
    this.from = from;
    this.of = of;
  }

  override add(duration: Duration, hasFailed: boolean): void {
    if (this.sim.now >= this.from) super.add(duration, hasFailed);
  }

  cancel(): void {
    if (this.sim.now >= this.from) this.cancelled++;
  }
}
