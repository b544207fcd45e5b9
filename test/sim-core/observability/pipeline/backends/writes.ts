/** Write requests for tests of stores. */
import type { Time } from '../../../../../sim-core/kernel/time.ts';
import type {
  ExportRequest,
  TelemetryBundle,
  TelemetryKind,
} from '../../../../../sim-core/observability/pipeline/export-request.ts';

export const bundle = (service: string, instance: string, time: Time, count: number, bytes = 0): TelemetryBundle => ({
  resource: { 'service.name': service, 'service.instance.id': instance },
  time,
  count,
  bytes,
});

export const request = (kind: TelemetryKind, ...bundles: TelemetryBundle[]): ExportRequest => ({
  kind,
  items: [],
  bundles,
  bytes: bundles.reduce((sum, { bytes }) => sum + bytes, 0),
});
