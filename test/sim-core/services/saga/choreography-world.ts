/**
 * One choreographed saga as a world to be explored: copies of events in the queues of those who hear them, taken in any order.
 * A participant may die behind its commit, or when it has published and not acknowledged: then it hears the event again.
 */
import { nameOf, type SagaDefinition } from '../../../../sim-core/services/saga/definition.ts';
import {
  eventOf,
  heardBy,
  reaction,
  REQUESTED,
  type StepEvent,
} from '../../../../sim-core/services/saga/choreography.ts';
import { perform, type ParticipantRules, type StepMemory } from '../../../../sim-core/services/saga/participation.ts';
import { explore, inNoOrder, walk, type Explored, type Move, type Protocol } from './exploring.ts';
import { problemOf } from './order-saga.ts';

/** A copy of an event that the participant of a step has yet to hear. */
interface Copy {
  readonly for: number;
  readonly event: StepEvent;
}

interface World {
  /** In the order of their texts, for they are in none. */
  readonly queued: readonly Copy[];
  readonly memories: readonly StepMemory[];
  readonly standing: readonly number[];
  readonly crashesLeft: number;
}

export interface Choreography {
  readonly definition: SagaDefinition;
  readonly refused: number;
  readonly rules: ParticipantRules;
  /** Whether what is refused or undone is heard by those who would have to undo something. */
  readonly compensates: boolean;
  /** Whether an event is acknowledged when the work is done, and not as soon as it is taken. */
  readonly acknowledgesLast: boolean;
  readonly crashes: number;
}

export const exploreChoreography = (given: Choreography): Explored => explore(...protocolOf(given));
export const walkChoreography = (given: Choreography, draw: () => number): string | undefined =>
  walk(...protocolOf(given), draw);

const protocolOf = (given: Choreography): Protocol<World> => [
  {
    queued: copiesOf(REQUESTED, given),
    memories: given.definition.map(() => 'new'),
    standing: given.definition.map(() => 0),
    crashesLeft: given.crashes,
  },
  (world) => world.queued.flatMap((_, place) => taken(world, place, given)),
  ({ standing }, isEnd) => problemOf(standing, isEnd, given.definition),
];

function taken(world: World, place: number, given: Choreography): Move<World>[] {
  const { definition, acknowledgesLast } = given;
  const { for: step, event } = world.queued[place];
  const kind = reaction(step, event, definition)!;
  const name = nameOf(definition[step], kind);
  const { memory, answer, change } = perform(world.memories[step], kind, given.rules, () => step !== given.refused);
  const rest = world.queued.filter((_, i) => i !== place);
  const told = eventOf(step, kind, answer);
  const news = told === undefined ? [] : copiesOf(told, given);
  const done = {
    ...world,
    memories: world.memories.with(step, memory),
    standing: world.standing.with(step, world.standing[step] + change),
  };
  const moves = [{ what: `${name} is ${answer}`, world: { ...done, queued: inNoOrder([...rest, ...news]) } }];
  if (world.crashesLeft === 0) return moves;
  const crashesLeft = world.crashesLeft - 1;
  const kept = acknowledgesLast ? world.queued : rest;
  return [
    ...moves,
    { what: `dies before ${name}`, world: { ...world, queued: kept, crashesLeft } },
    { what: `dies behind ${name}`, world: { ...done, queued: kept, crashesLeft } },
    { what: `dies as it has told of ${name}`, world: { ...done, queued: inNoOrder([...kept, ...news]), crashesLeft } },
  ];
}

const copiesOf = (event: StepEvent, { definition, compensates }: Choreography): Copy[] =>
  definition
    .map((_, step) => ({ for: step, event }))
    .filter((copy) =>
      heardBy(copy.for, definition).some(({ step, what }) => step === event.step && what === event.what),
    )
    .filter((copy) => compensates || reaction(copy.for, event, definition) !== 'compensate');
