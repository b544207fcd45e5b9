/**
 * Somebody else's service, in which a message has an effect that no transaction of one's own can take back: a payment, a
 * parcel, an e-mail. It does what it is asked, however often, but for a request whose idempotency key it has seen: that has
 * its answer and no effect (Stripe API reference, "Idempotent requests"; the Idempotency-Key draft of the IETF).
 *
 * It has as many servers as it needs: nobody waits for another. Keys are kept for the length of a run. Does not model that a
 * request may conflict with one of the same key that is still under way: here both are answered, and one has the effect.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { EffectLedger } from './ledger.ts';
import type { Received } from './received.ts';

export interface OutsideRequest {
  readonly message: Received;
  /** The request's `Idempotency-Key`; without it each request is a new one. */
  readonly idempotencyKey?: number;
}

export interface OutsideOptions {
  readonly name: string;
  readonly help: string;
  readonly ledger: EffectLedger;
  /** Nanoseconds from a request's arrival to its effect. */
  readonly time: Distribution;
}

export class OutsideEffects implements Endpoint<OutsideRequest, void>, Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: OutsideOptions;
  private readonly times: KeyedStream;
  private readonly doneKind: number;
  private readonly seen = new Set<number>();
  private slowness = 1;
  private underWay = 0;
  private repeated = 0;

  constructor(sim: Simulation, options: OutsideOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.times = sim.keyedRandom(`${options.name}/time`);
    this.doneKind = sim.eventKind(`${options.name} has done what it was asked`);
    this.interventions = { slow: this.slowing() };
    register(sim, this);
  }

  receive(call: Call<OutsideRequest, void>): void {
    const { id } = call.query.message;
    this.underWay++;
    const time = Math.max(0, Math.round(this.options.time.sample(this.times.of(id)) * this.slowness));
    this.sim.schedule(time, (done: Call<OutsideRequest, void>) => this.do(done), call, this.doneKind, call.request.id);
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'requests under way': this.underWay, 'requests seen before': this.repeated };
  }

  violations(): readonly string[] {
    return this.underWay < 0 ? [`${this.name}: it did more than it was asked`] : [];
  }

  private do(call: Call<OutsideRequest, void>): void {
    const { message, idempotencyKey } = call.query;
    this.underWay--;
    if (idempotencyKey !== undefined && this.seen.has(idempotencyKey)) this.repeated++;
    else {
      if (idempotencyKey !== undefined) this.seen.add(idempotencyKey);
      this.options.ledger.applied(message);
    }
    call.reply();
  }

  private slowing(): Intervention {
    return {
      help: 'Makes every request take so many times as long from now on; 1 is the original speed',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
      apply: ([factor]) => {
        this.slowness = factor;
      },
    };
  }
}
