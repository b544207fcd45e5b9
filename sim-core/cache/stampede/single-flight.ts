/**
 * Single-flight within one instance: the first miss of a key loads it, further ones of the same instance wait for that
 * load and share its value or its error (the semantics of Go's `golang.org/x/sync/singleflight`). It knows nothing of
 * other instances: N of them make N loads.
 */
import type { Behaviour } from '../../kernel/process.ts';
import { Completion } from '../../kernel/signal.ts';
import { CallFailed } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { GuardContext, LoadGuard, LoadTerms } from './load-guard.ts';
import { sayStampedeControl } from './stampede-control.ts';

export function singleFlight(context: GuardContext): LoadGuard {
  sayStampedeControl(context.sim, context.instance, 'single-flight');
  return new SingleFlight(context);
}

class SingleFlight implements LoadGuard {
  private readonly context: GuardContext;
  private readonly flights = new Map<number, Completion<Row>>();

  constructor(context: GuardContext) {
    this.context = context;
  }

  loading(key: number): boolean {
    return this.flights.has(key);
  }

  *load(key: number, request: RequestContext, terms?: LoadTerms): Behaviour<Row> {
    const underWay = this.flights.get(key);
    if (underWay !== undefined) return yield* underWay.wait();
    const { sim, instance, loadAndStore } = this.context;
    const flight = new Completion<Row>(sim);
    this.flights.set(key, flight);
    try {
      const row = yield* loadAndStore(key, request, terms);
      flight.complete(row);
      return row;
    } catch (error) {
      flight.fail(error);
      throw error;
    } finally {
      this.flights.delete(key);
      // The loader was cancelled: those who wait for it must hear of that.
      if (!flight.happened) flight.fail(new CallFailed(instance, 'error'));
    }
  }
}
