/**
 * A cap on the loads that an instance has under way: what would be one more is refused at once, so that the store lives
 * while the cache is cold. Hits go on being served; of the misses those get through that the store can bear.
 *
 * It stands before another guard: what waits for a load that is under way counts as well.
 */
import type { Behaviour } from '../../kernel/process.ts';
import { CallFailed } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { LoadGuard, LoadGuardFactory, LoadTerms } from './load-guard.ts';

/** `most`: loads and waits for loads in an instance at once, an integer from 1. */
export function loadCap(most: number, inner: LoadGuardFactory): LoadGuardFactory {
  if (!Number.isInteger(most) || most < 1) {
    throw new RangeError(`most: ${most} is not a number of loads; give an integer from 1`);
  }
  return (context) => new LoadCap(context.instance, most, inner(context));
}

class LoadCap implements LoadGuard {
  private readonly instance: string;
  private readonly most: number;
  private readonly inner: LoadGuard;
  private underWay = 0;

  constructor(instance: string, most: number, inner: LoadGuard) {
    this.instance = instance;
    this.most = most;
    this.inner = inner;
  }

  loading(key: number): boolean {
    return this.inner.loading(key);
  }

  *load(key: number, request: RequestContext, terms?: LoadTerms): Behaviour<Row> {
    if (this.underWay >= this.most) throw new CallFailed(this.instance, 'overloaded');
    this.underWay++;
    try {
      return yield* this.inner.load(key, request, terms);
    } finally {
      this.underWay--;
    }
  }
}
