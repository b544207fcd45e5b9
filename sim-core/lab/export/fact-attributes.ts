/**
 * The fields of a fact as attributes, `brownout.…` each, since the conventions have no words for them: texts and flags as they are, times
 * and durations in seconds, as OpenTelemetry has them.
 */
import { SECOND } from '../../kernel/time.ts';
import type { AttributeValue } from '../../observability/signals/telemetry.ts';
import type { RecordedFacts } from '../recording.ts';
import type { FactPlace } from '../traces/fact-places.ts';

/** All fields but the request, of which the trace is. */
export function factAttributes(facts: RecordedFacts, { table, row }: FactPlace): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [field, type] of Object.entries(table.schema)) {
    if (type === 'request' && field === 'request') continue;
    const name = factAttribute(field);
    const value = table.columns[field][row];
    if (type === 'text') attributes[name] = facts.texts[value] ?? '';
    else if (type === 'flag') attributes[name] = value === 1;
    else if (type === 'time' || type === 'duration') attributes[name] = value / SECOND;
    else attributes[name] = value;
  }
  return attributes;
}

/** `isLate` is `brownout.is_late`. https://opentelemetry.io/docs/specs/semconv/general/naming/ */
export const factAttribute = (field: string): string =>
  `brownout.${field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
