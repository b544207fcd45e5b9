/** What a telemetry store keeps, and how it is found again: the seam of the stores for metrics, logs and traces. */
import type { Time } from '../../../kernel/time.ts';
import type { CallFailure } from '../../../network/call.ts';
import type { ExportRequest } from '../export-request.ts';

export interface StoreQuery {
  /** The time that is asked about. */
  readonly from: Time;
  readonly to: Time;
  /** Whose telemetry is looked for, by `service.name`; all of it without. */
  readonly service?: string;
}

/** How many items are rejected for good, or why the whole request is refused. */
export type Written = { readonly rejected: number } | CallFailure;

export interface Keeper {
  /** What it keeps, in bytes on its disk or in its memory. */
  readonly bytes: number;
  /** Series in memory, of a store for metrics. */
  readonly series?: number;
  write(request: ExportRequest, now: Time): Written;
  /** How much has to be read to answer: bytes, or samples of metrics. */
  amountToRead(query: StoreQuery): number;
  state(): Readonly<Record<string, number | string>>;
  violations(): readonly string[];
}
