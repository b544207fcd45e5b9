/**
 * A participant of sagas, as the code that a service runs: for each command some work, and then, in one transaction of its
 * database, the effect and what is remembered of it (`participation.ts`). All of that outlives the process; work that is broken
 * off before the transaction has no effect. Who hosts it decides how commands come: a service that is called, a consumer.
 *
 * A share of the actions is refused for reasons of its own (an account that is closed, an address that nobody delivers to); they
 * belong to the saga, so that all variants meet the same ones. Does not model that keys are forgotten after a while.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { ComponentPart, Intervention } from '../../network/component.ts';
import type { SagaBook } from './book.ts';
import {
  nameOf,
  type Answer,
  type CommandKind,
  type SagaCommand,
  type SagaDefinition,
  type SagaStep,
} from './definition.ts';
import type { EarlyReads } from './early-reads.ts';
import {
  commandCarriedOut,
  earlyReadSignals,
  effectUndone,
  holdingsMisstated,
  participantSignals,
  readChanged,
} from './facts.ts';
import type { Holdings } from './holdings.ts';
import {
  perform,
  type ParticipantRules,
  type BookStatement,
  type BookQuery,
  type StepMemory,
} from './participation.ts';

export interface ParticipantOptions {
  readonly definition: SagaDefinition;
  /** Which of its steps it does, from 0. */
  readonly place: number;
  readonly holdings: Holdings;
  readonly rules: ParticipantRules;
  /** Work for one command, in nanoseconds. */
  readonly time: Distribution;
  /** The share of the actions that is refused for reasons of its own, 0 to 1. */
  readonly refusedShare: number;
  readonly book: SagaBook;
  /** What its action reads for a later step; it is refused if that is locked. */
  readonly readsEarly?: EarlyReads;
  /** What an earlier step has read for its action. */
  readonly reliesOn?: EarlyReads;
}

interface Row {
  readonly memory: StepMemory;
  /** When the effect was made. */
  readonly since: Time;
}

const NEW: Row = { memory: 'new', since: 0 };
const DRAWS: Readonly<Record<CommandKind, number>> = { act: 0, compensate: 1, confirm: 2 };

export class Participant implements ComponentPart {
  readonly signals: ComponentPart['signals'];
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly name: string;
  readonly options: ParticipantOptions;
  /** What it does of the definition. */
  readonly step: SagaStep;
  private readonly sim: Simulation;
  /** Who does each step, as it is told. */
  private readonly steps: string;
  private readonly rows = new Map<number, Row>();
  private readonly times: KeyedStream;
  private readonly refusals: KeyedStream;
  private slowness = 1;
  /** Actions still to be refused, and compensations still to be lost, since somebody asked for it. */
  private refusing = 0;
  private losing = 0;
  private readonly carriedOut: FactChannel<Fact<typeof commandCarriedOut>>;
  private readonly undone: FactChannel<Fact<typeof effectUndone>>;
  private readonly rereads: FactChannel<Fact<typeof readChanged>>;
  private readonly misstatements: FactChannel<Fact<typeof holdingsMisstated>>;

  constructor(sim: Simulation, options: ParticipantOptions) {
    this.sim = sim;
    this.options = options;
    this.signals = options.reliesOn === undefined ? participantSignals : [...participantSignals, ...earlyReadSignals];
    const { definition, place } = options;
    this.step = definition[place];
    this.steps = definition.map(({ participant }) => participant).join(', ');
    this.name = this.step.participant;
    this.times = sim.keyedRandom(`${this.name}/work`);
    this.refusals = sim.keyedRandom(`${this.name}/refusals`);
    this.carriedOut = sim.facts.channel(commandCarriedOut);
    this.undone = sim.facts.channel(effectUndone);
    this.rereads = sim.facts.channel(readChanged);
    this.misstatements = sim.facts.channel(holdingsMisstated);
    this.interventions = { refuse: this.refuses(), lose: this.loses(), slow: this.slows() };
  }

  /** What it has done before it finds by its key, and there is no work. */
  *carryOut(command: SagaCommand): Behaviour<Answer> {
    if (this.knows(command)) return this.commit(command);
    const draws = this.times.of(command.saga.id * 3 + DRAWS[command.kind]);
    yield Math.max(0, Math.round(this.options.time.sample(draws) * this.slowness));
    return this.commit(command);
  }

