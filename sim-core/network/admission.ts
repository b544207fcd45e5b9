/** Who stands at the door of a service: decides about each call before anything else is done for it. */
import type { Duration } from '../kernel/time.ts';
import type { RequestContext } from './request-context.ts';

export interface Admission<Query> {
  /** How many are inside with it, if the request is let in; 0 if it is turned away. */
  admit(query: Query, request: RequestContext): number;
  /** One that was let in is over: `inside` is what `admit` said of it, `outcome` is `ok` or a failure. */
  left(inside: number, took: Duration, outcome: string): void;
}
