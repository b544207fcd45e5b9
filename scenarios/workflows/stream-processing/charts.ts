/**
 * Which signals tell the story of a run: those of what is made of the stream of orders, foremost what it is judged by, and of crashes
 * and what they have restored if there are any.
 */
import { ALONE, ALONE_DELAY, JOINED, UNMATCHED } from './join-truth.ts';
import type { Values } from './params.ts';
import { LEFT_OUT, RESULT_DELAY, RESULTS_READ } from './query-truth.ts';
import { ROWS_MISSING, ROWS_TWICE } from './row-truth.ts';
import {
  CHANGES,
  COMMIT,
  DROPPED,
  ENTRIES,
  LAG,
  OUTPUT,
  RESTORE,
  RESTORED,
  STANDBY_READ,
  TWICE,
  WATERMARK_DELAY,
} from './signal-names.ts';
import { COUNTED_TWICE, DIFFERING } from './truth.ts';

export function charts(p: Values): readonly string[] {
  const hasCrash = p.crashAt < p.length;
  const hasStore = !['route', 'connect'].includes(p.processing);
  return [
    ...judgedBy(p),
    ...(hasCrash && hasStore ? ['kafka.streams.tasks.restoring', RESTORED, RESTORE] : []),
    ...(hasStore && isTakenOver(p) ? [STANDBY_READ] : []),
    LAG,
    ...(hasStore ? [ENTRIES, CHANGES] : []),
  ];
}

/** A crashed worker's session is over before it is back, so that a standby matters; or there is one. */
const isTakenOver = ({ sessionTimeout, downtime, standbyReplicas }: Values): boolean =>
  sessionTimeout < downtime || standbyReplicas > 0;

function judgedBy({ processing, joinKind }: Values): readonly string[] {
  switch (processing) {
    case 'route':
      return [TWICE, OUTPUT, COMMIT];
    case 'table':
      return [DIFFERING, TWICE];
    case 'query':
      return [LEFT_OUT, DROPPED, RESULT_DELAY, RESULTS_READ, WATERMARK_DELAY];
    case 'join':
      return [UNMATCHED, JOINED, DROPPED, ...(joinKind === 'left' ? [ALONE, ALONE_DELAY] : []), WATERMARK_DELAY];
    case 'join-tables':
    case 'join-foreign-key':
      return [UNMATCHED, JOINED];
    case 'connect':
      return [ROWS_TWICE, ROWS_MISSING, 'db.table.rows', 'schema_registry.requests'];
    default:
      return [COUNTED_TWICE, TWICE, DIFFERING];
  }
}
