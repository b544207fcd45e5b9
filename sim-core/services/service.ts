/**
 * A service: answers calls by running a handler, a process a call, at most `concurrency` of them at once; further calls
 * stand in a bounded waiting line, and beyond that are refused as overloaded. This is a server with a pool of threads:
 * a handler that waits for somebody else keeps its thread. It may have a door, which turns calls away before that, and a line
 * that is not in order of arrival, or turns those away who have come to its head too late.
 *
 * A handler that throws `CallFailed` fails its own caller with the same failure, as an unhandled error does in a real
 * service; any other error is a mistake in the model and ends the run.
 * Does not model the service's own CPU: give the handler a `ProcessorSharing` where that matters.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import { Process, spawn, type Behaviour } from '../kernel/process.ts';
import { Resource, type Claim } from '../kernel/resource.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../kernel/time.ts';
import type { Admission } from '../network/admission.ts';
import { CallFailed, type Call, type Endpoint } from '../network/call.ts';
import { register, roomToWait, type Component, type ComponentPart, type Intervention } from '../network/component.ts';
import { defineSignal, type SignalDefinition } from '../statistics/signal.ts';
import type { LineDiscipline } from './lines/line-discipline.ts';

/** A service answered a call, or failed to. */
export const serviceRequest = defineFact('service.request', 'A service answered a call, or failed to', {
  service: 'text',
  request: 'request',
  outcome: 'text',
  duration: 'duration',
});

/** Calls in progress or waiting changed. */
export const serviceActive = defineReading('service.active', 'Calls in progress changed', {
  service: 'text',
  active: 'number',
});

export const serviceSignals = [
  defineSignal({
    name: 'http.server.request.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the arrival of a call at a service to its answer, waiting line included',
    fact: serviceRequest,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'http.server.active_requests',
    kind: 'gauge',
    unit: '{request}',
    help: 'Calls that services are working at or that stand in their waiting lines',
    fact: serviceActive,
    value: (fact) => fact.active,
    of: (fact) => fact.service,
  }),
];

export interface ServiceOptions<Query, Reply> {
  readonly name: string;
  readonly help: string;
  /** Handlers at once: an integer of at least 1. */
  readonly concurrency: number;
  /** Calls that may wait for a handler; Infinity for a line without a bound. */
  readonly queueMax: number;
  readonly handle: (call: Call<Query, Reply>) => Behaviour<Reply>;
  /** Who decides about calls before they take a handler or a place in line; all are let in without it. */
  readonly admission?: Admission<Query>;
  /** Who is next in the waiting line, and whom it is too late for; first in, first out without it. */
  readonly line?: LineDiscipline;
  /** What it tells whom it turns away for want of room about trying again (`CallFailed.pushback`); nothing without it. */
  readonly pushback?: Duration;
  /** Whether it breaks off, or takes out of the line, what its caller cancels; else it works on, for nobody. */
  readonly stopsWhenCancelled?: boolean;
  /**
   * What else of the instance is gone when it crashes, for so long: work that it had begun for nobody, values in its
   * memory.
   */
  readonly onCrash?: (downtime: Duration) => void;
  /** What the instance keeps in its memory, such as a buffer: shown and checked as a part of it. */
  readonly inside?: ComponentPart;
}

