/**
 * The seam of key loaders: how the keys of a page that the cache does not hold are read from the store. A loader serves
 * one page. Each is one file; `loaders.ts` has them by name.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseBatch, DatabaseQuery, Row } from '../../storage/queries.ts';

export interface KeyLoader {
  /** Queries that it has sent. */
  readonly trips: number;
  load(key: number): Behaviour<Row>;
}

export interface KeyLoaderOptions {
  readonly instance: string;
  readonly store: Link<DatabaseQuery, Row>;
  readonly batches: Link<DatabaseBatch, readonly Row[]>;
}

export type KeyLoaderFactory = (sim: Simulation, options: KeyLoaderOptions, request: RequestContext) => KeyLoader;
