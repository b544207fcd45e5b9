/**
 * The seam of invalidation channels: how instances that have caches of their own learn that a row was written (handbook
 * 1.4). Each is one file; `channels.ts` has them by name.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseQuery, Row } from '../../storage/queries.ts';
import type { LocalCache } from '../local-cache.ts';

export interface InvalidationChannel {
  /** To be told of every row as the store commits it, by whomever it was written; not there where it has no use for that. */
  readonly committed?: (row: Row) => void;
  /** Has one more instance take part. */
  join(member: Member): Membership;
}

/** An instance that takes part. */
export interface Member {
  readonly instance: string;
  readonly local: LocalCache;
  readonly store: Link<DatabaseQuery, Row>;
}

/** What an instance does by a channel; both may throw `CallFailed`. */
export interface Membership {
  /** Reads a key, by its own cache if that may still be believed. */
  read(key: number, request: RequestContext): Behaviour<Row>;
  /** Says that it has written a row, between the store's answer and its own; several times in one, where it has gathered changes. */
  wrote(row: Row, request: RequestContext, changes?: number): Behaviour;
}

export interface InvalidationOptions {
  /** One way between an instance and the bus, the log or the server of versions. */
  readonly near: Distribution;
  /** Bus that publishes: the share of messages that is lost, 0 to 1. */
  readonly lossShare: number;
  /** Pushing: bytes of a row's value, and of a change to it. */
  readonly rowBytes: number;
  readonly changeBytes: number;
  /** Log: time between two looks. */
  readonly poll: Duration;
  /** Log: changes at least that are kept. */
  readonly kept: number;
  /** Server of versions: keys, and the time its thread spends on a command. */
  readonly keys: number;
  readonly commandTime: Duration;
}

/** A read by the instance's own cache, under the key's own name. */
export function readLocally({ local, store }: Member): Membership['read'] {
  return (key, request) => local.get(key, request, () => store.call({ operation: 'read', key }, request));
}
