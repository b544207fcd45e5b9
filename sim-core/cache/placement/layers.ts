/**
 * The layers between a user and a disk that may hold an answer, nearest first (handbook 1.2), and who gave each answer:
 * one fact an answer, told where the user has it, from which the layers' shares and latencies are worked out. The shares
 * add up to 1, the disk's included, since somebody gave every answer.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import type { Row } from '../../storage/database.ts';
import { rowReturned } from '../../storage/staleness.ts';

export const LAYERS = ['client', 'edge', 'gateway', 'app', 'distributed', 'buffer-pool', 'disk'] as const;
export type Layer = (typeof LAYERS)[number];

/** A row, and the layer that had it. */
export interface Answer {
  readonly row: Row;
  readonly layer: Layer;
}

/** A user has an answer, and the layer that gave it. */
export const layerAnswered = defineFact('cache.layer.answered', 'A user has an answer, and the layer that gave it', {
  layer: 'text',
  request: 'request',
  key: 'key',
  duration: 'duration',
});

/** What is told of a layer. The names are `cache.layer.share.edge` and so forth. */
function signalsOfLayer(layer: Layer): SignalDefinition[] {
  const suffix = layer.replace('-', '_');
  const words = layer === 'buffer-pool' ? 'store’s buffer pool' : layer === 'disk' ? 'store’s disk' : layer;
  return [
    defineSignal({
      name: `cache.layer.share.${suffix}`,
      kind: 'ratio',
      unit: '1',
      help: `Share of the answers that the ${words} gave`,
      fact: layerAnswered,
      counts: (fact) => fact.layer === layer,
    }),
    defineSignal({
      name: `cache.layer.duration.${suffix}`,
      kind: 'histogram',
      unit: 's',
      help: `Time until a user has an answer that the ${words} gave`,
      fact: layerAnswered,
      where: (fact) => fact.layer === layer,
      value: (fact) => fact.duration,
    }),
    defineSignal({
      name: `cache.layer.staleness.${suffix}`,
      kind: 'histogram',
      unit: 's',
      help: `How long ago what the ${words} gave had been replaced when it was asked for; 0 if it had not`,
      fact: rowReturned,
      where: (fact) => fact.reader === layer,
      value: (fact) => fact.age,
    }),
  ];
}

export const layerSignals: readonly SignalDefinition[] = LAYERS.flatMap(signalsOfLayer);

/** Tells who gave an answer; call what it returns where the user has the answer. */
export function answerMeter(sim: Simulation): (answer: Answer, request: RequestContext) => void {
  const answered: FactChannel<Fact<typeof layerAnswered>> = sim.facts.channel(layerAnswered);
  return ({ row, layer }, request) => {
    if (!answered.heard) return;
    answered.emit({ layer, request: request.id, key: row.key, duration: sim.now - request.started });
  };
}
