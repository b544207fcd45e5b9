/**
 * Ids of traces and spans: random ones, as W3C Trace Context level 2 wants them, but drawn by the request that they are for
 * and how many spans were begun for it before. So nobody's ids follow from what becomes of other requests, and a trace's head is
 * sampled or not whatever a variant does further on.
 */
import type { KeyedStream, RandomStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';

const WORD = 4_294_967_296;

export class SpanIds {
  private readonly traces: KeyedStream;
  private readonly spans: KeyedStream;

  constructor(sim: Simulation) {
    this.traces = sim.keyedRandom('tracing/trace ids');
    this.spans = sim.keyedRandom('tracing/span ids');
  }

  /** 32 digits. `key`: the request's `nextSpanKey`. */
  traceId(key: number): string {
    const draws = this.traces.of(key);
    return word(draws) + word(draws) + word(draws) + notZero(word(draws));
  }

  /** 16 digits. `key`: the request's `nextSpanKey`. */
  spanId(key: number): string {
    const draws = this.spans.of(key);
    return word(draws) + notZero(word(draws));
  }
}

/** Two digits of each byte: to look them up is three times as fast as to have a number write them. */
const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function word(draws: RandomStream): string {
  const bits = draws.integer(WORD);
  return BYTES[bits >>> 24] + BYTES[(bits >>> 16) & 0xff] + BYTES[(bits >>> 8) & 0xff] + BYTES[bits & 0xff];
}

/** An id of zeros alone is no id. */
const notZero = (digits: string): string => (digits === '00000000' ? '00000001' : digits);
