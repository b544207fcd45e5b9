/**
 * What a pipeline carries, and the book of what becomes of it: whatever was accepted is delivered, held somewhere, dropped for a
 * reason or lost with a process, each once. Whoever sent it is told by the book, at once and over the link that it came by: a model
 * does without the answers that would travel back from stage to stage.
 *
 * The watermark is the moment up to which all that was accepted is dealt with; its delay is how old that is
 * (T. Akidau et al., The Dataflow Model, VLDB 2015: https://doi.org/10.14778/2824032.2824076).
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { Fifo } from '../../kernel/fifo.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call, CallFailure } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';

/**
 * `delivered`: the last stage has done its work. Dropped as `overflow` (a buffer was full), `expired` (it had waited for too long
 * upstream), `ended` (an overflow had ended the stream before) or `unasked` (nobody had asked for it). Lost as `crash` (held by a
 * process that was killed) or `unreachable` (sent to one that was down).
 */
export type Fate = 'delivered' | 'overflow' | 'expired' | 'ended' | 'unasked' | 'crash' | 'unreachable';

/** What the sender is told. Of an item that nobody had asked for it is told nothing, and waits for as long as it will. */
const ANSWERS: Readonly<Record<Fate, 'done' | CallFailure | undefined>> = {
  delivered: 'done',
  overflow: 'overloaded',
  expired: 'overloaded',
  ended: 'overloaded',
  unasked: undefined,
  crash: 'unavailable',
  unreachable: 'unavailable',
};

/** What became of an item, and how long after it was accepted. */
export const parcelEnded = defineFact('pipeline.ended', 'An item was delivered, dropped or lost', {
  request: 'request',
  fate: 'text',
  age: 'duration',
});

export interface Parcel {
  readonly request: RequestContext;
  /** By it the sender is told what became of it. */
  readonly call: Call<unknown, unknown>;
  readonly accepted: Time;
  readonly bytes: number;
  fate: Fate | undefined;
}

export class ParcelBook {
  private readonly sim: Simulation;
  private readonly ended: FactChannel<Fact<typeof parcelEnded>>;
  /** In order of acceptance, from the first whose fate is not known. */
  private readonly open = new Fifo<Parcel>();
  private readonly counts = new Map<Fate, number>();
  private acceptedCount = 0;
  private heldCount = 0;
  private oldest: Parcel | undefined = undefined;

  constructor(sim: Simulation) {
    this.sim = sim;
    this.ended = sim.facts.channel(parcelEnded);
  }

  get accepted(): number {
    return this.acceptedCount;
  }

  /** Accepted, and neither delivered, dropped nor lost. */
  get held(): number {
    return this.heldCount;
  }

  of(fate: Fate): number {
    return this.counts.get(fate) ?? 0;
  }

  accept(call: Call<unknown, unknown>, bytes: number): Parcel {
    const parcel: Parcel = { request: call.request, call, accepted: this.sim.now, bytes, fate: undefined };
    this.acceptedCount++;
    this.heldCount++;
    this.open.add(parcel);
    return parcel;
  }

  end(parcel: Parcel, fate: Fate): void {
    if (parcel.fate !== undefined) {
      throw new Error(`item ${parcel.request.id} was ${parcel.fate} and is now ${fate}; it has one fate`);
    }
    parcel.fate = fate;
    this.heldCount--;
    this.counts.set(fate, this.of(fate) + 1);
    if (this.ended.heard) {
      this.ended.emit({ request: parcel.request.id, fate, age: this.sim.now - parcel.accepted });
    }
    const answer = ANSWERS[fate];
    if (answer === 'done') parcel.call.reply(undefined);
    else if (answer !== undefined) parcel.call.refuse(answer);
  }

  /** How long ago the oldest was accepted whose fate is not known; 0 if there is none. */
  get watermarkDelay(): Duration {
    while (this.oldest?.fate !== undefined || this.oldest === undefined) {
      if (this.open.size === 0) return 0;
      this.oldest = this.open.take();
    }
    return this.sim.now - this.oldest.accepted;
  }
}
