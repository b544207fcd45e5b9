/** What is true of users, instruments and dashboard, which nobody in the team is told. */
import {
  defineFact,
  defineReading,
  defineSignal,
  s,
  serviceRequest,
  spawn,
  toSeconds,
  requestStarted,
  type Behaviour,
  type Evaluation,
  type Head,
  type Meter,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { repeatedly } from '../application/repeatedly.ts';
import { accountOf, userName } from './instance.ts';
import type { Values } from './params.ts';

export const AGE = 'dashboard.age';
export const KNOWN = 'slow_account.known';
const KNOWN_AFTER = 'slow_account.known_after';
const USERS_SEEN = 'cardinality.users';
const STREAMS = 'cardinality.streams';
const SERVED = 'http.server.request.rate';

const counted = defineReading('cardinality.counted', 'Users and streams were counted, and how old the dashboard is', {
  users: 'number',
  streams: 'number',
  age: 'duration',
});
const asked = defineFact('slow_account.asked', 'It was asked which user is slow', {
  right: 'flag',
  after: 'duration',
});

export const tallySignals = [
  defineSignal({
    name: USERS_SEEN,
    kind: 'gauge',
    unit: '{user}',
    help: 'Users that have sent at least one request',
    fact: counted,
    value: ({ users }) => users,
    of: () => 'all',
  }),
  defineSignal({
    name: STREAMS,
    kind: 'gauge',
    unit: '{stream}',
    help: 'Sets of attributes that instruments keep counts for, in the memory of the instances',
    fact: counted,
    value: ({ streams }) => streams,
    of: () => 'all',
  }),
  defineSignal({
    name: AGE,
    kind: 'gauge',
    unit: 's',
    help: 'Time since the dashboard last had something new to show',
    fact: counted,
    value: ({ age }) => toSeconds(age),
    of: () => 'all',
  }),
  defineSignal({
    name: KNOWN,
    kind: 'gauge',
    unit: '1',
    help: 'The slow account is known: 1 if the last answer named it',
    fact: asked,
    value: ({ right }) => (right ? 1 : 0),
    of: () => 'all',
  }),
  defineSignal({
    name: KNOWN_AFTER,
    kind: 'gauge',
    unit: 's',
    help: 'Time from when the slow account came to the first answer that named it; 0 as long as there is none',
    fact: asked,
    value: ({ after }) => toSeconds(after),
    of: () => 'all',
  }),
  defineSignal({
    name: SERVED,
    kind: 'rate',
    unit: '1/s',
    help: 'Requests that the instances answered',
    fact: serviceRequest,
  }),
];

export const CHARTED = { users: USERS_SEEN, streams: STREAMS, served: SERVED };

const TICK = s(1);

/** The dashboard as the experimenter knows it: when it last had something to show, and whether an answer was right. */
export class Watch {
  private readonly sim: Simulation;
  private readonly p: Values;
  private shownAt: Time = 0;
  private answer: { readonly at: Time; readonly user: string | undefined } | undefined;

  constructor(sim: Simulation, p: Values, meters: readonly Meter[]) {
    this.sim = sim;
    this.p = p;
    const channel = sim.facts.channel(counted);
    const users = new Set<number>();
    sim.facts.channel(requestStarted).listen(({ key }) => users.add(key));
    const count = (): void => {
      const streams = meters.reduce((sum, meter) => sum + meter.streams, 0);
      channel.emit({ users: users.size, streams, age: sim.now - this.shownAt });
    };
    repeatedly(sim, 'users and streams are counted', TICK, count);
    spawn(sim, 'somebody asks who is slow', this.asking());
  }

  /** A panel had something to show. */
  shown(): void {
    this.shownAt = this.sim.now;
  }

  /** The question as one more evaluation, which costs what it costs. */
  evaluation(slowest: (head: Head, at: Time) => string | undefined): Evaluation {
    return (head, at) => {
      if (at > this.p.slowAt) this.answer = { at, user: slowest(head, at) };
    };
  }

  /** Asks in the midst between two evaluations; whoever has not been able to look since the last one has no answer. */
  private *asking(): Behaviour {
    const { sim, p } = this;
    const channel = sim.facts.channel(asked);
    const right = userName(accountOf(p));
    yield p.evaluationInterval + Math.floor(p.evaluationInterval / 2);
    let after = 0;
    for (;;) {
      const { answer } = this;
      const isNew = answer !== undefined && sim.now - answer.at < p.evaluationInterval;
      const isRight = isNew && answer.user === right;
      if (isRight && after === 0) after = sim.now - p.slowAt;
      if (sim.now > p.slowAt) channel.emit({ right: isRight, after });
      yield p.evaluationInterval;
    }
  }
}
