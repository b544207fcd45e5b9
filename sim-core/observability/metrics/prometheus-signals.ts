/** What is known of a Prometheus from outside: what it scrapes, keeps, looks at, and whether it is there. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

export const prometheusScraped = defineFact('prometheus.scraped', 'A scrape has ended', {
  prometheus: 'text',
  target: 'text',
  outcome: 'text',
  samples: 'number',
  duration: 'duration',
});

export const prometheusHead = defineReading('prometheus.head', 'Series were added to a head, or it was read', {
  prometheus: 'text',
  series: 'number',
  bytes: 'number',
});

export const prometheusQueried = defineReading('prometheus.queried', 'Dashboards and rules were evaluated', {
  prometheus: 'text',
  series: 'number',
  samples: 'number',
});

export const prometheusUp = defineReading('prometheus.up', 'A Prometheus came up or went down', {
  prometheus: 'text',
  isUp: 'flag',
});

export const prometheusKilled = defineFact('prometheus.killed', 'A Prometheus was killed for want of memory', {
  prometheus: 'text',
  bytes: 'number',
});

export const prometheusSignals = [
  defineSignal({
    name: 'prometheus.scrape.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from a scrape to its end, or to giving up',
    fact: prometheusScraped,
    value: ({ duration }) => duration,
  }),
  defineSignal({
    name: 'prometheus.scrape.failures',
    kind: 'counter',
    unit: '{scrape}',
    help: 'Scrapes of which nothing was kept: the target was down, too slow or had too many samples',
    fact: prometheusScraped,
    where: ({ outcome }) => outcome !== 'ok',
  }),
  defineSignal({
    name: 'prometheus.scrape.samples',
    kind: 'counter',
    unit: '{sample}',
    help: 'Samples that scrapes brought and that were kept',
    fact: prometheusScraped,
    where: ({ outcome }) => outcome === 'ok',
    amount: ({ samples }) => samples,
  }),
  defineSignal({
    name: 'prometheus.head.series',
    kind: 'gauge',
    unit: '{series}',
    help: 'Series in memory',
    fact: prometheusHead,
    value: ({ series }) => series,
    of: ({ prometheus }) => prometheus,
  }),
  defineSignal({
    name: 'prometheus.head.memory',
    kind: 'gauge',
    unit: 'By',
    help: 'Memory that series and samples take',
    fact: prometheusHead,
    value: ({ bytes }) => bytes,
    of: ({ prometheus }) => prometheus,
  }),
  defineSignal({
    name: 'prometheus.query.series',
    kind: 'gauge',
    unit: '{series}',
    help: 'Series that the last evaluation of dashboards and rules had to look at',
    fact: prometheusQueried,
    value: ({ series }) => series,
    of: ({ prometheus }) => prometheus,
  }),
  defineSignal({
    name: 'prometheus.query.samples',
    kind: 'gauge',
    unit: '{sample}',
    help: 'Samples of theirs that it had to read',
    fact: prometheusQueried,
    value: ({ samples }) => samples,
    of: ({ prometheus }) => prometheus,
  }),
  defineSignal({
    name: 'prometheus.up',
    kind: 'gauge',
    unit: '1',
    help: 'Prometheus is up: 1 while it scrapes and evaluates, 0 while it is down',
    fact: prometheusUp,
    value: ({ isUp }) => (isUp ? 1 : 0),
    of: ({ prometheus }) => prometheus,
  }),
  defineSignal({
    name: 'prometheus.kills',
    kind: 'counter',
    unit: '{restart}',
    help: 'Kills of Prometheus for want of memory',
    fact: prometheusKilled,
  }),
];
