/**
 * Points of a run's metrics as they were collected, a bounded number of them: with too many, series are halved by a hash of their
 * attributes while there are more of these than a dashboard ever draws, and after that scrapes, every second of each target's.
 */
import type { MetricData, Resource } from '../observability/signals/telemetry.ts';
import { SAMPLE_HASHES } from './recording.ts';

/** Numbers of all points together: a histogram's are its buckets, count and sum. */
const NUMBERS_MAX = 60_000;
const SERIES_MAX = 500;

type Point = MetricData['points'][number];

interface SampledSeries {
  readonly metric: MetricData;
  readonly hash: number;
  /** With the scrape that each is of, counted by target. */
  points: { readonly scrape: number; readonly point: Point; readonly numbers: number }[];
}

export class PointSample {
  total = 0;
  private series = new Map<string, SampledSeries>();
  private readonly keys = new WeakMap<object, string>();
  private readonly scrapes = new Map<Resource, number>();
  private numbers = 0;
  private seriesOneIn = 1;
  private scrapesOneIn = 1;

  /** All that one collection brought. */
  add(metrics: readonly MetricData[]): void {
    const counted = new Map<Resource, number>();
    for (const metric of metrics) {
      const { resource } = metric;
      let scrape = counted.get(resource);
      if (scrape === undefined) {
        counted.set(resource, (scrape = this.scrapes.get(resource) ?? 0));
        this.scrapes.set(resource, scrape + 1);
      }
      for (const point of metric.points) this.keep(metric, point, scrape);
    }
    while (this.numbers > NUMBERS_MAX && this.halve());
  }

  get oneIn(): number {
    return this.seriesOneIn * this.scrapesOneIn;
  }

  /** One a metric and target, its series one after the other, the points of each in order of time. */
  get items(): readonly MetricData[] {
    const metrics = new Map<string, MetricData & { points: Point[] }>();
    for (const { metric, points } of this.series.values()) {
      const key = `${metric.resource['service.instance.id']}\u0000${metric.name}`;
      let written = metrics.get(key);
      if (written === undefined) metrics.set(key, (written = { ...metric, points: [] } as never));
      for (const { point } of points) written!.points.push(point);
    }
    return [...metrics.values()];
  }

  private keep(metric: MetricData, point: Point, scrape: number): void {
    this.total++;
    if (scrape % this.scrapesOneIn !== 0) return;
    const key = `${metric.resource['service.instance.id']}\u0000${metric.name}\u0000${this.keyOf(point.attributes)}`;
    let series = this.series.get(key);
    if (series === undefined) {
      const hash = textHash(key);
      if (hash >= SAMPLE_HASHES / this.seriesOneIn) return;
      this.series.set(key, (series = { metric, hash, points: [] }));
    }
    const numbers = numbersOf(point);
    series.points.push({ scrape, point, numbers });
    this.numbers += numbers;
  }

  /** False when there is nothing left to halve. */
  private halve(): boolean {
    if (this.series.size > SERIES_MAX) {
      this.seriesOneIn *= 2;
      for (const [key, { hash }] of this.series) if (hash >= SAMPLE_HASHES / this.seriesOneIn) this.series.delete(key);
    } else {
      this.scrapesOneIn *= 2;
      for (const series of this.series.values()) {
        series.points = series.points.filter(({ scrape }) => scrape % this.scrapesOneIn === 0);
      }
    }
    const before = this.numbers;
    this.numbers = 0;
    for (const { points } of this.series.values()) for (const { numbers } of points) this.numbers += numbers;
    return this.numbers < before;
  }

  /** Instruments tell of the same attributes again and again. */
  private keyOf(attributes: Point['attributes']): string {
    let key = this.keys.get(attributes);
    if (key === undefined) this.keys.set(attributes, (key = JSON.stringify(attributes)));
    return key;
  }
}

function numbersOf(point: Point): number {
  if ('counts' in point) return point.counts.length + 2;
  return 'scale' in point ? point.positive.counts.length + point.negative.counts.length + 4 : 1;
}

/** FNV-1a with the last bits mixed: 0 to 2^32 - 1. http://www.isthe.com/chongo/tech/comp/fnv/ */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
