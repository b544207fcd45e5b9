/**
 * The layers between a user and a disk that may hold an answer, nearest first (handbook 1.2), and who gave each answer:
 * one fact an answer, told where the user has it, from which the layers' shares and latencies are worked out. The shares
 * add up to 1, the disk's included, since somebody gave every answer.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import type { Row } from '../../storage/queries.ts';
import { rowReturned } from '../../storage/staleness.ts';

export const LAYERS = ['client', 'edge', 'gateway', 'app', 'distributed', 'buffer-pool', 'disk'] as const;
export type Layer = (typeof LAYERS)[number];

/** A row, and the layer that had it. */
export interface Answer {
  readonly row: Row;
  readonly layer: Layer;
}

/** A user has an answer, and the layer that gave it. */
export const layerAnswered = defineFact('layer.answered', 'A user has an answer, and the layer that gave it', {
  layer: 'text',
  request: 'request',
  key: 'key',
  duration: 'duration',
});

const WORDS: Readonly<Record<Layer, string>> = {
  client: 'the browser',
  edge: 'the edge',
  gateway: 'the gateway',
  app: 'an instance',
  distributed: 'the shared cache',
  'buffer-pool': 'the store’s memory',
  disk: 'the store’s disk',
};

/** What is told of a layer. The names are `layer.share.edge` and so forth. */
function signalsOfLayer(layer: Layer): SignalDefinition[] {
  const suffix = layer.replace('-', '_');
  const words = WORDS[layer];
  return [
    defineSignal({
      name: `layer.share.${suffix}`,
      kind: 'ratio',
      unit: '1',
      help: `Share answered by ${words}`,
      fact: layerAnswered,
      counts: (fact) => fact.layer === layer,
    }),
    defineSignal({
      name: `layer.duration.${suffix}`,
      kind: 'histogram',
      unit: 's',
      help: `What a user waits for an answer by ${words}`,
      fact: layerAnswered,
      where: (fact) => fact.layer === layer,
      value: (fact) => fact.duration,
    }),
    defineSignal({
      name: `layer.staleness.${suffix}`,
      kind: 'histogram',
      unit: 's',
      help: `How long an update has been invisible in an answer by ${words}; 0 in one that is up to date`,
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