export class Service<Query, Reply> implements Endpoint<Query, Reply>, Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  private readonly handle: (call: Call<Query, Reply>) => Behaviour<Reply>;
  private readonly slots: Resource;
  private readonly admission: Admission<Query> | undefined;
  private readonly line: LineDiscipline | undefined;
  readonly pushback: Duration | undefined;
  private readonly answered: FactChannel<Fact<typeof serviceRequest>>;
  private readonly activity: FactChannel<Fact<typeof serviceActive>>;
  private readonly onCrash: ((downtime: Duration) => void) | undefined;
  private readonly inside: ComponentPart | undefined;
  /** Calls that are handled or wait for it, in no order. */
  private readonly live: Handling<Query, Reply>[] = [];
  /** The same by their calls, for those who may cancel them. */
  private readonly ofCall: Map<Call<Query, Reply>, Handling<Query, Reply>> | undefined;
  /** Until then nobody listens. */
  private downUntil: Time = 0;
  private arrivals = 0;
  /** What it does last, while it does that. */
  private ending: Process | undefined = undefined;
  private answers = 0;

  constructor(sim: Simulation, options: ServiceOptions<Query, Reply>) {
    this.sim = sim;
    this.name = options.name;
    this.help = options.help;
    this.handle = options.handle;
    this.onCrash = options.onCrash;
    this.admission = options.admission;
    this.line = options.line;
    this.pushback = options.pushback;
    this.ofCall = options.stopsWhenCancelled === true ? new Map() : undefined;
    this.inside = options.inside;
    this.signals = this.inside === undefined ? serviceSignals : [...serviceSignals, ...this.inside.signals];
    this.interventions = { crash: this.crashing(), ...this.inside?.interventions };
    this.slots = new Resource(sim, {
      name: `${options.name} slots`,
      capacity: options.concurrency,
      queueMax: options.queueMax,
    });
    this.answered = sim.facts.channel(serviceRequest);
    this.activity = sim.facts.channel(serviceActive);
    register(sim, this);
  }

  /** Calls received and not answered yet. */
  get active(): number {
    return this.arrivals - this.answers;
  }

  /** Whether it listens. */
  get isUp(): boolean {
    return this.ending === undefined && this.sim.now >= this.downUntil;
  }

  receive(call: Call<Query, Reply>): void {
    this.arrivals++;
    if (this.activity.heard) this.tellActivity();
    const since = this.sim.now;
    if (!this.isUp) {
      call.refuse('unavailable');
      this.finish(call, since, 'unavailable');
      return;
    }
    const inside = this.admission === undefined ? 0 : this.admission.admit(call.query, call.request);
    if (this.admission !== undefined && inside === 0) {
      call.refuse('overloaded', this.pushback);
      this.finish(call, since, 'overloaded');
      return;
    }
    const handling = new Handling(this, call, this.handle(call), inside);
    if (this.slots.tryAcquire()) {
      this.keep(handling);
      this.begin(handling);
      return;
    }
    const place = this.line === undefined ? 0 : this.line.placeOf(this.arrivals);
    const claim = this.slots.enqueue(Handling.begin, handling as unknown as Handling<never, never>, place);
    if (claim === undefined) {
      call.refuse('overloaded', this.pushback);
      this.leave(handling, 'overloaded');
      return;
    }
    handling.claim = claim;
    this.keep(handling);
  }

  cancelled(call: Call<Query, Reply>): void {
    const handling = this.ofCall?.get(call);
    if (handling === undefined) return;
    if (handling.claim && this.slots.withdraw(handling.claim)) handling.holds = false;
    handling.stop();
  }

  /** A call has a handler now, if it is not too late for it. */
  begin(handling: Handling<Query, Reply>): void {
    const { now } = this.sim;
    if (this.line?.drops(now - handling.since, now, handling.call.deadline, this.slots.waiting)) handling.drop();
    else handling.startNow();
  }

  /**
   * Takes no further calls, and goes on with those that it has, until `last` is over: it dies then, and another one is up in its place
   * `replacedAfter` later. If it dies before, `last` is broken off with it. Nothing where it does not listen: it is ending already, or
   * not there.
   */
  endAfter(last: Behaviour<unknown>, replacedAfter: Duration): void {
    if (!this.isUp) return;
    this.ending = spawn(this.sim, `end of ${this.name}`, this.end(last, replacedAfter));
  }

  /**
   * The instance dies and is up again after `downtime`. What it worked at is broken off where it stood, its callers find
   * their connections reset, what it had sent to others goes on there; callers until then are refused. Of several downtimes
   * the latest end counts.
   */
  crash(downtime: Duration): void {
    const { now } = this.sim;
    this.downUntil = Math.max(this.downUntil, now + downtime);
    const { ending } = this;
    this.ending = undefined;
    ending?.cancel();
    const lost = this.live.splice(0);
    // Those in line first, or they would be let in by those who leave.
    for (const handling of lost) if (handling.claim && this.slots.withdraw(handling.claim)) handling.holds = false;
    for (const handling of lost) handling.cancel();
    this.onCrash?.(this.downUntil - now);
  }

  /** A call that was let in has its answer. */
  leave({ call, since, inside }: Handling<Query, Reply>, outcome: string): void {
    this.admission?.left(inside, this.sim.now - since, outcome);
    this.finish(call, since, outcome);
  }

  private finish(call: Call<Query, Reply>, since: Time, outcome: string): void {
    this.answers++;
    if (this.activity.heard) this.tellActivity();
    if (!this.answered.heard) return;
    const duration = this.sim.now - since;
    this.answered.emit({ service: this.name, request: call.request.id, outcome, duration });
  }

  /** Called by the handling process when it has ended. */
  forget(handling: Handling<Query, Reply>): void {
    if (handling.holds) this.slots.release();
    this.ofCall?.delete(handling.call);
    const last = this.live.pop();
    if (last === undefined || last === handling) return;
    this.live[handling.place] = last;
    last.place = handling.place;
  }

  state(): Readonly<Record<string, number | string>> {
    const state = {
      'in progress': this.slots.inUse,
      waiting: this.slots.waiting,
      concurrency: this.slots.capacity,
      ...roomToWait(this.slots.queueMax),
      ...this.inside?.state(),
    };
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    if (this.slots.inUse > this.slots.capacity) broken.push(`${this.name}: more handlers than slots`);
    if (this.active !== this.slots.inUse + this.slots.waiting) broken.push(`${this.name}: a call was lost or doubled`);
    if (this.inside !== undefined) broken.push(...this.inside.violations());
    return broken;
  }

  private *end(last: Behaviour<unknown>, replacedAfter: Duration): Behaviour {
    yield* last;
    // It is over by itself, and not to be broken off.
    this.ending = undefined;
    this.crash(replacedAfter);
  }

  private keep(handling: Handling<Query, Reply>): void {
    handling.place = this.live.length;
    this.live.push(handling);
    this.ofCall?.set(handling.call, handling);
  }

  private crashing(): Intervention {
    return {
      help: 'Kills the instance with all that it works at; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }

  private tellActivity(): void {
    this.activity.emit({ service: this.name, active: this.active });
  }
}

/** One call being handled. */
class Handling<Query, Reply> extends Process<Reply> {
  private readonly service: Service<Query, Reply>;
  readonly call: Call<Query, Reply>;
  readonly since: Time;
  /** What the admission said when it let the call in. */
  readonly inside: number;
  /** Where it stands in the service's list. */
  place = 0;
  /** Its place in the waiting line, if it had to wait. */
  claim: Claim | undefined = undefined;
  /** Whether it has, or will be given, a slot. */
  holds = true;
  private end: 'broken off' | 'dropped' | 'stopped' = 'broken off';

  constructor(service: Service<Query, Reply>, call: Call<Query, Reply>, behaviour: Behaviour<Reply>, inside: number) {
    super(service.sim, service.name, behaviour);
    this.service = service;
    this.call = call;
    this.inside = inside;
    this.since = service.sim.now;
  }

  /** Not if the instance crashed between the grant of the slot and this event. */
  static begin(handling: Handling<never, never>): void {
    if (!handling.ended) handling.service.begin(handling);
  }

  /** Turned away at the head of the line. */
  drop(): void {
    this.end = 'dropped';
    this.cancel();
  }

  /** Its caller has cancelled it, and waits for no answer. */
  stop(): void {
    this.end = 'stopped';
    this.cancel();
  }

  protected override accountsFor(error: unknown): boolean {
    return error instanceof CallFailed;
  }

  protected override concluded(): void {
    this.service.forget(this);
    if (this.state === 'cancelled') {
      if (this.end === 'stopped') {
        this.service.leave(this, 'cancelled');
        return;
      }
      if (this.end === 'dropped') this.call.refuse('overloaded', this.service.pushback);
      else this.call.refuse('unavailable');
      this.service.leave(this, this.end === 'dropped' ? 'overloaded' : 'unavailable');
      return;
    }
    if (this.state === 'completed') {
      this.call.reply(this.conclusion as Reply);
      this.service.leave(this, 'ok');
      return;
    }
    const failure = this.conclusion instanceof CallFailed ? this.conclusion.failure : 'error';
    this.call.refuse(failure);
    this.service.leave(this, failure);
  }
}
