/**
 * The handbook's order of things: its parts and sections, by which the catalogue is laid out, and its index of fourteen
 * pitfalls (section 4), each with the practice that avoids it, as a path of their own. A scenario says which section it
 * belongs to and, where it shows a row of the index, the name of its pitfall.
 */
import { groupBy } from './grouping.ts';
import type { ListedEntry } from './listing.ts';

const PARTS: Readonly<Record<string, string>> = {
  1: 'Caching',
  2: 'Asynchronous processing',
  3: 'Observability and monitoring',
  4: 'Whole systems',
  Appendix: 'Production readiness checklist',
  'Quick tables': 'Quick reference tables',
};

const SECTIONS: Readonly<Record<string, string>> = {
  '1.1': 'Fundamental patterns',
  '1.2': 'Placement',
  '1.3': 'Eviction',
  '1.4': 'Invalidation',
  '1.5': 'Consistency',
  '1.6': 'Distributed caching',
  '1.7': 'Stampedes and thundering herds',
  '1.8': 'Hot keys',
  '2.1': 'Broker architectures',
  '2.2': 'Kafka',
  '2.3': 'Delivery semantics',
  '2.4': 'Dead letter queues',
  '2.5': 'Messaging with Redis',
  '2.6': 'Publish and subscribe compared',
  '2.7': 'Event-driven architecture',
  '2.8': 'Schema evolution',
  '2.9': 'Backpressure',
  '3.1': 'Core concepts',
  '3.2': 'Metrics',
  '3.3': 'Tracing',
  '3.4': 'Logging',
  '3.5': 'Alerting and service level objectives',
  '3.6': 'Patterns, anti-patterns and cost',
  '3.7': 'Scaling the observability stack',
};

/** Rows of the index, in its order: domain, pitfall, practice. */
const INDEX: readonly (readonly [domain: string, pitfall: string, practice: string])[] = [
  ['Cache', 'Synchronized expirations', 'TTL jitter'],
  ['Cache', 'Write-behind data loss', 'Persist buffer / ack flush'],
  ['Messaging', 'Duplicate processing', 'Idempotent consumer store'],
  ['Messaging', 'Growing DLQ unnoticed', 'DLQ age + rate alerts'],
  ['Kafka', 'Large batches w/ high latency', 'Tune linger.ms & batch.size per SLA'],
  ['Schemas', 'Breaking change deploy', 'Registry compatibility check in CI'],
  ['Tracing', 'Missing async spans', 'Instrument async boundaries'],
  ['Logging', 'PII leakage', 'Classification & redaction'],
  ['Metrics', 'Silent SLO burn', 'Multi-window burn alerts'],
  ['Backpressure', 'Infinite buffering', 'Bounded queues + shedding'],
  ['Hot Key', 'Single shard overload', 'Replicate / shuffle shard'],
  ['Saga', 'Orphan compensations', 'Timeout watchdog + audit log'],
  ['EOS', 'Improper commit ordering', 'Commit offsets inside txn'],
  ['Observability Cost', 'Retain raw high-card logs', 'Lifecycle tiering'],
];

export interface HandbookSection {
  /** `1.7`, or the part's own number where a scenario belongs to no section of it. */
  readonly number: string;
  readonly title: string;
  readonly entries: readonly ListedEntry[];
}

export interface HandbookPart {
  readonly number: string;
  readonly title: string;
  readonly sections: readonly HandbookSection[];
}

/** A row of the index of pitfalls. */
export interface Pitfall {
  readonly domain: string;
  readonly pitfall: string;
  readonly practice: string;
  /** The scenario that shows it. */
  readonly entry: ListedEntry;
}

/** The title of a section, its number for want of one. */
export const sectionTitle = (section: string): string => SECTIONS[section] ?? section;

/** The catalogue by part and section, in the handbook's order; sections without a scenario are left out. */
export function byPart(catalogue: readonly ListedEntry[]): HandbookPart[] {
  const ordered = catalogue.toSorted((a, b) =>
    a.scenario.section.localeCompare(b.scenario.section, 'en', { numeric: true }),
  );
  const parts = groupBy(ordered, ({ scenario }) => scenario.section.split('.')[0]);
  return [...parts].map(([number, entries]) => ({
    number,
    title: PARTS[number] ?? `Part ${number}`,
    sections: [...groupBy(entries, ({ scenario }) => scenario.section)].map(([section, own]) => ({
      number: section,
      title: sectionTitle(section),
      entries: own,
    })),
  }));
}

/** The index of pitfalls, each with the scenario that shows it; one that the catalogue has no scenario of is left out. */
export function pitfallPath(catalogue: readonly ListedEntry[]): Pitfall[] {
  return INDEX.flatMap(([domain, pitfall, practice]) => {
    const entry = catalogue.find(({ scenario }) => scenario.pitfall === pitfall);
    return entry ? [{ domain, pitfall, practice, entry }] : [];
  });
}
