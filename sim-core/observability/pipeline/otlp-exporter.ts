/**
 * An OTLP exporter: sends a batch, and again where the answer allows it, after waits that grow.
 *
 * What may be sent again is what OTLP says: no answer in time, a receiver that is not there or has no room
 * (https://opentelemetry.io/docs/specs/otlp/#failures-1). Attempts and waits are those that OpenTelemetry's Java and JavaScript SDKs
 * share: 5 attempts, waits from 1 s by half more up to 5 s
 * (https://github.com/open-telemetry/opentelemetry-java, `RetryPolicy`; JavaScript counts only the further ones, and has each wait a fifth
 * more or less, as here). An answer that comes too late is not heard: what was sent again is there twice then.
 *
 * Does not model that a receiver says how long to wait, nor compression.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Behaviour } from '../../kernel/process.ts';
import { s, type Duration } from '../../kernel/time.ts';
import { CallFailed, type CallFailure } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { ExportRequest, ExportResponse, TelemetryKind } from './export-request.ts';

export interface OtlpRetry {
  /** Attempts at most, the first included. */
  readonly attemptsMax: number;
  readonly firstWait: Duration;
  readonly waitMax: Duration;
  /** Each wait is so many times the one before. */
  readonly growth: number;
  /** By so much of itself, either way, a wait differs. */
  readonly jitter: number;
}

export const OTLP_RETRY: OtlpRetry = { attemptsMax: 5, firstWait: s(1), waitMax: s(5), growth: 1.5, jitter: 0.2 };

export const OTLP_TIMEOUT: Duration = s(10);

/** Whether it may be sent again after this. */
export function isRetryable(failure: CallFailure): boolean {
  return failure === 'timeout' || failure === 'overloaded' || failure === 'unavailable';
}

export interface OtlpExporterOptions<Kind extends TelemetryKind> {
  readonly link: Link<ExportRequest<Kind>, ExportResponse>;
  /** How long one attempt waits for its answer; 10 s without it. */
  readonly timeout?: Duration;
  readonly retry?: OtlpRetry;
}

export class OtlpExporter<Kind extends TelemetryKind> {
  private readonly link: Link<ExportRequest<Kind>, ExportResponse>;
  private readonly timeout: Duration;
  private readonly retry: OtlpRetry;
  private readonly draws: KeyedStream;

  constructor({ link, timeout = OTLP_TIMEOUT, retry = OTLP_RETRY }: OtlpExporterOptions<Kind>) {
    this.link = link;
    this.timeout = timeout;
    this.retry = retry;
    this.draws = link.sim.keyedRandom(`${link.name}/export backoff`);
  }

  /** Sends a batch until it is taken; throws the last `CallFailed` when it gives up. */
  *export(batch: ExportRequest<Kind>, request: RequestContext): Behaviour<ExportResponse> {
    const { attemptsMax, firstWait, waitMax, growth, jitter } = this.retry;
    let wait = firstWait;
    for (let attempt = 1; ; attempt++) {
      try {
        return yield* this.link.call(batch, request, this.timeout);
      } catch (error) {
        if (!(error instanceof CallFailed) || !isRetryable(error.failure) || attempt >= attemptsMax) throw error;
      }
      const share = 1 + jitter * (2 * this.draws.of(request.nextWorkKey()).next() - 1);
      yield Math.round(wait * share);
      wait = Math.min(waitMax, wait * growth);
    }
  }
}
