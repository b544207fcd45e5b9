/**
 * What travels with a request through every call made for it: its number, by which facts are tied together and draws
 * are keyed, when it entered the system, and by when its answer is wanted.
 *
 * The deadline travels with it by itself, as in gRPC (https://grpc.io/docs/guides/deadlines/): whoever answers a call is given the
 * request `within` the time for which that caller waits, and whatever it asks others with that is for nobody any later. To begin
 * something anew, as Go's `context.WithoutCancel` and a fresh `context.Background()` do, is to be said: `withoutDeadline`.
 *
 * The messages sent for a request are numbered, and each draws its delay by (link, request, number): whatever happens
 * to other requests, and however often this one calls, its draws are its own.
 */
import type { Time } from '../kernel/time.ts';

/** Messages, queries and spans that a request may have before its draws repeat. */
const DRAWS = 65_536;

/** From here on numbers belong to no client's request, but to work that is done for nobody: a block of 2^32 each. */
export const BACKGROUND = 68_719_476_736;
export const BACKGROUND_BLOCK = 4_294_967_296;

export class RequestContext {
  readonly id: number;
  readonly started: Time;
  /**
   * From when on the answer is for nobody: the earliest that somebody on the way here gives up, or never. Whoever made the request may set it
   * before it is sent.
   */
  deadline: Time;
  /** The request as it came into the system, which counts for all that is made of it. */
  private readonly origin: RequestContext;
  private messages = 0;
  private works = 0;
  private spans = 0;

  /** `id`: an integer from 0 to 2^37. */
  constructor(id: number, started: Time, deadline: Time = Infinity, origin?: RequestContext) {
    this.id = id;
    this.started = started;
    this.deadline = deadline;
    this.origin = origin ?? this;
  }

  /** The same request for someone who waits until then at most. */
  within(deadline: Time): RequestContext {
    return deadline < this.deadline ? new RequestContext(this.id, this.started, deadline, this.origin) : this;
  }

  /** The same request for what goes on whoever has gone. */
  withoutDeadline(): RequestContext {
    return this.deadline < Infinity ? new RequestContext(this.id, this.started, Infinity, this.origin) : this;
  }

  /** A key for the draws of the next message sent for this request. */
  nextMessageKey(): number {
    return this.id * DRAWS + (this.origin.messages++ % DRAWS);
  }

  /** A key for the draws of the next piece of work done for this request, whatever messages went before it. */
  nextWorkKey(): number {
    return this.id * DRAWS + (this.origin.works++ % DRAWS);
  }

  /** A key for the ids of the next span that instruments begin for this request. */
  nextSpanKey(): number {
    return this.id * DRAWS + (this.origin.spans++ % DRAWS);
  }
}
