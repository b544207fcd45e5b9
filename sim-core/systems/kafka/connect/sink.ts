/**
 * What a task of a sink connector does with a record (WorkerSinkTask of apache/kafka, with a connector like JDBC's): decodes it and
 * writes a row, by an insert or by an upsert of its key. How far it is its consumer commits every `offset.flush.interval.ms`.
 *
 * At least once: what was written since the last commit is written again by the next life. By upsert that changes nothing; by insert
 * the rows are there twice. Here each row is a statement of its own; batches are not modelled.
 */
import { spawn, type Behaviour } from '../../../kernel/process.ts';
import { sleep } from '../../../kernel/combine.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import { CallFailed } from '../../../network/call.ts';
import { RequestContext } from '../../../network/request-context.ts';
import type { Link } from '../../../network/link.ts';
import type { StoredRow, TableCommand } from '../../../storage/table.ts';
import type { Fetched } from '../consumer-fetches.ts';
import type { ValuedRecord } from '../valued-record.ts';
import type { AvroConverter } from './avro-converter.ts';

/** `insert.mode`. */
export type InsertMode = 'insert' | 'upsert';

export interface SinkOptions {
  readonly name: string;
  readonly table: Link<TableCommand, readonly StoredRow[]>;
  readonly converter: AvroConverter;
  readonly mode: InsertMode;
  /** The column that is the key of a row; of an insert nobody looks at it. */
  readonly keyColumn: string;
  readonly retryBackoff: Duration;
}

/** For `act` of a consumer. */
export const sinkOf =
  (sim: Simulation, options: SinkOptions) =>
  ({ record }: Fetched, done: () => void, isAlive: () => boolean): void => {
    spawn(sim, `${options.name} writes a row`, write(sim, options, record as ValuedRecord, done, isAlive));
  };

/** What a process has sent is done though it dies; it sends nothing more. */
function* write(
  sim: Simulation,
  options: SinkOptions,
  record: ValuedRecord,
  done: () => void,
  isAlive: () => boolean,
): Behaviour {
  const { table, converter, mode, keyColumn, retryBackoff } = options;
  const request = new RequestContext(record.request, sim.now);
  while (isAlive()) {
    try {
      const row = yield* converter.toData(record.value as Uint8Array, request);
      if (!isAlive()) return;
      const command = mode === 'upsert' ? { command: mode, key: row[keyColumn], row } : { command: mode, row };
      yield* table.call(command, request);
      done();
      return;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      yield* sleep(sim, retryBackoff);
    }
  }
}
