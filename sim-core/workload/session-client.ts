/**
 * Users in sessions: each writes something, looks whether it is there, and goes on reading it. Sessions come by a Poisson
 * process; between a user's requests there is time to think, short before the first look (a browser that is sent on to
 * the new page) and longer afterwards.
 *
 * What a session has written is the experimenter's measure: a read that returns something older misses its own write, and one that
 * returns less than an earlier read of the session goes back in time (D. Terry et al., Session Guarantees for Weakly Consistent
 * Replicated Data, 1994: read your writes, monotonic reads). The session also knows both versions itself and sends them along, as
 * a cookie or a token would; what becomes of them is the application's affair. A session whose write fails ends there.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import { defineFact, type Fact, type FactChannel } from '../kernel/fact.ts';
import { Process, type Behaviour } from '../kernel/process.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Duration, Time } from '../kernel/time.ts';
import type { Balancer } from '../network/balancing/by-request-number.ts';
import { CallFailed } from '../network/call.ts';
import { register, type Component, type Intervention } from '../network/component.ts';
import { RequestContext } from '../network/request-context.ts';
import { defineSignal } from '../statistics/signal.ts';
import { clientSignals, firstNumberOf, requestCompleted, requestStarted } from './client.ts';
import type { ArrivalProcess } from './arrivals/arrivals.ts';
import { PacedArrivals } from './arrivals/paced-arrivals.ts';
import type { Popularity } from './popularity/popularity.ts';
import { moved, moving } from './popularity/shift.ts';

/**
 * A session read what it had written. `missing`: it was shown something older; `back`: older than what it had been shown before;
 * `since`: the answer to its write.
 */
export const sessionRead = defineFact('session.read', 'A session read what it had written', {
  client: 'text',
  request: 'request',
  key: 'key',
  look: 'number',
  missing: 'flag',
  back: 'flag',
  since: 'duration',
});

export const sessionSignals = [
  ...clientSignals,
  defineSignal({
    name: 'session.first_look.missing_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of the first looks after a write that did not show it',
    fact: sessionRead,
    where: (fact) => fact.look === 1,
    counts: (fact) => fact.missing,
  }),
  defineSignal({
    name: 'session.missing',
    kind: 'counter',
    unit: '{read}',
    help: 'Reads that did not show what the same session had written',
    fact: sessionRead,
    where: (fact) => fact.missing,
  }),
  defineSignal({
    name: 'session.back_in_time',
    kind: 'counter',
    unit: '{read}',
    help: 'Reads that showed a session less than it had been shown before',
    fact: sessionRead,
    where: (fact) => fact.back,
  }),
  defineSignal({
    name: 'session.missing.age',
    kind: 'histogram',
    unit: 's',
    help: 'How long ago the write had been answered that a session’s read did not show',
    fact: sessionRead,
    where: (fact) => fact.missing,
    value: (fact) => fact.since,
  }),
];

/** What a session asks, and what it remembers. */
export interface SessionQuery {
  readonly operation: 'read' | 'write';
  readonly key: number;
  /** The version that the session has written; 0 before it has. */
  readonly wrote: number;
  /** When it was told so. */
  readonly wroteAt: Time;
  /** The latest version that it has been shown; 0 before it has. */
  readonly seen: number;
  /** Whose it is: a number that all its requests have. */
  readonly session: number;
}

export interface SessionClientOptions {
  readonly name: string;
  /** When sessions begin. */
  readonly arrivals: ArrivalProcess;
  readonly popularity: Popularity;
  /** Looks of a session after its write. */
  readonly looks: number;
  /** Time from the write's answer to the first look, and from one look to the next, in nanoseconds. */
  readonly firstThink: Distribution;
  readonly think: Distribution;
  readonly target: Balancer<SessionQuery, { readonly version: number }>;
}

export class SessionClient implements Component {
  readonly name: string;
  readonly kind = 'client';
  readonly help: string;
  readonly signals = sessionSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: SessionClientOptions;
  private readonly draws: KeyedStream;
  private readonly firstNumber: number;
  private readonly started: FactChannel<Fact<typeof requestStarted>>;
  private readonly completed: FactChannel<Fact<typeof requestCompleted>>;
  private readonly read: FactChannel<Fact<typeof sessionRead>>;
  /** The popularity after the moves so far. */
  private popularity: Popularity;
  private sessions = 0;
  private live = 0;

  constructor(sim: Simulation, options: SessionClientOptions) {
    const { name, looks } = options;
    this.sim = sim;
    this.name = name;
    this.help = `Sessions of a write and ${looks} looks at what was written`;
    this.options = options;
    this.draws = sim.keyedRandom(`${name}/sessions`);
    this.firstNumber = firstNumberOf(sim);
    this.started = sim.facts.channel(requestStarted);
    this.completed = sim.facts.channel(requestCompleted);
    this.read = sim.facts.channel(sessionRead);
    this.popularity = options.popularity;
    register(sim, this);
    const paced = new PacedArrivals(sim, {
      arrivals: options.arrivals,
      random: sim.random(`${name}/arrivals`),
      what: `${name} begins a session`,
      arrive: () => void new Process(sim, name, this.behave(this.sessions++)).startNow(),
    });
    let moves = 0;
    this.interventions = {
      surge: paced.surging('Sessions'),
      move: moving(() => (this.popularity = moved(options.popularity, ++moves))),
    };
  }

  state(): Readonly<Record<string, number | string>> {
    return { sessions: this.sessions, 'under way': this.live };
  }

  violations(): readonly string[] {
    return this.live > this.sessions ? [`${this.name}: more sessions are under way than began`] : [];
  }

  private *behave(session: number): Behaviour {
    const { looks, firstThink, think } = this.options;
    // All of a session's own draws at its beginning: the stream is one object for all.
    const draws = this.draws.of(session);
    const key = this.popularity.draw(draws, session);
    const pauses = Array.from({ length: looks }, (_, i): Duration => {
      return Math.max(0, Math.round((i === 0 ? firstThink : think).sample(draws)));
    });
    this.live++;
    const firstRequest = this.firstNumber + session * (looks + 1);
    const write = yield* this.ask(firstRequest, { operation: 'write', key, wrote: 0, wroteAt: 0, seen: 0, session });
    const wroteAt = this.sim.now;
    let seen = 0;
    for (let look = 1; write !== undefined && look <= looks; look++) {
      yield pauses[look - 1];
      const since = this.sim.now - wroteAt;
      const id = firstRequest + look;
      const row = yield* this.ask(id, { operation: 'read', key, wrote: write.version, wroteAt, seen, session });
      if (row === undefined) continue;
      const back = row.version < seen;
      seen = Math.max(seen, row.version);
      const missing = row.version < write.version;
      if (this.read.heard) this.read.emit({ client: this.name, request: id, key, look, missing, back, since });
    }
    this.live--;
  }

  /** One request and its answer; undefined if it failed. */
  private *ask(id: number, query: SessionQuery): Behaviour<{ readonly version: number } | undefined> {
    const { name: client, sim } = this;
    const { key } = query;
    const request = new RequestContext(id, sim.now);
    if (this.started.heard) this.started.emit({ client, request: id, key });
    let outcome = 'ok';
    try {
      return yield* this.options.target(request).call(query, request);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      outcome = error.failure;
      return undefined;
    } finally {
      const duration = sim.now - request.started;
      if (this.completed.heard) this.completed.emit({ client, request: id, key, outcome, duration });
    }
  }
}
