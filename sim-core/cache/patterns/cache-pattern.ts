/**
 * The seam of caching patterns: how an application instance reads and writes a key through a cache and a store, by the steps of
 * `steps.ts`. Each is one file that reads like the handbook's pseudo-code. `patterns.ts` has those of its table (section 1.1) by name, and
 * `../consistency/protocols.ts` the orders in which cache-aside can be spoken (section 1.5).
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import type { ComponentPart } from '../../network/component.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseQuery, Row } from '../../storage/queries.ts';
import type { StalenessMeter } from '../../storage/staleness.ts';
import type { Reader } from '../reader.ts';
import type { ExpiryRule } from '../stampede/expiry-rule.ts';
import type { LoadLedger } from './load-ledger.ts';
import type { StepsOptions } from './steps.ts';

export interface CachePattern extends Reader {
  /** Writes a key for a request; once it returns, the write is acknowledged. Throws `CallFailed` as `read` does. */
  write(key: number, request: RequestContext): Behaviour<Row>;
  /** What it keeps in the instance's memory, if anything is to be shown of it. */
  readonly inside?: ComponentPart;
  /**
   * The instance has crashed, for so long: what it did for nobody and what it held in memory goes with it. Not there
   * where a pattern does and holds nothing.
   */
  crash?(downtime: Duration): void;
}

/** What every pattern works with. */
export interface PatternOptions extends StepsOptions {
  readonly expiry: ExpiryRule;
  /** One for all instances. */
  readonly ledger: LoadLedger;
}

/** Does what a request asks of an instance, and measures how stale what it reads is. */
export function* perform(
  pattern: CachePattern,
  { operation, key }: DatabaseQuery,
  request: RequestContext,
  reader: string,
  meter: StalenessMeter,
): Behaviour<Row> {
  if (operation === 'write') return yield* pattern.write(key, request);
  const row = yield* pattern.read(key, request);
  meter.measure(reader, row, request);
  return row;
}
