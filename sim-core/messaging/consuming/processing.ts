/**
 * What the consumers' code does for a message: it takes a drawn time, and then either fails (`failures.ts`) or goes on to
 * have its effect. All consumers of a queue run the same code: they share one object, and what is done to it is done to
 * all. The time belongs to the message: it is the same at every attempt, whoever makes it.
 *
 * Does not model the machine it runs on: two messages at once take no longer than one.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { ComponentPart, Intervention } from '../../network/component.ts';
import { Failures, type FailureOptions } from './failures.ts';
import { HandlingFailed, type Received } from './received.ts';

export interface ProcessingOptions extends FailureOptions {
  /** Names the draws: the same in all variants that are to meet the same messages. */
  readonly name: string;
  /** Nanoseconds for one message. */
  readonly time: Distribution;
}

export class Processing implements ComponentPart {
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly time: Distribution;
  private readonly times: KeyedStream;
  private readonly failures: Failures;
  private slowness = 1;
  private readonly counts = { succeeded: 0, failed: 0 };

  constructor(sim: Simulation, options: ProcessingOptions) {
    this.time = options.time;
    this.times = sim.keyedRandom(`${options.name}/processing time`);
    this.failures = new Failures(sim, options.name, options);
    this.interventions = { slow: this.slowing(), poison: this.poisoning(), mend: this.mending() };
  }

  /** Works at a message; throws `HandlingFailed` at the end of the work if it fails. */
  *work(message: Received): Behaviour {
    const time = this.time.sample(this.times.of(message.id)) * this.slowness * this.failures.slownessOf(message);
    yield Math.max(0, Math.round(time));
    const failure = this.failures.attempt(message);
    this.counts[failure === undefined ? 'succeeded' : 'failed']++;
    if (failure !== undefined) throw new HandlingFailed(failure);
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'attempts that succeeded': this.counts.succeeded, 'attempts that failed': this.counts.failed };
  }

  violations(): readonly string[] {
    return [];
  }

  private slowing(): Intervention {
    return {
      help: 'A message takes all consumers so many times as long, if it is begun from now on; 1 is as it was',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
      apply: ([factor]) => {
        this.slowness = factor;
      },
    };
  }

  private poisoning(): Intervention {
    return {
      help: 'Messages of a key are poison from now on: every consumer fails at them, each time',
      arguments: [{ name: 'key', help: 'which', min: 0, max: 1e9, default: 0 }],
      apply: ([key]) => this.failures.poison(Math.round(key)),
    };
  }

  private mending(): Intervention {
    return {
      help: 'A release that mends the code: no message is poison any more',
      arguments: [],
      apply: () => this.failures.mend(),
    };
  }
}
