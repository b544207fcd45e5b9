/**
 * Four ways to serve a session that has written something: what an instance of the application does for a read and for a
 * write. Replicas are taken in turn, by the request's number, as a driver does that spreads reads.
 */
import {
  CallFailed,
  entryOf,
  lasting,
  setIfNewer,
  type Behaviour,
  type CacheCommand,
  type CacheReply,
  type DatabaseQuery,
  type Link,
  type RequestContext,
  type Row,
  type SessionQuery,
  type Simulation,
  type VersionedQuery,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

export interface Stores {
  readonly primary: Link<DatabaseQuery, Row>;
  readonly replicas: readonly Link<VersionedQuery, Row>[];
  readonly cache: Link<CacheCommand<Row>, CacheReply<Row>> | undefined;
}

export interface Reader {
  read(query: SessionQuery, request: RequestContext): Behaviour<Row>;
  write(key: number, request: RequestContext): Behaviour<Row>;
}

export function readerOf(sim: Simulation, p: Values, { primary, replicas, cache }: Stores): Reader {
  const replicaOf = (request: RequestContext): Link<VersionedQuery, Row> => replicas[request.id % replicas.length];

  /** What some replica has, however old. */
  function* fromReplica(key: number, request: RequestContext): Behaviour<Row> {
    return yield* replicaOf(request).call({ operation: 'read', key, atLeast: 0, waitMax: 0 }, request);
  }

  function* fromPrimary(key: number, request: RequestContext): Behaviour<Row> {
    return yield* primary.call({ operation: 'read', key }, request);
  }

  function* write(key: number, request: RequestContext): Behaviour<Row> {
    return yield* primary.call({ operation: 'write', key }, request);
  }

  /** Puts a row into the cache, over nothing that is newer. */
  function* putIfNewer(row: Row, request: RequestContext): Behaviour {
    yield* cache!.call(setIfNewer(entryOf(row.key, row, sim.now, lasting(p.ttl))), request);
  }

  switch (p.way) {
    case 'any-replica':
      return { read: ({ key }, request) => fromReplica(key, request), write };

    // The session remembers when it wrote, as in a cookie, and reads the primary for a while.
    case 'primary-after-write':
      return {
        read: ({ key, wroteAt }, request) =>
          sim.now - wroteAt < p.stickyFor ? fromPrimary(key, request) : fromReplica(key, request),
        write,
      };

    // The writer puts what it wrote into the shared cache, which is asked first.
    case 'cache':
      return {
        *read({ key }, request) {
          const { entry } = yield* cache!.call({ command: 'get', key }, request);
          if (entry !== undefined) return entry.value;
          const row = yield* fromReplica(key, request);
          yield* putIfNewer(row, request);
          return row;
        },
        *write(key, request) {
          const row = yield* write(key, request);
          yield* putIfNewer(row, request);
          return row;
        },
      };

    // The session sends the version it wrote; a replica that does not have it is waited for, and then the primary asked.
    case 'wait':
      return {
        *read({ key, wrote }, request) {
          try {
            return yield* replicaOf(request).call(
              { operation: 'read', key, atLeast: wrote, waitMax: p.waitMax },
              request,
            );
          } catch (error) {
            if (!(error instanceof CallFailed) || error.failure !== 'timeout') throw error;
            return yield* fromPrimary(key, request);
          }
        },
        write,
      };
  }
}
