/**
 * What a run's own instruments brought to where its team looks: the spans, log records and metrics themselves, read back from the
 * recording. Whose they are is as the instruments said it, and beside that of which run, and how much of it is kept.
 */
import type { Telemetry, TelemetryKind } from '../../observability/pipeline/export-request.ts';
import type { Attributes, Resource } from '../../observability/signals/telemetry.ts';
import type { Recording } from '../recording.ts';

/** Of a resource: whether its team's instruments wrote it down, or the experimenter, who misses nothing. */
export const OBSERVER = 'brownout.observer';
/** Of a resource: about one in so many of what arrived is exported. */
const KEPT_ONE_IN = 'brownout.kept_one_in';

/** Undefined where the run has nobody who keeps telemetry of the kind; empty where nothing arrived. `common`: said of every resource. */
export function instrumentTelemetry<Kind extends TelemetryKind>(
  { telemetry }: Pick<Recording, 'telemetry'>,
  kind: Kind,
  common: Attributes,
): Telemetry[Kind][] | undefined {
  const arrivals = telemetry?.[kind];
  if (arrivals === undefined) return undefined;
  const resources = telemetry!.resources.map((own): Resource => ({
    ...own,
    ...common,
    [OBSERVER]: 'instruments',
    [KEPT_ONE_IN]: arrivals.keptOneIn,
  }));
  const items = JSON.parse(arrivals.text, numbersToo) as { readonly resource: number }[];
  return items.map((item) => ({ ...item, resource: resources[item.resource] })) as unknown as Telemetry[Kind][];
}

const numbersToo = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$number' in value ? Number(value.$number) : value;
