/**
 * A query a key: what a cache's loader does that knows only how to load one, and an object mapper that follows one
 * reference after the other.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { KeyLoader, KeyLoaderOptions } from './key-loader.ts';

export class LoaderPerKey implements KeyLoader {
  trips = 0;
  private readonly options: KeyLoaderOptions;
  private readonly request: RequestContext;

  constructor(_sim: Simulation, options: KeyLoaderOptions, request: RequestContext) {
    this.options = options;
    this.request = request;
  }

  *load(key: number): Behaviour<Row> {
    this.trips++;
    return yield* this.options.store.call({ operation: 'read', key }, this.request);
  }
}
