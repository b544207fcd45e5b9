/**
 * Write-through: a write goes to the store and to the cache before it is acknowledged (handbook 1.1: "write hits cache &
 * store synchronously"). The store first, so that a write which it refuses leaves no trace. Reads are those of
 * read-through.
 *
 * The two are not one step: between the store's commit and the cache's put a reader is still served the old value, and
 * the put of an instance that stumbles in between never comes.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import { ReadThrough } from './read-through.ts';

export class WriteThrough extends ReadThrough {
  override write(key: number, request: RequestContext): Behaviour<Row> {
    return this.turns.inTurn(key, () => this.storeAndPut(key, request));
  }

  private *storeAndPut(key: number, request: RequestContext): Behaviour<Row> {
    const { store, cache } = this.options;
    const started = this.sim.now;
    const row = yield* store.call({ operation: 'write', key }, request);
    const entry = this.loader.entryOf(row, this.sim.now - started, request);
    yield* cache.call({ command: 'set', entry }, request);
    return row;
  }
}
