/**
 * A sampling profiler in a process: some times a second it looks which stacks are on the processors, counts them, and sends the
 * counts on now and then, as continuous profilers do (Parca looks 19 times a second, bcc's profile 49 times, both so as not to
 * keep step with anything: https://www.parca.dev/docs/parca-agent-design/,
 * https://github.com/iovisor/bcc/blob/master/man/man8/profile.8). To walk a stack is charged to the thread that it stops.
 *
 * Of more threads than processors as many are on one, each as likely as the others; a part of a processor, as a quota gives it, has
 * somebody on it for that part of the time. What finds nobody who takes it is dropped. Does not model symbols that are missing,
 * nor time that threads wait for something.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import type { RunningWork } from '../signals/running-work.ts';
import { folded, type Profile } from './profile.ts';

export interface ProfilerOptions {
  /** Looks a second, above 0. */
  readonly rate: number;
  /** From one profile that is sent to the next. */
  readonly interval: Duration;
  readonly link: Link<Profile, undefined>;
}

export class Profiler {
  /** Profiles that nobody took. */
  dropped = 0;
  private readonly process: InstrumentedProcess;
  private readonly options: ProfilerOptions;
  private readonly running: RunningWork;
  private readonly draws: RandomStream;
  private samples = new Map<string, number>();
  private since: Time;

  constructor(process: InstrumentedProcess, options: ProfilerOptions) {
    const { rate } = options;
    if (!(rate > 0 && rate <= 10_000)) {
      throw new RangeError(`profiler: rate is ${rate}; it must be above 0 and at most 10000`);
    }
    const name = `${process.resource['service.instance.id']}/profiler`;
    this.process = process;
    this.options = options;
    this.running = process.watched();
    this.draws = process.sim.random(name);
    this.since = process.sim.now;
    process.whenCrashed(() => this.begin());
    spawn(process.sim, name, this.look());
  }

  private *look(): Behaviour {
    const { sim } = this.process;
    const period = Math.round(SECOND / this.options.rate);
    for (;;) {
      yield period;
      this.sample();
      if (sim.now - this.since < this.options.interval) continue;
      const profile = { resource: this.process.resource, from: this.since, to: sim.now, period, samples: this.samples };
      this.begin();
      spawn(sim, 'a profile is sent', this.send(profile));
    }
  }

  private begin(): void {
    this.samples = new Map();
    this.since = this.process.sim.now;
  }

  private sample(): void {
    const { costs } = this.process;
    const stacks = [...this.running.stacks];
    for (let left = Math.min(this.processorsNow(), stacks.length); left > 0; left--) {
      const [stack] = stacks.splice(this.draws.integer(stacks.length), 1);
      this.samples.set(stack, (this.samples.get(stack) ?? 0) + 1);
      this.process.charge(costs.stackSample);
    }
  }

  /** Processors that the process has at this moment: of a part of one all, with the chance of that part, or none. */
  private processorsNow(): number {
    const { cores } = this.process;
    const whole = Math.floor(cores);
    return whole < cores && this.draws.next() < cores - whole ? whole + 1 : whole;
  }

  private *send(profile: Profile): Behaviour {
    const { process } = this;
    yield* process.background(process.costs.byte * folded(profile).length);
    try {
      yield* this.options.link.call(profile, process.requests.next());
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.dropped++;
    }
  }
}
