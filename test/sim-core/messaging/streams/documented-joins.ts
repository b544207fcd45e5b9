/** What the documentation of Kafka Streams says that joins give: `kafka-streams-joins.json` says where, and what its rows are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Value = string | null;
export type JoinRow = readonly [time: number, side: 'left' | 'right', value: Value, ...results: readonly Value[][]];

export const documented = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../vectors/kafka-streams-joins.json'), 'utf8'),
) as Readonly<Record<'stream-stream' | 'table-table' | 'stream-table', readonly JoinRow[]>>;
