/**
 * A mutex across instances: a miss first takes the key's lock at the shared cache (`SET lock token NX PX lease`). The
 * holder loads, stores and releases, also when its load failed; everybody else waits a little, looks into the cache
 * again and, if it is still empty, tries for the lock again. A holder that is cancelled sends nothing more, like one
 * that dies: its lease runs out and the next one takes over.
 *
 * A holder that is late, and not dead, loads on when its lease has run out, and stores what it has read beside the next holder, or over
 * what that has stored: the lease says nothing to the cache. Fenced, each store carries the number of its lock, and the cache
 * refuses one lower than it has seen.
 *
 * After taking the lock the cache is looked at once more: the holder before may have stored the value between the
 * miss and the lock. Who came early, with an entry in hand that may still be served, loads unless there is another by then; and
 * who does not get the lock makes do with what is in hand, since somebody is loading. An instance that stores in a map of its own looks
 * there: what another one has loaded is not in it, so that each loads for itself, one after the other.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { GuardContext, LoadGuard, LoadGuardFactory, LoadTerms } from './load-guard.ts';
import { sayStampedeControl } from './stampede-control.ts';

export interface DistributedMutexOptions {
  /** How long a lock is held at most. Shorter than a slow load, it lets a second loader in. */
  readonly lease: Duration;
  /** Whether stores are compared by the numbers of their locks. */
  readonly fenced?: boolean;
  /** How long those without the lock wait before they look again. */
  readonly poll: Duration;
}

export function distributedMutex(options: DistributedMutexOptions): LoadGuardFactory {
  return (context) => {
    sayStampedeControl(context.sim, context.instance, 'distributed mutex');
    return new DistributedMutex(context, options);
  };
}

class DistributedMutex implements LoadGuard {
  private readonly context: GuardContext;
  private readonly options: DistributedMutexOptions;

  constructor(context: GuardContext, options: DistributedMutexOptions) {
    this.context = context;
    this.options = options;
  }

  loading(): boolean {
    return false;
  }

  *load(key: number, request: RequestContext, terms: LoadTerms = {}): Behaviour<Row> {
    const { cache, ownMap, loadAndStore } = this.context;
    const { replaces } = terms;
    const { lease, poll, fenced } = this.options;
    const token = request.id;
    for (;;) {
      const lock = yield* cache.call({ command: 'acquire', key, token, lease }, request);
      if (!lock.done && replaces !== undefined) return replaces.value;
      if (!lock.done) yield poll;
      const entry =
        ownMap === undefined
          ? (yield* cache.call({ command: 'get', key }, request)).entry
          : ownMap.get(key, request.id);
      if (entry !== undefined && !lock.done) return entry.value;
      if (!lock.done) continue;
      const isThere = entry !== undefined && entry.storedAt !== replaces?.storedAt;
      let value: Row;
      try {
        value = isThere
          ? entry.value
          : yield* loadAndStore(key, request, fenced === true ? { ...terms, fence: lock.token! } : terms);
      } catch (error) {
        yield* cache.call({ command: 'release', key, token }, request);
        throw error;
      }
      yield* cache.call({ command: 'release', key, token }, request);
      return value;
    }
  }
}
