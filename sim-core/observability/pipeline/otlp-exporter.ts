/**
 * An OTLP exporter: sends a batch, and again where the answer allows it, after waits that grow, until its time is over.
 *
 * What may be sent again is what OTLP says: no answer in time, a receiver that is not there or has no room
 * (https://opentelemetry.io/docs/specs/otlp/#failures-1). Attempts, waits and the deadline are those of OpenTelemetry's SDK for
 * JavaScript (`otlp-exporter-base`, `retrying-transport.ts`): 5 further attempts, waits from 1 s by half more up to 5 s, each a fifth
 * more or less. The timeout is that of the whole export, as the specification has it
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): who would be asked again after it is over is not. A further attempt
 * waits for its answer as long as was left before the wait, so it may end late by that wait. An answer that comes too late is not
 * heard: what was sent again is there twice then.
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
  /** Further attempts at most, after the first. */
  readonly retriesMax: number;
  readonly firstWait: Duration;
  readonly waitMax: Duration;
  /** Each wait is so many times the one before. */
  readonly growth: number;
  /** By so much of itself, either way, a wait differs. */
  readonly jitter: number;
}

export const OTLP_RETRY: OtlpRetry = { retriesMax: 5, firstWait: s(1), waitMax: s(5), growth: 1.5, jitter: 0.2 };

export const OTLP_TIMEOUT: Duration = s(10);

/** Whether it may be sent again after this. */
export function isRetryable(failure: CallFailure): boolean {
  return failure === 'timeout' || failure === 'overloaded' || failure === 'unavailable';
}

export interface OtlpExporterOptions<Kind extends TelemetryKind> {
  readonly link: Link<ExportRequest<Kind>, ExportResponse>;
  /** How long an export may last, further attempts included; 10 s without it. */
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
    const { retriesMax, firstWait, waitMax, growth, jitter } = this.retry;
    const { sim } = this.link;
    const deadline = sim.now + this.timeout;
    let patience = this.timeout;
    let next = firstWait;
    for (let retries = 0; ; retries++) {
      let wait: Duration;
      try {
        return yield* this.link.call(batch, request, patience);
      } catch (error) {
        if (!(error instanceof CallFailed) || !isRetryable(error.failure) || retries >= retriesMax) throw error;
        const share = 1 + jitter * (2 * this.draws.of(request.nextWorkKey()).next() - 1);
        wait = Math.min(waitMax, Math.round(next * share));
        patience = deadline - sim.now;
        if (wait > patience) throw error;
      }
      yield wait;
      next *= growth;
    }
  }
}
