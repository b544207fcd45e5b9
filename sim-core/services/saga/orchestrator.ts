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
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { Backoff } from '../../network/resilience/backoff/backoff.ts';
import type { AuditLog } from './audit-log.ts';
import type { Answer, Saga, SagaCommand, SagaDefinition } from './definition.ts';
import { commandSent, orchestratorSignals, sagaRecovered, sagaTakenUp } from './facts.ts';
import {
  after,
  BEGUN,
  nextCommand,
  type NextCommand,
  type Outcome,
  type Progress,
  type SagaPolicy,
  takenUp,
} from './progress.ts';
import { SagaLog, type SagaLogOptions } from './saga-log.ts';

export interface OrchestratorOptions {
  readonly name: string;
  readonly definition: SagaDefinition;
  readonly policy: SagaPolicy;
  /** The way to the participant of each step; its timeout is that of one attempt. */
  readonly participants: readonly Link<SagaCommand, Answer>[];
  readonly log: SagaLogOptions;
  /** Where every answer is written as well; undefined if nobody keeps them. */
  readonly auditLog: AuditLog | undefined;
  readonly backoff: Backoff;
  /** The wait that a backoff which looks back begins with. */
  readonly backoffBase: Duration;
  /** Times that an action is asked for before it is given up and compensated. What follows the pivot is asked for without end. */
  readonly attemptsMax: number;
  /** Times that a compensation is asked for before it is given up and the saga is stuck; Infinity for as long as it takes. */
  readonly compensationAttemptsMax: number;
  /** Sagas that have not ended, at most: more are refused. */
  readonly sagasMax: number;
}

/** What a watchdog asks for: to take up again what has not moved for so long and nobody is at. */
export interface Inspection {
  readonly stillMax: Duration;
}

export class Orchestrator implements Endpoint<number, void>, Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = orchestratorSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  readonly options: OrchestratorOptions;
  /** Where a watchdog asks. */
  readonly inspections: Endpoint<Inspection, void>;
  private readonly log: SagaLog;
  private readonly running = new Map<number, Execution>();
  private readonly draws: KeyedStream;
  private readonly restartKind: number;
  private restart: EventHandle = -1;
  private downUntil: Time = 0;
  private readonly recovered: FactChannel<Fact<typeof sagaRecovered>>;
  private readonly takingUp: FactChannel<Fact<typeof sagaTakenUp>>;
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
    this.inspections = { name, receive: (call) => this.inspect(call) };
    this.log = new SagaLog(sim, name, log);
    this.draws = sim.keyedRandom(`${name}/backoff`);
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.interventions = { kill: this.killing() };
    this.recovered = sim.facts.channel(sagaRecovered);
    this.takingUp = sim.facts.channel(sagaTakenUp);
    this.sent = sim.facts.channel(commandSent);
    register(sim, this);
  }

  receive(call: Call<number, void>): void {
    if (this.isDown) call.refuse('unavailable');
    else if (this.running.size >= this.options.sagasMax) call.refuse('overloaded');
    else {
      const { query: key, request } = call;
      this.begin(request.id, this.accept({ id: request.id, key, request }, call));
    }
  }

  kill(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const execution of this.running.values()) execution.cancel();
    this.log.crash();
    if (this.restart >= 0) this.sim.cancel(this.restart);
    this.restart = this.sim.scheduleAt(this.downUntil, Orchestrator.recover, this as Orchestrator, this.restartKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { ...this.log.state(), 'being executed': this.running.size };
    return this.isDown ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    const { sagasMax } = this.options;
    return this.running.size > sagasMax ? [`${this.name}: ${this.running.size} sagas, more than ${sagasMax}`] : [];
  }

  /** Called by an execution that has ended or was broken off. */
  forget(execution: Execution): void {
    this.running.delete(execution.saga);
  }

  private get isDown(): boolean {
    return this.sim.now < this.downUntil;
  }

  private inspect(call: Call<Inspection, void>): void {
    if (this.isDown) {
      call.refuse('unavailable');
      return;
    }
    this.takeUpStuck(this.sim.now - call.query.stillMax);
    call.reply();
  }

  private takeUpStuck(since: Time): void {
    for (const { saga, progress, at } of this.log.unended) {
      if (at > since || this.running.has(saga.id)) continue;
      if (this.takingUp.heard) this.takingUp.emit({ orchestrator: this.name, request: saga.id, step: progress.step });
      this.begin(saga.id, this.execute(saga, progress.phase === 'stuck' ? takenUp(progress) : progress));
    }
  }

  private begin(saga: number, behaviour: Behaviour): void {
    const execution = new Execution(this, saga, behaviour);
    this.running.set(saga, execution);
    execution.startNow();
  }

  private *accept(saga: Saga, call: Call<number, void>): Behaviour {
    let isWritten = false;
    try {
      yield* this.log.write(saga, BEGUN);
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
      yield* this.log.write(saga, progress);
      const { step, kind } = command;
      this.options.auditLog?.append({ saga, step, command: kind, key: saga.id, answer: outcome, at: this.sim.now });
    }
  }

  /** Asks until there is an answer, or the command has had its attempts. */
  private *ask(saga: Saga, { step, kind }: NextCommand): Behaviour<Outcome> {
    const { participants, backoff, backoffBase, attemptsMax, compensationAttemptsMax } = this.options;
    const limits = { act: attemptsMax, compensate: compensationAttemptsMax, confirm: Infinity };
    let wait = backoffBase;
    for (let attempt = 1; ; attempt++) {
      if (this.sent.heard) this.sent.emit({ orchestrator: this.name, request: saga.id, attempt });
      try {
        return yield* participants[step].call({ saga, step, kind }, saga.request);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
      if (attempt >= limits[kind]) return 'unanswered';
      wait = backoff.wait(attempt - 1, wait, this.draws.of(saga.request.nextWorkKey()));
      yield wait;
    }
  }

  private static recover(orchestrator: Orchestrator): void {
    for (const { saga, progress } of orchestrator.log.unended) {
      if (progress.phase === 'stuck') continue;
      if (orchestrator.recovered.heard) {
        const { name } = orchestrator;
        orchestrator.recovered.emit({ orchestrator: name, request: saga.id, phase: progress.phase });
      }
      orchestrator.begin(saga.id, orchestrator.execute(saga, progress));
    }
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
  readonly saga: number;
  private readonly orchestrator: Orchestrator;

  constructor(orchestrator: Orchestrator, saga: number, behaviour: Behaviour) {
    super(orchestrator.sim, orchestrator.name, behaviour);
    this.orchestrator = orchestrator;
    this.saga = saga;
  }

  protected override concluded(): void {
    this.orchestrator.forget(this);
  }
}
