/** The readings of stages and of what becomes of items, and the signals made of them. */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { parcelEnded, type Fate } from './parcel.ts';

/** What a stage holds: items that wait, workers that are busy (those who cannot hand over included), bytes; and demand for its output. */
export const stageLoad = defineReading('pipeline.load', 'What a stage of a pipeline holds changed', {
  stage: 'text',
  queued: 'number',
  active: 'number',
  bytes: 'number',
  demand: 'number',
});

/** A stage's process died, for want of memory or by somebody's hand. */
export const stageDied = defineFact('pipeline.stage.died', 'The process of a stage died with all that it held', {
  stage: 'text',
});

const LOST: readonly string[] = ['crash', 'unreachable'] satisfies Fate[];
const DROPPED: readonly string[] = ['overflow', 'expired', 'ended', 'unasked'] satisfies Fate[];

export const stageSignals = [
  defineSignal({
    name: 'process.memory.usage',
    kind: 'gauge',
    unit: 'By',
    help: 'Bytes of the items that the stages of a pipeline hold in memory',
    fact: stageLoad,
    value: (fact) => fact.bytes,
    of: (fact) => fact.stage,
  }),
  defineSignal({
    name: 'pipeline.queued',
    kind: 'gauge',
    unit: '{item}',
    help: 'Items that wait for a worker in the buffers of stages',
    fact: stageLoad,
    value: (fact) => fact.queued,
    of: (fact) => fact.stage,
  }),
  defineSignal({
    name: 'pipeline.active',
    kind: 'gauge',
    unit: '{worker}',
    help: 'Workers of stages that are busy, those included who wait for room at the next stage',
    fact: stageLoad,
    value: (fact) => fact.active,
    of: (fact) => fact.stage,
  }),
  defineSignal({
    name: 'pipeline.delivered',
    kind: 'counter',
    unit: '{item}',
    help: 'Items that the last stage has done its work on, in time or not',
    fact: parcelEnded,
    where: ({ fate }) => fate === 'delivered',
  }),
  defineSignal({
    name: 'pipeline.dropped',
    kind: 'counter',
    unit: '{item}',
    help: 'Items that were dropped by design: for want of room or of demand, because they had waited for too long, or after the end of a stream',
    fact: parcelEnded,
    where: ({ fate }) => DROPPED.includes(fate),
  }),
  defineSignal({
    name: 'pipeline.lost',
    kind: 'counter',
    unit: '{item}',
    help: 'Items that were lost by accident: held by a process that died, or sent to one that was down',
    fact: parcelEnded,
    where: ({ fate }) => LOST.includes(fate),
  }),
  defineSignal({
    name: 'pipeline.stage.deaths',
    kind: 'counter',
    unit: '{death}',
    help: "How often the process of a stage died, for want of memory or by somebody's hand",
    fact: stageDied,
  }),
  defineSignal({
    name: 'pipeline.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from accepting an item to its delivery, in time or not',
    fact: parcelEnded,
    where: ({ fate }) => fate === 'delivered',
    value: (fact) => fact.age,
  }),
];

export class StageReadings {
  private readonly stage: string;
  private readonly load: FactChannel<Fact<typeof stageLoad>>;
  private readonly deaths: FactChannel<Fact<typeof stageDied>>;

  constructor(sim: Simulation, stage: string) {
    this.stage = stage;
    this.load = sim.facts.channel(stageLoad);
    this.deaths = sim.facts.channel(stageDied);
  }

  tell(queued: number, active: number, bytes: number, demand: number): void {
    if (this.load.heard) this.load.emit({ stage: this.stage, queued, active, bytes, demand });
  }

  died(): void {
    if (this.deaths.heard) this.deaths.emit({ stage: this.stage });
  }
}
