/** What instruments hand over what they have finished to: spans that have ended, log records. It takes no time. */
export interface TelemetryProcessor<Item> {
  add(item: Item): void;
}