  /** A command is carried out; a statement is what the book says, whatever was answered. */
  *answer(query: SagaCommand | BookQuery): Behaviour<Answer | BookStatement> {
    if (!('keys' in query)) return yield* this.carryOut(query);
    return query.keys.map((key) => (this.rows.get(key) ?? NEW).memory);
  }

  /** Says of the next so many compensations that they are done, and does nothing. */
  loseNext(compensations: number): void {
    this.losing = compensations;
  }

  state(): Readonly<Record<string, number | string>> {
    const { held } = this.options.holdings;
    const state = { 'sagas remembered': this.rows.size, held };
    return this.refusing > 0 ? { ...state, 'actions to be refused': this.refusing } : state;
  }

  violations(): readonly string[] {
    return this.options.holdings.violations(this.name);
  }

  private knows({ saga, kind }: SagaCommand): boolean {
    const { memory } = this.rows.get(saga.id) ?? NEW;
    return perform(memory, kind, this.options.rules, () => false).isRepeat;
  }

  private commit({ saga, kind }: SagaCommand): Answer {
    const { step, steps } = this;
    const { place, rules, holdings, book, readsEarly, reliesOn } = this.options;
    if (kind === 'compensate' && this.losing > 0) {
      this.losing--;
      return 'ok';
    }
    const row = this.rows.get(saga.id) ?? NEW;
    const { memory, answer, change, isRepeat } = perform(row.memory, kind, rules, () => this.accepts(saga));
    this.rows.set(saga.id, { memory, since: change === 1 ? this.sim.now : row.since });
    if (change === 1) this.take(saga);
    else if (kind === 'confirm') {
      reliesOn?.forget(saga);
      holdings.confirm(saga);
    } else if (change === -1) {
      readsEarly?.forget(saga);
      this.tellUndone(saga.id, row.since, holdings.giveBack(saga));
    }
    if (change !== 0) book.changed(saga, place, change);
    if (this.carriedOut.heard) {
      const command = nameOf(step, kind);
      const { id: request } = saga;
      const { name: participant } = this;
      this.carriedOut.emit({ participant, command, request, step: place, change, answer, repeat: isRepeat, steps });
    }
    return answer;
  }

  private accepts(saga: SagaCommand['saga']): boolean {
    if (this.refusing > 0) {
      this.refusing--;
      return false;
    }
    const { refusedShare, holdings, readsEarly } = this.options;
    if (this.refusals.of(saga.id).next() < refusedShare || !holdings.offers(saga)) return false;
    return readsEarly?.read(saga) ?? true;
  }

  private take(saga: SagaCommand['saga']): void {
    const { holdings, reliesOn } = this.options;
    if (reliesOn === undefined) {
      holdings.take(saga);
      return;
    }
    const { misstated } = holdings;
    const { isFuzzy, isLost: lost } = reliesOn.take(saga);
    const { name: participant } = this;
    if (isFuzzy && this.rereads.heard) this.rereads.emit({ participant, request: saga.id, lost });
    const { misstated: amount } = holdings;
    if (amount !== misstated && this.misstatements.heard) this.misstatements.emit({ participant, amount });
  }

  private tellUndone(request: number, since: Time, seen: ReturnType<Holdings['giveBack']>): void {
    if (!this.undone.heard) return;
    const { reads, deprivedOthers: deprived } = seen;
    this.undone.emit({ participant: this.name, request, stood: this.sim.now - since, reads, deprived });
  }

  private refuses(): Intervention {
    const { action } = this.step;
    return {
      help: `Refuses ${action} of the next so many sagas`,
      arguments: [{ name: 'sagas', help: 'how many', min: 1, max: 1e6, default: 100 }],
      apply: ([sagas]) => void (this.refusing = Math.round(sagas)),
    };
  }

  private loses(): Intervention {
    const { compensation } = this.step;
    return {
      help: `Loses ${compensation} of the next so many sagas: says that it is done, and does nothing`,
      arguments: [{ name: 'compensations', help: 'how many', min: 1, max: 1e6, default: 1 }],
      apply: ([compensations]) => this.loseNext(Math.round(compensations)),
    };
  }

  private slows(): Intervention {
    return {
      help: 'Makes every command take so many times as long from now on; 1 is the original speed',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
      apply: ([factor]) => void (this.slowness = factor),
    };
  }
}
