/**
 * Calls through a circuit breaker: what the caller keeps between itself and whom it asks. While the breaker is not closed a call
 * fails at once, as `refused`, without being sent; the caller may have something to fall back on. A call that fails, by a timeout
 * as well, counts as failed, unless the options' predicates say otherwise, asked in resilience4j's order: one that is ignored gives its
 * permission back and says nothing; one that is not recorded counts as done; a reply may count as failed. A call whose caller crashed says
 * nothing.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Wait } from '../../../kernel/wait.ts';
import { CallFailed } from '../../call.ts';
import type { ComponentPart } from '../../component.ts';
import type { RequestContext } from '../../request-context.ts';
import type { CircuitBreakerOptions } from './breaker-options.ts';
import { breakerAsked, breakerSignals } from './breaker-signals.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

export class CircuitBreaking implements ComponentPart {
  readonly signals = breakerSignals;
  readonly breaker: CircuitBreaker;
  private readonly sim: Simulation;
  private readonly options: CircuitBreakerOptions;
  private readonly asked: FactChannel<Fact<typeof breakerAsked>>;
  private permitted = 0;
  private ended = 0;
  private underWay = 0;

  constructor(sim: Simulation, name: string, options: CircuitBreakerOptions) {
    this.sim = sim;
    this.options = options;
    this.breaker = new CircuitBreaker(sim, name, options);
    this.asked = sim.facts.channel(breakerAsked);
  }

  /** Asks, if the breaker lets the call through; throws `CallFailed`. What is asked through may be guarded in its turn. */
  *call<Reply>(ask: () => Wait<Reply> | Behaviour<Reply>, request: RequestContext): Behaviour<Reply> {
    const { breaker, sim } = this;
    const mayCall = breaker.tryAcquire();
    if (this.asked.heard) {
      const outcome = mayCall ? 'permitted' : 'not permitted';
      this.asked.emit({ breaker: breaker.name, request: request.id, outcome, state: breaker.state });
    }
    if (!mayCall) throw new CallFailed(breaker.name, 'refused');
    const since = sim.now;
    let failed: boolean | undefined;
    this.permitted++;
    this.underWay++;
    try {
      const reply = yield* ask();
      failed = this.options.recordResult(reply);
      return reply;
    } catch (error) {
      if (error instanceof CallFailed && !this.options.ignoreException(error))
        failed = this.options.recordException(error);
      throw error;
    } finally {
      this.underWay--;
      this.ended++;
      if (failed === undefined) breaker.release();
      else breaker.record(failed, sim.now - since);
    }
  }

  state(): Readonly<Record<string, number | string>> {
    const { breaker } = this;
    const known = (rate: number): number | string => (rate < 0 ? 'too few calls' : Number(rate.toPrecision(3)));
    return {
      breaker: breaker.state,
      'calls it remembers': breaker.bufferedCalls,
      'failed, %': known(breaker.failureRate),
      'slow, %': known(breaker.slowCallRate),
    };
  }

  violations(): readonly string[] {
    const { permitted, ended, underWay } = this;
    return permitted === ended + underWay ? [] : [`${this.breaker.name}: a call was lost or doubled`];
  }
}
