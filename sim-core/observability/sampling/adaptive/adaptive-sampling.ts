/**
 * The side of Jaeger's adaptive sampling that sees the traces: counts their roots by operation, works the probabilities out
 * anew at each interval, and tells them to clients that ask (`remote-sampler.ts`).
 *
 * A client that asks has its answer at once. Does not model several of them that share what they have seen by a store and
 * elect one who does the sums, nor the delay by which Jaeger looks at older intervals than the last one.
 */
import { defineReading, type Fact, type FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Call, Endpoint } from '../../../network/call.ts';
import { register, type Component } from '../../../network/component.ts';
import type { SpanData } from '../../signals/telemetry.ts';
import type { AdaptiveSamplingOptions } from './adaptive-options.ts';
import { AdaptiveProbabilities, type Throughput } from './adaptive-probabilities.ts';
import { SAMPLER_PARAM, SAMPLER_TYPE } from './sampler-attributes.ts';

/** What a client is told: the probability of each operation that is known. */
export type SamplingStrategy = ReadonlyMap<string, number>;

/** Told of every operation at each interval; of which it is worth a signal is the scenario's affair. */
export const probabilitySet = defineReading(
  'adaptive_sampling.probability',
  'The probability of an operation was set',
  {
    operation: 'text',
    probability: 'number',
  },
);

export class AdaptiveSampling implements Endpoint<void, SamplingStrategy>, Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: AdaptiveSamplingOptions;
  private readonly probabilities: AdaptiveProbabilities;
  private seen = new Map<string, { count: number; readonly probabilities: Set<number> }>();
  /** Of every operation that has been seen. */
  private strategy: ReadonlyMap<string, number> = new Map();
  private readonly tick: number;
  private readonly told: FactChannel<Fact<typeof probabilitySet>>;

  constructor(sim: Simulation, name: string, options: AdaptiveSamplingOptions) {
    this.sim = sim;
    this.name = name;
    this.help = `Has about ${options.targetSamplesPerSecond} traces of each operation a second sampled`;
    this.options = options;
    this.probabilities = new AdaptiveProbabilities(options);
    this.tick = sim.eventKind(`${name} works out probabilities`);
    this.told = sim.facts.channel(probabilitySet);
    register(sim, this);
    sim.schedule(options.calculationInterval, this.update, undefined, this.tick);
  }

  receive(call: Call<void, SamplingStrategy>): void {
    call.reply(this.strategy);
  }

  /** A span has come; it counts if it is a root that a sampler of this kind has sampled. */
  observe({ name, parentSpanId, attributes }: SpanData): void {
    const probability = attributes[SAMPLER_PARAM];
    if (parentSpanId !== '' || typeof probability !== 'number') return;
    const known = this.seen.get(name);
    const throughput: Throughput & { count: number; readonly probabilities: Set<number> } = known ?? {
      count: 0,
      probabilities: new Set(),
    };
    if (known === undefined) this.seen.set(name, throughput);
    throughput.probabilities.add(probability);
    if (attributes[SAMPLER_TYPE] === 'probabilistic') throughput.count++;
  }

  state(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.strategy);
  }

  violations(): readonly string[] {
    return [...this.strategy]
      .filter(([, probability]) => !(probability > 0 && probability <= 1))
      .map(([operation, probability]) => `${this.name}: the probability of ${operation} is ${probability}`);
  }

  private readonly update = (): void => {
    this.probabilities.update(this.seen);
    const operations = new Set([...this.strategy.keys(), ...this.seen.keys()]);
    this.seen = new Map();
    this.strategy = new Map([...operations].map((operation) => [operation, this.probabilities.of(operation)]));
    if (this.told.heard) {
      for (const [operation, probability] of this.strategy) this.told.emit({ operation, probability });
    }
    this.sim.schedule(this.options.calculationInterval, this.update, undefined, this.tick);
  };
}
