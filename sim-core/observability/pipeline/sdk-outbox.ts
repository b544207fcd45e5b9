/**
 * What the SDK of one instance holds of one kind, by number: a queue with a bound, and one export at a time of all that is in it.
 * What finds the queue full is dropped.
 */
import type { TelemetryKind } from './export-request.ts';
import type { OtlpExporter } from './otlp-exporter.ts';

export class SdkOutbox<Kind extends TelemetryKind> {
  readonly kind: Kind;
  readonly exporter: OtlpExporter<TelemetryKind>;
  /** Items in the queue, and those that are being exported. */
  items = 0;
  exporting = 0;
  private readonly queueMax: number;
  /** Of an item that is not whole yet. */
  private fraction = 0;

  constructor(kind: Kind, exporter: OtlpExporter<TelemetryKind>, queueMax: number) {
    this.kind = kind;
    this.exporter = exporter;
    this.queueMax = queueMax;
  }

  /** So many were written down, a fraction of one perhaps; gives how many became whole by it, and how many of them found no room. */
  add(count: number): { readonly written: number; readonly dropped: number } {
    const exact = this.fraction + count;
    const written = Math.floor(exact);
    this.fraction = exact - written;
    const kept = Math.min(written, this.queueMax - this.items);
    this.items += kept;
    return { written, dropped: written - kept };
  }

  /** Begins an export of all that is there: gives how many, 0 if there are none or one is under way. */
  beginExport(): number {
    if (this.exporting > 0) return 0;
    this.exporting = this.items;
    this.items = 0;
    return this.exporting;
  }
}
