/** What is true of a fleet's telemetry, whoever sees it: so much was emitted, and so much its SDKs could not keep. */
import { defineFact } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { TelemetryKind } from './export-request.ts';

export const telemetryEmitted = defineFact('telemetry.emitted', 'Instances wrote telemetry down, or were scraped', {
  kind: 'text',
  items: 'number',
});

/** `reason`: `queue_full`, or how the export failed. */
export const sdkDropped = defineFact('sdk.dropped', 'An SDK dropped telemetry that no collector had taken', {
  kind: 'text',
  items: 'number',
  reason: 'text',
});

const KINDS: readonly [TelemetryKind, string, string][] = [
  ['traces', '{span}', 'Spans that instances wrote down'],
  ['logs', '{record}', 'Log records that instances wrote down'],
  ['metrics', '{sample}', 'Samples of metrics that instances had for whoever scrapes them'],
];

export const fleetSignals = [
  ...KINDS.map(([kind, unit, help]) =>
    defineSignal({
      name: `telemetry.emitted.${kind}`,
      kind: 'counter',
      unit,
      help,
      fact: telemetryEmitted,
      where: (fact) => fact.kind === kind,
      amount: ({ items }) => items,
    }),
  ),
  defineSignal({
    name: 'sdk.dropped',
    kind: 'counter',
    unit: '{item}',
    help: 'Spans and log records that SDKs dropped: their queues were full, or no collector took them in five attempts',
    fact: sdkDropped,
    amount: ({ items }) => items,
  }),
];
