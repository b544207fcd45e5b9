/**
 * What instruments hand over what they have finished to: spans that have ended, log records. One that exports by itself, on the
 * thread of whoever ends a span, has that thread wait; of any other it takes no time.
 */
import type { Behaviour } from '../../kernel/process.ts';

export interface TelemetryProcessor<Item> {
  add(item: Item): void;
  /** What whoever has handed something over just now has to wait for; nobody waits without it. */
  readonly waits?: () => Behaviour;
}
