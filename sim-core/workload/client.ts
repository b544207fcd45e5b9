/**
 * Clients: who sends requests, and when.
 *
 * An open-loop client sends by its arrival process whatever becomes of earlier requests, as a large population does. A
 * closed-loop client is a number of users who each wait for their answer, think, and send the next: it slows down with
 * the system, which hides overload (coordinated omission) and is why both exist. A batch sends all that it has at once.
 *
 * The key of a request belongs to its number, so that two variants are asked for the same keys in the same order. The
 * requests of a second client are numbered from 2^32 on, and so forth: no two in a run have the same number.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import { defineFact, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { KeyedStream, RandomStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Time } from '../kernel/time.ts';
import type { Wait, Waiter } from '../kernel/wait.ts';
import type { Balancer } from '../network/balancing/by-request-number.ts';
import { CallFailed } from '../network/call.ts';
import { componentsOf, register, type Component, type Intervention } from '../network/component.ts';
import { RequestContext } from '../network/request-context.ts';
import { defineSignal } from '../statistics/signal.ts';
import type { ArrivalProcess } from './arrivals/arrivals.ts';
import { PacedArrivals } from './arrivals/paced-arrivals.ts';
import type { Popularity } from './popularity/popularity.ts';
import { moved, moving } from './popularity/shift.ts';

/** A client sent a request. */
export const requestStarted = defineFact('request.started', 'A client sent a request', {
  client: 'text',
  request: 'request',
  key: 'key',
});

/** A client has its answer, or gave up. */
export const requestCompleted = defineFact('request.completed', 'A client has its answer, or gave up', {
  client: 'text',
  request: 'request',
  key: 'key',
  outcome: 'text',
  duration: 'duration',
});

export const clientSignals = [
  defineSignal({
    name: 'http.client.request.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Requests that clients send',
    fact: requestStarted,
  }),
  defineSignal({
    name: 'http.client.requests',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that clients sent',
    fact: requestStarted,
  }),
  defineSignal({
    name: 'http.client.request.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from sending a request to its answer, or to giving up: what a user feels',
    fact: requestCompleted,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'http.client.request.errors',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that failed or that the client gave up on',
    fact: requestCompleted,
    where: (fact) => fact.outcome !== 'ok',
  }),
  defineSignal({
    name: 'http.client.request.error_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of requests that failed or that the client gave up on',
    fact: requestCompleted,
    counts: (fact) => fact.outcome !== 'ok',
  }),
];

/** Numbers that each client has for its requests. */
const NUMBERS = 4_294_967_296;

/** The first number of the requests of a client that is about to be registered. */
export const firstNumberOf = (sim: Simulation): number =>
  NUMBERS * componentsOf(sim).filter(({ kind }) => kind === 'client').length;

/** Which client sent the request of a number: 0 for the first that was made in its system, and so forth. */
export const clientOf = (request: number): number => Math.floor(request / NUMBERS);

interface ClientOptions<Reply, Query> {
  readonly name: string;
  readonly popularity: Popularity;
  /**
   * What a request asks about its key, such as to write it; the query is the key itself without it. A mix of reads and
   * writes is a client of each: two Poisson streams are one Poisson stream of both.
   */
  readonly asks?: (key: number) => Query;
  /** The link that each request takes: its timeout is how long the client waits. */
  readonly target: Balancer<Query, Reply>;
}

export interface OpenLoopOptions<Reply, Query = number> extends ClientOptions<Reply, Query> {
  readonly arrivals: ArrivalProcess;
}

export interface ClosedLoopOptions<Reply, Query = number> extends ClientOptions<Reply, Query> {
  /** Users: requests in progress at most. */
  readonly users: number;
  /** Time a user thinks before each request, in nanoseconds. */
  readonly thinkTime: Distribution;
}

export interface BatchOptions<Reply, Query = number> extends ClientOptions<Reply, Query> {
  readonly jobs: number;
  /** When they are started. */
  readonly at: Time;
}

abstract class Client<Reply, Query> implements Component {
  readonly name: string;
  readonly kind = 'client';
  abstract readonly help: string;
  readonly signals = clientSignals;
  abstract readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  private readonly popularity: Popularity;
  /** The popularity after the moves so far. */
  private moved: Popularity;
  private movesDone = 0;
  private readonly asks: ((key: number) => Query) | undefined;
  private readonly target: Balancer<Query, Reply>;
  private readonly keys: KeyedStream;
  private readonly started: FactChannel<Fact<typeof requestStarted>>;
  private readonly completed: FactChannel<Fact<typeof requestCompleted>>;
  private readonly firstNumber: number;
  private sent = 0;
  private ended = 0;

  constructor(sim: Simulation, options: ClientOptions<Reply, Query>) {
    this.sim = sim;
    this.name = options.name;
    this.popularity = this.moved = options.popularity;
    this.asks = options.asks;
    this.target = options.target;
    this.keys = sim.keyedRandom(`${options.name}/keys`);
    this.started = sim.facts.channel(requestStarted);
    this.completed = sim.facts.channel(requestCompleted);
    this.firstNumber = firstNumberOf(sim);
    register(sim, this);
  }

  /** How often the popularity has moved. */
  get moves(): number {
    return this.movesDone;
  }

  /** The key of this client's request of that number, sent or to come, by the popularity as it is now. */
  keyOf(number: number): number {
    return this.moved.draw(this.keys.of(number), number);
  }

