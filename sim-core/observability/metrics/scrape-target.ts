/**
 * What a process shows of its metrics to whoever scrapes it: the page `/metrics`, which is written anew each time it is asked
 * for. Writing it takes processor time by its length; a process that is down refuses the connection.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import type { Attributes, MetricData } from '../signals/telemetry.ts';
import type { Meter } from './instruments/meter.ts';

export interface Exposition {
  readonly metrics: readonly MetricData[];
  /** Lines with a value. */
  readonly samples: number;
  readonly bytes: number;
}

export interface ScrapeTargetOptions {
  /** The component whose metrics they are. */
  readonly name: string;
  readonly meter: Meter;
  /** Whether the process is there to answer. */
  readonly isUp: () => boolean;
}

export class ScrapeTarget implements Endpoint<'scrape', Exposition> {
  readonly name: string;
  private readonly meter: Meter;
  private readonly isUp: () => boolean;
  private readonly lengths: Lengths = new WeakMap();

  constructor({ name, meter, isUp }: ScrapeTargetOptions) {
    if (meter.temporality !== 'cumulative') {
      throw new Error(
        `${name}: its meter counts from one collection to the next; whoever scrapes needs cumulative counts`,
      );
    }
    this.name = name;
    this.meter = meter;
    this.isUp = isUp;
  }

  receive(call: Call<'scrape', Exposition>): void {
    if (!this.isUp()) {
      call.refuse('unavailable');
      return;
    }
    spawn(this.meter.process.sim, `${this.name} writes its metrics`, this.write(call));
  }

  private *write(call: Call<'scrape', Exposition>): Behaviour {
    const { process } = this.meter;
    const exposition = expositionOf(this.meter.collect(), this.lengths);
    yield* process.background(exposition.bytes * process.costs.byte);
    call.reply(exposition);
  }
}

/** Digits of a value, and what stands between the parts of a line, on average. */
const REST_BYTES = 12;
/** `le="0.25",` and the words `_bucket`. */
const BUCKET_BYTES = 17;

/** Lengths of sets of attributes that were written before: most are, again and again. */
type Lengths = WeakMap<Attributes, number>;

function lengthOf(attributes: Attributes, lengths: Lengths): number {
  let length = lengths.get(attributes);
  if (length === undefined) {
    length = 0;
    for (const name of Object.keys(attributes)) length += name.length + String(attributes[name]).length + 4;
    lengths.set(attributes, length);
  }
  return length;
}

/** How long the page is: every line has the name, all attributes, and a value. */
export function expositionOf(metrics: readonly MetricData[], lengths: Lengths = new WeakMap()): Exposition {
  let [samples, bytes] = [0, 0];
  for (const { name, points } of metrics) {
    for (const point of points) {
      const line = name.length + REST_BYTES + lengthOf(point.attributes, lengths);
      // A native histogram is one sample; it is sent in another format, some bytes a bucket.
      const lines = 'bounds' in point ? point.bounds.length + 3 : 1;
      const buckets = 'scale' in point ? 2 * (point.positive.counts.length + point.negative.counts.length) : 0;
      samples += lines;
      bytes += lines * line + buckets + ('bounds' in point ? BUCKET_BYTES * (lines - 2) : 0);
    }
  }
  return { metrics, samples, bytes };
}
