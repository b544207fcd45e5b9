/**
 * Calls: one side asks, the other answers, and both ways take time. A call is a wait, so a process writes
 * `const reply = yield* link.call(query, request)`.
 *
 * The caller may stop waiting (its own timeout, a cancelled process) while the other side works on: nobody tells it, unless the
 * caller does, by `cancel`, and then it is the endpoint's affair whether it stops.
 * That is how work is done for callers that have gone. An endpoint that crashes lets its calls run into their timeout
 * or refuses them; both are its own affair.
 */
import { defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { EventHandle } from '../kernel/event-table.ts';
import { OutcomeError } from '../kernel/outcome-error.ts';
import type { Duration, Time } from '../kernel/time.ts';
import { Wait, type Waiter } from '../kernel/wait.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { CallEnd, EndMeter } from './call-meter.ts';
import type { RequestContext } from './request-context.ts';

/** Who answers calls. `receive` is called when the request arrives; the answer is `call.reply` or `call.refuse`. */
export interface Endpoint<Query, Reply> {
  readonly name: string;
  receive(call: Call<Query, Reply>): void;
  /** The caller of a call that was received and is not answered has sent word that it waits no more: none is needed then. */
  cancelled?(call: Call<Query, Reply>): void;
}

/**
 * A call is over, for one end of its link: the callee has answered it, after so long with it; or the caller has heard of that, or
 * given up, after so long in all. `outcome` is `ok` or a `CallFailure`; a caller's may be `cancelled`: it was taken away from the call,
 * as by another one that came in first, or was itself cancelled. What was sent and not waited for has no caller's end.
 */
export const callEnded = defineReading('network.call', 'A call is over, for one end of its link', {
  caller: 'text',
  callee: 'text',
  end: 'text',
  outcome: 'text',
  duration: 'duration',
});

/** A call and its answer, and the word that no answer is waited for, which goes the way of calls. */
export type Direction = 'request' | 'reply' | 'cancellation';

/** What a call travels over: a link, both ways. */
export interface Carrier<Query, Reply> {
  readonly sim: Simulation;
  readonly endpoint: Endpoint<Query, Reply>;
  /** The kind of event by which a caller gives up. */
  readonly timeoutKind: number;
  /** The component at the near end. */
  readonly from: string;
  readonly ended: FactChannel<Fact<typeof callEnded>>;
  /** What is measured at either end, if anything is. */
  readonly callerMeter: EndMeter | undefined;
  readonly calleeMeter: EndMeter | undefined;
  /** Takes one message over: calls back with the argument when it arrives. */
  carry<Argument>(
    direction: Direction,
    request: RequestContext,
    arrive: (argument: Argument) => void,
    argument: Argument,
  ): void;
}

/**
 * `unavailable`: nobody is there to answer, as when a connection is refused or reset; `overloaded`: there is no room;
 * `refused`: there may be, but a rule forbids it, such as a rate limit.
 */
export type CallFailure = 'timeout' | 'overloaded' | 'refused' | 'unavailable' | 'error';

/** What a `pushback` is that asks the caller not to try again at all. */
export const NOT_AGAIN: Duration = -1;

/** Thrown into a process whose call failed. */
export class CallFailed extends OutcomeError {
  readonly name = 'CallFailed';
  readonly failure: CallFailure;
  /** When the other side wants to be asked again, if it has said so: gRPC's `grpc-retry-pushback-ms`; less than 0 for never. */
  readonly pushback: Duration | undefined;
  constructor(endpoint: string, failure: CallFailure, pushback?: Duration) {
    super(`${endpoint}: ${failure}`);
    this.failure = failure;
    this.pushback = pushback;
  }
}

export class Call<Query, Reply> extends Wait<Reply> {
  readonly query: Query;
  /**
   * The request of the outside world on whose behalf this is done: ties its facts together. Once it is sent as its endpoint sees it: calls
   * made with it inherit this one's deadline.
   */
  request: RequestContext;
  private readonly link: Carrier<Query, Reply>;
  private readonly patience: Duration;
  private waiter: Waiter | undefined = undefined;
  /** When the caller sent it, less than 0 before, and when the callee got it. */
  private sentAt: Time = -1;
  private receivedAt: Time = 0;
  private alarm: EventHandle = -1;
  private answered = false;
  private received = false;
  private failure: CallFailure | undefined = undefined;
  private pushback: Duration | undefined = undefined;

  constructor(link: Carrier<Query, Reply>, query: Query, request: RequestContext, patience: Duration) {
    super();
    this.link = link;
    this.query = query;
    this.request = request;
    this.patience = patience;
  }

  /** Sends it and waits for nothing: no alarm is set, nobody's deadline is its own, and its answer is for nobody. */
  dispatch(): void {
    this.request = this.request.withoutDeadline();
    this.link.carry('request', this.request, Call.arrive, this as unknown as Call<never, never>);
  }

  begin(waiter: Waiter): boolean {
    const { link, patience } = this;
    this.waiter = waiter;
    this.sentAt = link.sim.now;
    if (patience < Infinity) this.request = this.request.within(this.sentAt + patience);
    link.carry('request', this.request, Call.arrive, this as unknown as Call<never, never>);
    if (patience < Infinity) {
      this.alarm = link.sim.schedule(
        patience,
        Call.giveUp,
        this as unknown as Call<never, never>,
        link.timeoutKind,
        this.request.id,
      );
    }
    return false;
  }

  abandon(): void {
    // As `all` gives up what has come in already.
    if (this.waiter === undefined) return;
    this.waiter = undefined;
    if (this.alarm >= 0) this.link.sim.cancel(this.alarm);
    this.link.callerMeter?.cancel();
    if (this.link.ended.heard) this.tellEnd('caller', 'cancelled', this.link.sim.now - this.sentAt);
  }

  /**
   * Gives it up and sends word of that, as HTTP/2 and gRPC do with a reset of the stream; what it finds there decides what it
   * changes. https://www.rfc-editor.org/rfc/rfc9113#name-rst_stream
   */
  cancel(): void {
    this.abandon();
    this.link.carry('cancellation', this.request, Call.revoke, this as unknown as Call<never, never>);
  }

  /** From when on the answer is for nobody: the caller has given up, or whoever that one works for. */
  get deadline(): Time {
    return this.request.deadline;
  }

  /**
   * Whether the caller's own time for it is over, which is when its alarm has gone off; an answer that there was a timeout further
   * on is another thing.
   */
  get hasGivenUp(): boolean {
    return this.alarm < 0 && this.sentAt >= 0 && this.patience < Infinity;
  }

  /** Whether the caller still waits. A real server cannot ask this; checks and tests may. */
  get awaited(): boolean {
    return this.waiter !== undefined;
  }

  /** The endpoint's answer; it travels back over the link. Exactly one answer a call. */
  reply(value: Reply): void {
    this.result = value;
    this.answer();
  }

  /** The endpoint's answer that it failed, and when it wants to be asked again, if it says so. */
  refuse(failure: CallFailure, pushback?: Duration): void {
    this.failure = failure;
    this.pushback = pushback;
    this.answer();
  }

  private answer(): void {
    if (this.answered) throw new Error(`${this.link.endpoint.name}: a call was answered twice`);
    this.answered = true;
    this.endAt('callee', this.link.calleeMeter, this.receivedAt);
    this.link.carry('reply', this.request, Call.home, this as unknown as Call<never, never>);
  }

  private endAt(end: CallEnd, meter: EndMeter | undefined, since: Time, failure = this.failure): void {
    const duration = this.link.sim.now - since;
    meter?.add(duration, failure !== undefined);
    if (this.link.ended.heard) this.tellEnd(end, failure ?? 'ok', duration);
  }

  private tellEnd(end: CallEnd, outcome: string, duration: Duration): void {
    const { from, endpoint, ended } = this.link;
    ended.emit({ caller: from, callee: endpoint.name, end, outcome, duration });
  }

  private static arrive(call: Call<never, never>): void {
    // Its cancellation has overtaken it.
    if (call.answered) return;
    call.received = true;
    call.receivedAt = call.link.sim.now;
    call.link.endpoint.receive(call);
  }

  private static revoke(call: Call<never, never>): void {
    if (!call.received) call.answered = true;
    else if (!call.answered) call.link.endpoint.cancelled?.(call);
  }

  private static home(call: Call<never, never>): void {
    const { waiter } = call;
    if (waiter === undefined) return;
    call.waiter = undefined;
    if (call.alarm >= 0) call.link.sim.cancel(call.alarm);
    call.endAt('caller', call.link.callerMeter, call.sentAt);
    if (call.failure === undefined) waiter.resume(call);
    else waiter.fail(new CallFailed(call.link.endpoint.name, call.failure, call.pushback), call);
  }

  private static giveUp(call: Call<never, never>): void {
    const waiter = call.waiter!;
    call.waiter = undefined;
    call.alarm = -1;
    call.endAt('caller', call.link.callerMeter, call.sentAt, 'timeout');
    waiter.fail(new CallFailed(call.link.endpoint.name, 'timeout'), call);
  }
}
