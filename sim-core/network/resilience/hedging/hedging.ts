/**
 * Hedged calls: whoever has waited for a while for an answer asks somebody else as well, and takes what comes first. J. Dean and
 * L. A. Barroso, The Tail at Scale, Communications of the ACM 56(2), 2013, https://doi.org/10.1145/2408776.2408794.
 *
 * The rules are gRPC's hedging policy: a further call after each `hedgingDelay` without an answer, up to `maxAttempts`; at once, if
 * one fails with a status that is not fatal, and then the delay begins anew; any other failure is everybody's. When one is
 * answered the others are cancelled. The throttle holds back further calls, never the first one.
 * https://github.com/grpc/proposal/blob/master/A6-client-retries.md#hedging-policy
 *
 * Whether what is cancelled is work that is saved is up to who was asked (`Service.stopsWhenCancelled`). Only for what may be done
 * twice. A server that pushes back has the next call sent when it says, or none any more.
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import { Wait, type Waiter } from '../../../kernel/wait.ts';
import { CallFailed, type CallFailure } from '../../call.ts';
import type { ComponentPart } from '../../component.ts';
import type { RequestContext } from '../../request-context.ts';
import { hedgeDecided, hedgingEnded, hedgingSignals } from './hedging-signals.ts';
import { RetryThrottle, type RetryThrottleOptions } from './retry-throttle.ts';

export interface HedgingOptions {
  readonly caller: string;
  /** Calls for one request, the first included: an integer of at least 1; gRPC allows 5 at most. */
  readonly maxAttempts: number;
  readonly hedgingDelay: Duration;
  /** Failures after which another may still be asked. */
  readonly nonFatal: readonly CallFailure[];
  readonly throttle?: RetryThrottleOptions;
}

export class Hedging implements ComponentPart {
  readonly signals = hedgingSignals;
  readonly sim: Simulation;
  readonly options: HedgingOptions;
  readonly throttle: RetryThrottle | undefined;
  private readonly decided: FactChannel<Fact<typeof hedgeDecided>>;
  private readonly ended: FactChannel<Fact<typeof hedgingEnded>>;
  /** Calls that are under way by what was told of them; and, for comparison, the hedged calls that know of their own. */
  private underWay = 0;
  private readonly live = new Set<HedgedCall<never>>();

  constructor(sim: Simulation, options: HedgingOptions) {
    const { caller, maxAttempts, hedgingDelay, throttle } = options;
    if (!(Number.isInteger(maxAttempts) && maxAttempts >= 1)) {
      throw new RangeError(`${caller}: maxAttempts is ${maxAttempts}; it must be an integer of at least 1`);
    }
    if (!(hedgingDelay >= 0))
      throw new RangeError(`${caller}: hedgingDelay is ${hedgingDelay} ns; it must be 0 or more`);
    this.sim = sim;
    this.options = options;
    this.throttle = throttle === undefined ? undefined : new RetryThrottle(throttle);
    this.decided = sim.facts.channel(hedgeDecided);
    this.ended = sim.facts.channel(hedgingEnded);
  }

  /** `ask`: makes one of the calls, each of them a new one; to be cancelled it is abandoned. */
  call<Reply>(ask: () => Wait<Reply>, request: RequestContext): Wait<Reply> {
    return new HedgedCall(this, ask, request);
  }

  /** Whether a further call is sent. */
  decide(request: RequestContext): boolean {
    const isSent = this.throttle === undefined || this.throttle.permits;
    if (this.decided.heard) {
      const outcome = isSent ? 'hedged' : 'throttled';
      this.decided.emit({ caller: this.options.caller, request: request.id, outcome });
    }
    return isSent;
  }

  /** Somebody waits for a hedged call. */
  begins(hedged: HedgedCall<never>): void {
    this.live.add(hedged);
  }

  /** One of its calls was sent. */
  sends(): void {
    this.underWay++;
  }

  /** One of its calls was answered, failed or was cancelled. */
  isOver(): void {
    this.underWay--;
  }

  ends(hedged: HedgedCall<never>, request: RequestContext, attempts: number, winner: number): void {
    this.live.delete(hedged);
    if (this.ended.heard) this.ended.emit({ caller: this.options.caller, request: request.id, attempts, winner });
  }

  state(): Readonly<Record<string, number | string>> {
    const tokens = this.throttle === undefined ? {} : { 'tokens for hedges': this.throttle.tokens };
    return { 'hedged calls under way': this.underWay, ...tokens };
  }

