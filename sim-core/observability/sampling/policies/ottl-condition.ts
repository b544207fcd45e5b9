/**
 * ottl_condition: keeps traces of which any span, or any event of a span, is as one of several conditions in OTTL has it. Each
 * looks at one span by itself: of a trace of many short spans none is slow.
 *
 * A condition that cannot be worked out for a span, as a difference of an attribute that is not there, is an error: by
 * `propagate` the policy then says nothing of the trace, by `ignore` the condition does not hold of that span.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/processor/tailsamplingprocessor/internal/sampling/ottl.go
 */
import { parseCondition, type Condition } from '../ottl/condition.ts';
import type { ContextName, Subject } from '../ottl/paths.ts';
import { OttlSyntaxError } from '../ottl/tokens.ts';
import { OttlError } from '../ottl/values.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface OttlConditionOptions {
  /** Of a span: `status.code == STATUS_CODE_ERROR`. */
  readonly span?: readonly string[];
  /** Of an event of a span: `name == "exception"`. */
  readonly spanevent?: readonly string[];
  /** `propagate` without it. */
  readonly errorMode?: 'ignore' | 'propagate';
}

/** Throws a `RangeError` that names the condition and the place in it where it goes wrong. */
export function ottlCondition({
  span = [],
  spanevent = [],
  errorMode = 'propagate',
}: OttlConditionOptions): SamplingPolicy {
  if (span.length + spanevent.length === 0) {
    throw new RangeError('ottl_condition: span and spanevent are empty; there must be one condition at least');
  }
  const [ofSpans, ofEvents] = [conditions('span', span), conditions('spanevent', spanevent)];
  const holds = (condition: Condition, subject: Subject): boolean => {
    try {
      return condition(subject);
    } catch (error) {
      if (error instanceof OttlError && errorMode === 'ignore') return false;
      throw error;
    }
  };
  const isKept = (subject: Subject): boolean =>
    ofSpans.some((condition) => holds(condition, subject)) ||
    subject.span.events.some((event) => ofEvents.some((condition) => holds(condition, { ...subject, event })));
  return {
    evaluate({ spans }) {
      try {
        return spans.some((one) => isKept({ span: one })) ? 'sampled' : 'not-sampled';
      } catch (error) {
        if (error instanceof OttlError) return 'error';
        throw error;
      }
    },
  };
}

const conditions = (context: ContextName, sources: readonly string[]): Condition[] =>
  sources.map((source, i) => {
    try {
      return parseCondition(source, context);
    } catch (error) {
      if (!(error instanceof OttlSyntaxError)) throw error;
      const where = `ottl_condition: ${context} condition ${i + 1}, column ${error.column} of ${source}`;
      throw new RangeError(`${where}: ${error.message}`, { cause: error });
    }
  });
