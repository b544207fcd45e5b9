/**
 * The orchestrator of sagas: a process a saga, which asks each participant for its step and writes down how far it has got before
 * it goes on. A request is answered as soon as its saga is written down: from then on it will end one way or the other.
 *
 * Killed, it loses its processes, and with them what it was told and had not written. Up again it goes on with every saga of its
 * log: asks for the step again that it was at, whether that was done or not (`progress.ts` says why that is enough). A log that is
 * no more than its memory is gone with it.
 *
 * Does not model several orchestrators that share a log, nor what the log's disk does under load: a write takes its time.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { Backoff } from '../../network/resilience/backoff/backoff.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { Answer, Saga, SagaCommand, SagaDefinition } from './definition.ts';
import {
  after,
  BEGUN,
  hasEnded,
  nextCommand,
  type NextCommand,
  type Outcome,
  type Progress,
  type SagaPolicy,
} from './progress.ts';

/** A saga that was under way when the orchestrator died is taken up again. */
export const sagaRecovered = defineFact('saga.recovered', 'An orchestrator took up a saga of its log again', {
  orchestrator: 'text',
  request: 'request',
  phase: 'text',
});

/** Sagas that have not ended, as the log has it. */
export const sagasOpen = defineReading('saga.open', 'Sagas in the log that have not ended', {
  orchestrator: 'text',
  sagas: 'number',
});

/** A participant was asked, once more or for the first time. */
export const commandSent = defineFact('saga.command_sent', 'An orchestrator asked a participant', {
  orchestrator: 'text',
  request: 'request',
  attempt: 'number',
});

export const orchestratorSignals = [
  defineSignal({
    name: 'saga.sagas.open',
    kind: 'gauge',
    unit: '{saga}',
    help: 'Sagas in the log of an orchestrator that have not ended',
    fact: sagasOpen,
    value: (fact) => fact.sagas,
    of: (fact) => fact.orchestrator,
  }),
  defineSignal({
    name: 'saga.sagas.recovered',
    kind: 'counter',
    unit: '{saga}',
    help: 'Sagas that an orchestrator took up again from its log after a crash',
    fact: sagaRecovered,
  }),
  defineSignal({
    name: 'saga.commands.retried',
    kind: 'counter',
    unit: '{command}',
    help: 'Commands that an orchestrator sent again because there was no answer',
    fact: commandSent,
    where: (fact) => fact.attempt > 1,
  }),
];

export interface OrchestratorOptions {
  readonly name: string;
  readonly definition: SagaDefinition;
  readonly policy: SagaPolicy;
  /** The way to the participant of each step; its timeout is that of one attempt. */
  readonly participants: readonly Link<SagaCommand, Answer>[];
  /** Time to write one record; the log outlives the process if it is durable. */
  readonly log: { readonly writeTime: Duration; readonly isDurable: boolean };
  readonly backoff: Backoff;
  /** The wait that a backoff which looks back begins with. */
  readonly backoffBase: Duration;
  /** Times that an action is asked for before it is given up and compensated. What follows the pivot is asked for without end. */
  readonly attemptsMax: number;
  /** Sagas that have not ended, at most: more are refused. */
  readonly sagasMax: number;
}

interface LogRow {
  readonly saga: Saga;
  progress: Progress;
}

