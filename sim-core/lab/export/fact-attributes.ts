/** The fields of a fact as attributes: texts and flags as they are, times and durations in seconds, as OpenTelemetry has them. */
import { SECOND } from '../../kernel/time.ts';
import type { AttributeValue } from '../../observability/signals/telemetry.ts';
import type { RecordedFacts } from '../recording.ts';
import type { FactPlace } from '../traces/fact-places.ts';

/** All fields but the request, of which the trace is. */
export function factAttributes(facts: RecordedFacts, { table, row }: FactPlace): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [field, type] of Object.entries(table.schema)) {
    if (type === 'request' && field === 'request') continue;
    const value = table.columns[field][row];
    if (type === 'text') attributes[field] = facts.texts[value] ?? '';
    else if (type === 'flag') attributes[field] = value === 1;
    else if (type === 'time' || type === 'duration') attributes[field] = value / SECOND;
    else attributes[field] = value;
  }
  return attributes;
}