  violations(): readonly string[] {
    const { caller } = this.options;
    let open = 0;
    let idle = 0;
    for (const { underWay, isDue } of this.live) {
      open += underWay;
      if (underWay === 0 && !isDue) idle++;
    }
    return [
      ...(open === this.underWay ? [] : [`${caller}: a call of a hedged one was lost or doubled`]),
      ...(idle === 0
        ? []
        : [`${caller}: ${idle} hedged calls are not over, and none of their calls is under way or due`]),
    ];
  }
}

/** All calls for one request. */
class HedgedCall<Reply> extends Wait<Reply> implements Waiter {
  private readonly hedging: Hedging;
  private readonly ask: () => Wait<Reply>;
  private readonly request: RequestContext;
  private readonly calls: Wait<Reply>[] = [];
  /** Those that are under way. */
  private readonly open = new Set<Wait<Reply>>();
  /** No further call is sent. */
  private isThrottled = false;
  private lastFailure: unknown = undefined;
  private alarm: EventHandle = -1;
  private waiter: Waiter | undefined = undefined;

  constructor(hedging: Hedging, ask: () => Wait<Reply>, request: RequestContext) {
    super();
    this.hedging = hedging;
    this.ask = ask;
    this.request = request;
  }

  begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    this.hedging.begins(this as unknown as HedgedCall<never>);
    this.send();
    return false;
  }

  /** Its calls that are under way. */
  get underWay(): number {
    return this.open.size;
  }

  /** Whether it will send a further call by itself. */
  get isDue(): boolean {
    return this.alarm >= 0;
  }

  abandon(): void {
    // As `all` gives up what has come in already.
    if (this.waiter === undefined) return;
    this.end(0);
  }

  resume(wait: Wait<unknown>): void {
    const call = wait as Wait<Reply>;
    this.close(call);
    this.hedging.throttle?.succeeded();
    this.result = call.result;
    this.end(this.calls.indexOf(call) + 1).resume(this);
  }

  fail(error: unknown, wait: Wait<unknown>): void {
    this.close(wait as Wait<Reply>);
    this.lastFailure = error;
    const isFatal = !(error instanceof CallFailed && this.hedging.options.nonFatal.includes(error.failure));
    if (!isFatal) {
      this.hedging.throttle?.failed();
      this.goOnAfter((error as CallFailed).pushback);
      // Where the server has said when it wants the next call, that one may still be answered.
      if (this.open.size > 0 || this.alarm >= 0) return;
    }
    this.end(0).fail(error, this);
  }

  private send(): void {
    const { sim, options } = this.hedging;
    const call = this.ask();
    call.begin(this);
    this.calls.push(call);
    this.open.add(call);
    this.hedging.sends();
    if (this.calls.length === options.maxAttempts) return;
    this.alarm = sim.schedule(options.hedgingDelay, HedgedCall.due, this as unknown as HedgedCall<never>, 0);
  }

  /** Sends a further call, if that is allowed; none is due any more where it once was not. */
  private hedge(): void {
    this.quiet();
    if (this.isThrottled || this.calls.length === this.hedging.options.maxAttempts) return;
    if (this.hedging.decide(this.request)) this.send();
    else this.isThrottled = true;
  }

  /** One has failed: the next is sent at once, or when the server wants it; where none is wanted, none is due any more. */
  private goOnAfter(pushback: Duration | undefined): void {
    if (pushback === undefined) return this.hedge();
    this.quiet();
    if (pushback < 0) this.isThrottled = true;
    if (this.isThrottled || this.calls.length === this.hedging.options.maxAttempts) return;
    this.alarm = this.hedging.sim.schedule(pushback, HedgedCall.due, this as unknown as HedgedCall<never>, 0);
  }

  private close(call: Wait<Reply>): void {
    this.open.delete(call);
    this.hedging.isOver();
  }

  private quiet(): void {
    if (this.alarm >= 0) this.hedging.sim.cancel(this.alarm);
    this.alarm = -1;
  }

  /** Cancels what is still under way. */
  private end(winner: number): Waiter {
    this.quiet();
    for (const call of this.open) {
      call.abandon();
      this.close(call);
    }
    const waiter = this.waiter!;
    this.waiter = undefined;
    this.hedging.ends(this as unknown as HedgedCall<never>, this.request, this.calls.length, winner);
    return waiter;
  }

  private static due(hedged: HedgedCall<never>): void {
    hedged.alarm = -1;
    hedged.hedge();
    // All have failed, and the throttle allows no more.
    if (hedged.open.size === 0) hedged.end(0).fail(hedged.lastFailure, hedged);
  }
}
