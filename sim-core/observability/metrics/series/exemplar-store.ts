/**
 * Exemplars as Prometheus keeps them: in one ring for all series, in memory, the oldest overwritten
 * (`storage.exemplars.max_exemplars`, 100,000 by default). An exemplar leads from a number on a dashboard to one trace that
 * went into it. https://prometheus.io/docs/prometheus/latest/feature_flags/#exemplars-storage
 */
import type { Time } from '../../../kernel/time.ts';
import type { Exemplar } from '../../signals/telemetry.ts';
import type { Labels } from '../../signals/labels.ts';
import { labelsKey, NAME, type Selector } from './series-store.ts';

export const EXEMPLARS_MAX = 100_000;

export interface StoredExemplar {
  /** Of the series that it was found beside. */
  readonly labels: Labels;
  readonly exemplar: Exemplar;
}

export class ExemplarStore {
  private readonly capacity: number;
  private readonly ring: StoredExemplar[] = [];
  private next = 0;
  /** The newest of each series: a scrape that shows it again adds nothing. */
  private readonly newest = new Map<string, Time>();

  /** `capacity`: an integer of at least 1. */
  constructor(capacity = EXEMPLARS_MAX) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.ring.length;
  }

  add(labels: Labels, exemplar: Exemplar): void {
    const key = labelsKey(labels);
    if (exemplar.time <= (this.newest.get(key) ?? -Infinity)) return;
    this.newest.set(key, exemplar.time);
    this.ring[this.next] = { labels, exemplar };
    this.next = (this.next + 1) % this.capacity;
  }

  /** Those of a stretch of time, both ends included, from the oldest place of the ring on. */
  select({ name, labels = {}, where }: Selector, from: Time, to: Time): StoredExemplar[] {
    const conditions = Object.entries(labels);
    const inOrder = [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)];
    return inOrder.filter(
      (stored) =>
        stored.labels[NAME] === name &&
        stored.exemplar.time >= from &&
        stored.exemplar.time <= to &&
        conditions.every(([label, value]) => (stored.labels[label] ?? '') === value) &&
        (where === undefined || where(stored.labels)),
    );
  }

  /** What was in memory is gone. */
  clear(): void {
    this.ring.length = 0;
    this.next = 0;
    this.newest.clear();
  }
}
