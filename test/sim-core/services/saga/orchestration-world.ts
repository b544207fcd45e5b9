/**
 * One orchestrated saga as a world to be explored: the orchestrator's progress as it is written down, messages under way in no
 * order, what participants remember, and which effects stand. What may go wrong is counted down: a crash of the orchestrator
 * between any two moves or between hearing an answer and writing it down, a crash of a participant before or after its commit,
 * an attempt that is repeated though the first is still on its way, an action that is given up though it is still on its way.
 */
import { nameOf, type CommandKind, type SagaDefinition } from '../../../../sim-core/services/saga/definition.ts';
import { perform, type ParticipantRules, type StepMemory } from '../../../../sim-core/services/saga/participation.ts';
import {
  after,
  BEGUN,
  hasEnded,
  nextCommand,
  type Outcome,
  type Progress,
  type SagaPolicy,
} from '../../../../sim-core/services/saga/progress.ts';
import { explore, inNoOrder, walk, type Explored, type Move, type Protocol } from './exploring.ts';
import { problemOf } from './order-saga.ts';

/** A command under way, or with an answer the reply to it. */
interface Message {
  readonly step: number;
  readonly kind: CommandKind;
  readonly answer?: 'ok' | 'refused';
}

interface World {
  readonly progress: Progress;
  /** Whether the orchestrator has sent the next command, as it remembers itself. */
  readonly isAsking: boolean;
  /** In the order of their texts, for they are in none. */
  readonly underWay: readonly Message[];
  readonly memories: readonly StepMemory[];
  readonly standing: readonly number[];
  readonly crashesLeft: number;
  readonly hurriesLeft: number;
}

export interface Orchestration {
  readonly definition: SagaDefinition;
  /** The step that its participant refuses; -1 for none. */
  readonly refused: number;
  readonly policy: SagaPolicy;
  readonly rules: ParticipantRules;
  readonly isDurable: boolean;
  readonly crashes: number;
  readonly hurries: number;
}

export const exploreOrchestration = (given: Orchestration): Explored => explore(...protocolOf(given));
export const walkOrchestration = (given: Orchestration, draw: () => number): string | undefined =>
  walk(...protocolOf(given), draw);

const protocolOf = (given: Orchestration): Protocol<World> => [
  firstWorld(given),
  (world) => movesOf(world, given),
  ({ standing }, isEnd) => problemOf(standing, isEnd, given.definition),
];

const firstWorld = ({ definition, crashes, hurries }: Orchestration): World => ({
  progress: BEGUN,
  isAsking: false,
  underWay: [],
  memories: definition.map(() => 'new'),
  standing: definition.map(() => 0),
  crashesLeft: crashes,
  hurriesLeft: hurries,
});

function movesOf(world: World, given: Orchestration): Move<World>[] {
  const moves = world.underWay.flatMap((message, place) =>
    message.answer === undefined ? carriedOut(world, place, given) : heard(world, place, given),
  );
  moves.push(...asked(world, given));
  if (world.crashesLeft > 0 && !hasEnded(world.progress)) {
    moves.push({ what: 'the orchestrator dies', world: afterCrash(world, given) });
  }
  return moves;
}

/** The orchestrator asks, asks again, or gives up. It does either of these only if it can wait no longer, or in a hurry. */
function asked(world: World, given: Orchestration): Move<World>[] {
  const command = nextCommand(world.progress);
  if (command === undefined) return [];
  const what = nameOf(given.definition[command.step], command.kind);
  const asking = { ...world, isAsking: true, underWay: inNoOrder([...world.underWay, command]) };
  if (!world.isAsking) return [{ what: `asks for ${what}`, world: asking }];
  const mayCome = world.underWay.some(({ step, kind }) => step === command.step && kind === command.kind);
  if (mayCome && world.hurriesLeft === 0) return [];
  const hurriesLeft = world.hurriesLeft - (mayCome ? 1 : 0);
  const moves = [{ what: `asks for ${what} again`, world: { ...asking, hurriesLeft } }];
  if (command.kind !== 'act') return moves;
  const givenUp = { ...world, ...told(world, 'unanswered', given), hurriesLeft };
  return [...moves, { what: `gives up ${what}`, world: givenUp }];
}

/** A command arrives: it is carried out and answered, or the participant dies before its commit, or behind it. */
function carriedOut(world: World, place: number, given: Orchestration): Move<World>[] {
  const { step, kind } = world.underWay[place];
  const name = nameOf(given.definition[step], kind);
  const { memory, answer, change } = perform(world.memories[step], kind, given.rules, () => step !== given.refused);
  const left = world.underWay.filter((_, i) => i !== place);
  const done = {
    ...world,
    memories: world.memories.with(step, memory),
    standing: world.standing.with(step, world.standing[step] + change),
  };
  const moves = [
    { what: `${name} is ${answer}`, world: { ...done, underWay: inNoOrder([...left, { step, kind, answer }]) } },
  ];
  if (world.crashesLeft === 0) return moves;
  const crashesLeft = world.crashesLeft - 1;
  return [
    ...moves,
    { what: `the participant dies before ${name}`, world: { ...world, underWay: left, crashesLeft } },
    { what: `the participant dies behind ${name}`, world: { ...done, underWay: left, crashesLeft } },
  ];
}

/** A reply arrives: it is written down, or the orchestrator dies before that. Nobody waits for one to an earlier command. */
function heard(world: World, place: number, given: Orchestration): Move<World>[] {
  const { step, kind, answer } = world.underWay[place];
  const left = { ...world, underWay: world.underWay.filter((_, i) => i !== place) };
  const name = nameOf(given.definition[step], kind);
  const command = nextCommand(world.progress);
  if (!world.isAsking || command?.step !== step || command.kind !== kind) {
    return [{ what: `a reply to ${name} is late`, world: left }];
  }
  const moves = [{ what: `hears of ${name}`, world: { ...left, ...told(world, answer!, given) } }];
  if (world.crashesLeft === 0) return moves;
  return [...moves, { what: `dies as it hears of ${name}`, world: afterCrash(left, given) }];
}

const told = ({ progress }: World, outcome: Outcome, { definition, policy }: Orchestration): Partial<World> => ({
  progress: after(progress, outcome, definition, policy),
  isAsking: false,
});

/** With its memory alone it knows nothing of the saga any more, which is as if that had ended. */
const afterCrash = (world: World, { isDurable }: Orchestration): World => ({
  ...world,
  progress: isDurable ? world.progress : { phase: 'abandoned', step: world.progress.step },
  isAsking: false,
  crashesLeft: world.crashesLeft - 1,
});
