/** Who reads a row for a request: by a pattern, and with what stands before it, each wrapped around the next. */
import type { Behaviour } from '../kernel/process.ts';
import type { RequestContext } from '../network/request-context.ts';
import type { Row } from '../storage/queries.ts';

export interface Reader {
  /** Throws `CallFailed` when somebody that it asks does not answer. */
  read(key: number, request: RequestContext): Behaviour<Row>;
}
