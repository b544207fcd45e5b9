/**
 * The outbox: a table in the service's own database, into which an event is written in the transaction of what it tells of, and
 * from which a relay publishes it (C. Richardson, microservices.io, "Transactional outbox"). The columns are those that the
 * handbook prints in its section 2.7, `created_at` with its default of `now()` among them, and one that it has not: `position`,
 * from a sequence. The key is the event's id, by which readers know it again.
 */
import type { Row, StoredRow, TableDefinition } from '../../storage/relational/rows.ts';
import type { Statement } from '../../storage/relational/statements.ts';

const OUTBOX = 'outbox';
/** How far a relay is that marks nothing: one row. */
const PROGRESS = 'relay_progress';
const PROGRESS_KEY = 1;

export const outboxTables: readonly TableDefinition[] = [
  {
    name: OUTBOX,
    defaults: ({ startedAt, next }) => ({ position: next(), createdAt: startedAt, processed: false }),
  },
  { name: PROGRESS, rows: [[PROGRESS_KEY, { transaction: 0, position: 0 }]] },
];

export interface OutboxEvent {
  readonly id: number;
  readonly aggregateType: string;
  readonly aggregateId: number;
  readonly eventType: string;
  readonly payload: string;
}

export const insertEvent = ({ id, ...row }: OutboxEvent): Statement => ({
  do: 'insert',
  table: OUTBOX,
  key: id,
  row,
});

/** What a relay publishes of a row: the event's id, and the aggregate by which it is ordered. */
export interface PublishedEvent {
  readonly id: number;
  readonly aggregate: number;
}

export const eventOf = ({ key, row }: { readonly key: number; readonly row: Row }): PublishedEvent => ({
  id: key,
  aggregate: row['aggregateId'] as number,
});

export const isOutbox = (table: string): boolean => table === OUTBOX;
export const isProcessed = (row: Row): boolean => row['processed'] === true;
export const positionOf = ({ row }: StoredRow): number => row['position'] as number;

export const deleteEvents = (keys: readonly number[]): Statement => ({ do: 'delete', table: OUTBOX, keys });
export const markEvents = (keys: readonly number[]): Statement => ({
  do: 'update',
  table: OUTBOX,
  keys,
  set: (row) => ({ ...row, processed: true }),
});

export type SelectStatement = Extract<Statement, { do: 'select' }>;
type Selection = Pick<SelectStatement, 'where' | 'orderBy' | 'limit' | 'isIndexed'>;
export const selectEvents = (selection: Selection): SelectStatement => ({
  do: 'select',
  table: OUTBOX,
  ...selection,
});

/** The last row that was published: its transaction's number, and its position. */
export interface RelayProgress {
  readonly transaction: number;
  readonly position: number;
}

export const progressAt = (row: StoredRow): RelayProgress => ({
  transaction: row.writtenBy,
  position: positionOf(row),
});
export const readProgress: Statement = { do: 'get', table: PROGRESS, key: PROGRESS_KEY };
/** Whoever reads it so is the only one to do so until its transaction ends. */
export const lockProgress: Statement = { ...readProgress, forUpdate: true };
export const progressOf = ({ row }: StoredRow): RelayProgress => row as unknown as RelayProgress;
export const writeProgress = (progress: RelayProgress): Statement => ({
  do: 'update',
  table: PROGRESS,
  keys: [PROGRESS_KEY],
  set: () => ({ ...progress }),
});
