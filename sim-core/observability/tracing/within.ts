/**
 * Does something while a span is open, which ends with it. Where a call fails, the span says so by its status and by `error.type`
 * (https://opentelemetry.io/docs/specs/semconv/general/recording-errors/): of a span whose children go on after it has ended, that
 * is the only thing that tells why. Where the processor exports a span as soon as it ends, that is waited for. A span
 * whose work is broken off does not end, for its process is gone.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Wait } from '../../kernel/wait.ts';
import { CallFailed, type CallFailure } from '../../network/call.ts';
import type { Span } from './span.ts';

/** `outcome` is told just before the span ends how it failed, if it did. */
export function* within<Result>(
  span: Span,
  work: Behaviour<Result> | Wait<Result>,
  outcome?: (failure: CallFailure | undefined) => void,
): Behaviour<Result> {
  let result: Result;
  try {
    result = yield* work as Behaviour<Result>;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    span.setStatus('error');
    span.setAttribute('error.type', error.failure);
    outcome?.(error.failure);
    yield* span.endAndWait();
    throw error;
  }
  outcome?.(undefined);
  yield* span.endAndWait();
  return result;
}
