/**
 * What instruments hand over what they have finished to: spans that have ended, log records. One that exports by itself, on the
 * thread of whoever ends a span, gives back what that thread waits for; of any other it takes no time.
 */
import type { Behaviour } from '../../kernel/process.ts';

export interface TelemetryProcessor<Item> {
  add(item: Item): Behaviour | void;
}