export class Orchestrator implements Endpoint<number, void>, Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = orchestratorSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  readonly options: OrchestratorOptions;
  private readonly log = new Map<number, LogRow>();
  private readonly running = new Set<Execution>();
  private readonly draws: KeyedStream;
  private readonly restartKind: number;
  private restart: EventHandle = -1;
  private downUntil: Time = 0;
  private readonly ended = { completed: 0, compensated: 0, abandoned: 0 };
  private readonly recovered: FactChannel<Fact<typeof sagaRecovered>>;
  private readonly open: FactChannel<Fact<typeof sagasOpen>>;
  private readonly sent: FactChannel<Fact<typeof commandSent>>;

  constructor(sim: Simulation, options: OrchestratorOptions) {
    const { name, definition, participants, log } = options;
    if (participants.length !== definition.length) {
      throw new RangeError(`${name}: ${participants.length} participants for ${definition.length} steps; one each`);
    }
    this.sim = sim;
    this.name = name;
    this.options = options;
    this.help = `Runs sagas of ${definition.length} steps from a log ${log.isDurable ? 'on disk' : 'in its memory'}`;
    this.draws = sim.keyedRandom(`${name}/backoff`);
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.interventions = { kill: this.killing() };
    this.recovered = sim.facts.channel(sagaRecovered);
    this.open = sim.facts.channel(sagasOpen);
    this.sent = sim.facts.channel(commandSent);
    register(sim, this);
  }

  receive(call: Call<number, void>): void {
    if (this.sim.now < this.downUntil) call.refuse('unavailable');
    else if (this.running.size >= this.options.sagasMax) call.refuse('overloaded');
    else {
      const { query: key, request } = call;
      this.begin(this.accept({ id: request.id, key, request }, call));
    }
  }

  kill(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const execution of [...this.running]) execution.cancel();
    if (!this.options.log.isDurable) this.log.clear();
    this.tellOpen();
    if (this.restart >= 0) this.sim.cancel(this.restart);
    this.restart = this.sim.scheduleAt(this.downUntil, Orchestrator.recover, this as Orchestrator, this.restartKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { 'sagas in the log': this.log.size, 'being executed': this.running.size, ...this.ended };
    return this.sim.now < this.downUntil ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    const { sagasMax } = this.options;
    return this.running.size > sagasMax ? [`${this.name}: ${this.running.size} sagas, more than ${sagasMax}`] : [];
  }

  /** Called by an execution that has ended or was broken off. */
  forget(execution: Execution): void {
    this.running.delete(execution);
  }

  private begin(behaviour: Behaviour): void {
    const execution = new Execution(this, behaviour);
    this.running.add(execution);
    execution.startNow();
  }

  private *accept(saga: Saga, call: Call<number, void>): Behaviour {
    let isWritten = false;
    try {
      yield* this.write(saga, BEGUN);
      isWritten = true;
      call.reply();
    } finally {
      if (!isWritten) call.refuse('unavailable');
    }
    yield* this.execute(saga, BEGUN);
  }

  private *execute(saga: Saga, begun: Progress): Behaviour {
    let progress = begun;
    for (let command = nextCommand(progress); command !== undefined; command = nextCommand(progress)) {
      const outcome = yield* this.ask(saga, command);
      progress = after(progress, outcome, this.options.definition, this.options.policy);
      yield* this.write(saga, progress);
    }
  }

  /** Asks until there is an answer, or an action has had its attempts. */
  private *ask(saga: Saga, { step, kind }: NextCommand): Behaviour<Outcome> {
    const { participants, attemptsMax, backoff, backoffBase } = this.options;
    let wait = backoffBase;
    for (let attempt = 1; ; attempt++) {
      if (this.sent.heard) this.sent.emit({ orchestrator: this.name, request: saga.id, attempt });
      try {
        return yield* participants[step].call({ saga, step, kind }, saga.request);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
      if (kind === 'act' && attempt >= attemptsMax) return 'unanswered';
      wait = backoff.wait(attempt - 1, wait, this.draws.of(saga.request.nextWorkKey()));
      yield wait;
    }
  }

  private *write(saga: Saga, progress: Progress): Behaviour {
    yield this.options.log.writeTime;
    const row = this.log.get(saga.id);
    if (hasEnded(progress)) {
      this.log.delete(saga.id);
      this.ended[progress.phase as keyof typeof this.ended]++;
    } else if (row === undefined) this.log.set(saga.id, { saga, progress });
    else row.progress = progress;
    if (row === undefined || hasEnded(progress)) this.tellOpen();
  }

  private static recover(orchestrator: Orchestrator): void {
    for (const { saga, progress } of orchestrator.log.values()) {
      if (orchestrator.recovered.heard) {
        const { name } = orchestrator;
        orchestrator.recovered.emit({ orchestrator: name, request: saga.id, phase: progress.phase });
      }
      orchestrator.begin(orchestrator.execute(saga, progress));
    }
  }

  private tellOpen(): void {
    if (this.open.heard) this.open.emit({ orchestrator: this.name, sagas: this.log.size });
  }

  private killing(): Intervention {
    return {
      help: 'Kills the process with all that it knows and has not written down; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 2 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }
}

/** One saga being executed. */
class Execution extends Process {
  private readonly orchestrator: Orchestrator;

  constructor(orchestrator: Orchestrator, behaviour: Behaviour) {
    super(orchestrator.sim, orchestrator.name, behaviour);
    this.orchestrator = orchestrator;
  }

  protected override concluded(): void {
    this.orchestrator.forget(this);
  }
}
