/**
 * The patterns that differ in the order of their steps alone, by name: the values that a scenario's parameter takes. All
 * are cache-aside, and what the handbook's section 1.5 is about.
 */
import type { Duration } from '../../kernel/time.ts';
import type { Statement } from '../../storage/transactions.ts';
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { deleteThenUpdate } from './delete-then-update.ts';
import { doubleCheckedLoad } from './double-checked-load.ts';
import { doubleDelete } from './double-delete.ts';
import { lease } from './lease.ts';
import { putInTransaction } from './put-in-transaction.ts';
import type { Steps } from '../patterns/steps.ts';
import { updateThenDelete } from './update-then-delete.ts';
import { versionCheck } from './version-check.ts';
import { writeThrough } from './write-through.ts';

export interface ProtocolOptions {
  /** Double delete: the time before the second one. */
  readonly secondDelete: Duration;
  readonly lease: Duration;
  readonly staleFor: Duration;
  readonly poll: Duration;
  /** Version check: how long a version is remembered when its entry is gone; 0 for not at all. */
  readonly tombstone: Duration;
}

export interface ProtocolEntry {
  readonly help: string;
  readonly create: (app: Steps<Statement>, options: ProtocolOptions) => CachePattern;
}

export const protocols = {
  'update-then-delete': { help: 'the writer updates the store, then deletes the key', create: updateThenDelete },
  'delete-then-update': { help: 'the writer deletes the key, then updates the store', create: deleteThenUpdate },
  'put-in-transaction': {
    help: 'the writer puts the new value while its transaction is open',
    create: putInTransaction,
  },
  'write-through': { help: 'the writer updates the store, then puts the new value', create: writeThrough },
  'double-delete': {
    help: 'delete, update, and delete again after a while',
    create: (app, { secondDelete }) => doubleDelete(app, secondDelete),
  },
  'double-checked-load': {
    help: 'delete, update, put; readers look again before they store',
    create: doubleCheckedLoad,
  },
  lease: {
    help: 'update, then delete; who misses stores by a token that the delete voids',
    create: (app, { lease: duration, staleFor, poll }) => lease(app, { duration, staleFor, poll }),
  },
  'version-check': {
    help: 'nobody stores over a newer version',
    create: (app, { tombstone }) => versionCheck(app, tombstone),
  },
} as const satisfies Readonly<Record<string, ProtocolEntry>>;

export type ProtocolName = keyof typeof protocols;

/** The table with its entries' common type. */
export const protocolOf = (name: ProtocolName): ProtocolEntry => protocols[name];