  /** From now on other keys are popular, as many and as much as before. */
  move(): void {
    this.moved = moved(this.popularity, ++this.movesDone);
  }

  /** Requests sent and neither answered nor given up. */
  get inProgress(): number {
    return this.sent - this.ended;
  }

  state(): Readonly<Record<string, number | string>> {
    return { sent: this.sent, 'in progress': this.inProgress };
  }

  violations(): readonly string[] {
    return this.ended > this.sent ? [`${this.name}: more requests ended than were sent`] : [];
  }

  /** Sends the next request; `ended` is called when it has been answered or given up. */
  protected send(ended?: () => void): void {
    const number = this.sent++;
    const context = new RequestContext(this.firstNumber + number, this.sim.now);
    const key = this.keyOf(number);
    if (this.started.heard) this.started.emit({ client: this.name, request: context.id, key });
    const query = this.asks === undefined ? (key as Query) : this.asks(key);
    const link = this.target(context);
    context.deadline = context.started + link.timeout;
    const call = link.call(query, context);
    call.begin(new PendingRequest(this, context, key, ended));
  }

  protected moving(): Intervention {
    return moving(() => this.move());
  }

  end(context: RequestContext, key: number, outcome: string): void {
    this.ended++;
    if (!this.completed.heard) return;
    const duration = this.sim.now - context.started;
    this.completed.emit({ client: this.name, request: context.id, key, outcome, duration });
  }
}

/** A request under way. */
class PendingRequest implements Waiter {
  private readonly client: Pick<Client<unknown, unknown>, 'end'>;
  private readonly context: RequestContext;
  private readonly key: number;
  private readonly ended: (() => void) | undefined;

  constructor(
    client: Pick<Client<unknown, unknown>, 'end'>,
    context: RequestContext,
    key: number,
    ended: (() => void) | undefined,
  ) {
    this.client = client;
    this.context = context;
    this.key = key;
    this.ended = ended;
  }

  resume(_wait: Wait<unknown>): void {
    this.client.end(this.context, this.key, 'ok');
    this.ended?.();
  }

  fail(error: unknown): void {
    if (!(error instanceof CallFailed)) throw error;
    this.client.end(this.context, this.key, error.failure);
    this.ended?.();
  }
}

/** Sends by an arrival process, whatever becomes of earlier requests. */
export class OpenLoopClient<Reply, Query = number> extends Client<Reply, Query> {
  readonly help = 'Sends requests by the clock, whatever becomes of earlier ones';
  readonly interventions: Readonly<Record<string, Intervention>>;

  constructor(sim: Simulation, options: OpenLoopOptions<Reply, Query>) {
    super(sim, options);
    const { name, arrivals } = options;
    const paced = new PacedArrivals(sim, {
      arrivals,
      random: sim.random(`${name}/arrivals`),
      what: `${name} sends`,
      arrive: () => this.send(),
    });
    this.interventions = { surge: paced.surging('Requests'), move: this.moving() };
  }
}

/** Jobs that one clock starts: all ask at the same instant. */
export class BatchClient<Reply, Query = number> extends Client<Reply, Query> {
  readonly help: string;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly jobs: number;

  constructor(sim: Simulation, options: BatchOptions<Reply, Query>) {
    super(sim, options);
    const { name, jobs, at } = options;
    if (!Number.isInteger(jobs) || jobs < 1) {
      throw new RangeError(`${name}: jobs is ${jobs}; it must be an integer of at least 1`);
    }
    this.jobs = jobs;
    this.help = `${jobs} jobs that one clock starts, all at the same instant`;
    this.interventions = { start: this.starting(), move: this.moving() };
    const kind = sim.eventKind(`${name} are started`);
    sim.scheduleAt(at, BatchClient.start, this as unknown as BatchClient<never, never>, kind);
  }

  private starting(): Intervention {
    return {
      help: 'Starts the jobs once more, all of them now',
      arguments: [],
      apply: () => BatchClient.start(this as unknown as BatchClient<never, never>),
    };
  }

  private static start(client: BatchClient<never, never>): void {
    for (let i = 0; i < client.jobs; i++) client.send();
  }
}

/** A number of users who wait for each answer, think, and send the next request. */
export class ClosedLoopClient<Reply, Query = number> extends Client<Reply, Query> {
  readonly help: string;
  readonly interventions = { move: this.moving() };
  private readonly thinkTime: Distribution;
  private readonly random: RandomStream;
  private readonly sendKind: number;

  constructor(sim: Simulation, options: ClosedLoopOptions<Reply, Query>) {
    super(sim, options);
    const { users, thinkTime, name } = options;
    if (!Number.isInteger(users) || users < 1) {
      throw new RangeError(`${name}: users is ${users}; it must be an integer of at least 1`);
    }
    this.help = `${users} users who wait for each answer before they think and ask again`;
    this.thinkTime = thinkTime;
    this.random = sim.random(`${name}/think`);
    this.sendKind = sim.eventKind(`${name} sends`);
    for (let user = 0; user < users; user++) this.think();
  }

  private think(): void {
    const duration = Math.max(0, Math.round(this.thinkTime.sample(this.random)));
    this.sim.schedule(duration, ClosedLoopClient.ask, this as unknown as ClosedLoopClient<never, never>, this.sendKind);
  }

  private static ask(client: ClosedLoopClient<never, never>): void {
    client.send(() => client.think());
  }
}
