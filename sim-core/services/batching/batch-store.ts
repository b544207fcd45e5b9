/**
 * A store that takes batches, one after another: a fixed time for each (a round trip, a commit, a flush) and a time for each item. A
 * statement that takes longer than it may is broken off and undone, as by PostgreSQL's `statement_timeout`, when it has taken as long.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import { SerialServer } from '../../kernel/serial-server.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';

export interface BatchStoreOptions {
  readonly name: string;
  readonly help: string;
  readonly fixed: Duration;
  readonly each: Duration;
  /** By what the time of a batch varies: of mean 1. */
  readonly spread: Distribution;
  readonly statementTimeout: Duration;
}

export class BatchStore implements Endpoint<readonly unknown[], undefined>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: BatchStoreOptions;
  private readonly server = new SerialServer();
  private readonly draws: KeyedStream;
  private readonly doneKind: number;
  private slowness = 1;
  private received = 0;
  private stored = 0;
  private undone = 0;

  constructor(sim: Simulation, options: BatchStoreOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.draws = sim.keyedRandom(`${options.name}/spread`);
    this.doneKind = sim.eventKind(`${options.name} is done with a batch`);
    this.interventions = {
      slow: {
        help: 'An item takes so many times as long from now on; 1 is as it was. The fixed time stays',
        arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
        apply: ([factor]) => this.slow(factor),
      },
    };
    register(sim, this);
    tellCapacity(sim, this.server.asCapacity(`${options.name} server`));
  }

  slow(factor: number): void {
    this.slowness = factor;
  }

  receive(call: Call<readonly unknown[], undefined>): void {
    const { fixed, each, spread, statementTimeout } = this.options;
    const items = call.query.length;
    this.received += items;
    const needs = (fixed + each * this.slowness * items) * spread.sample(this.draws.of(call.request.nextWorkKey()));
    const isTooLong = needs > statementTimeout;
    const end = this.server.take(Math.max(1, Math.round(Math.min(needs, statementTimeout))), this.sim.now);
    const finish = (): void => {
      if (isTooLong) {
        this.undone += items;
        call.refuse('timeout');
      } else {
        this.stored += items;
        call.reply(undefined);
      }
    };
    this.sim.scheduleAt(end, finish, undefined, this.doneKind, call.request.id);
  }

  state(): Readonly<Record<string, number | string>> {
    return { stored: this.stored, undone: this.undone, 'times as slow': this.slowness };
  }

  violations(): readonly string[] {
    return this.stored + this.undone > this.received ? [`${this.name}: more items have ended than came`] : [];
  }
}
