/**
 * Where a limit is kept: a part of whoever is asked, such as a gateway, that each request has to pass before anything is done
 * for it. It goes on at once, or after a while in which it keeps its handler, or it is refused, as with HTTP's status 429.
 *
 * Does not tell the caller when to come again (`Retry-After`), and is one limiter: instances that share a limit need a place
 * where they count together.
 */
import { tellCapacity } from '../../../kernel/capacity.ts';
import { defineFact, defineReading, type Fact, type FactChannel } from '../../../kernel/fact.ts';
import { sleep } from '../../../kernel/combine.ts';
import type { Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { defineSignal } from '../../../statistics/signal.ts';
import { CallFailed } from '../../call.ts';
import type { ComponentPart } from '../../component.ts';
import type { RequestContext } from '../../request-context.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** A request `passed` a limiter, after it `waited`, or was `limited`: refused. */
export const rateLimitDecided = defineFact('rate_limit.decided', 'A request passed a rate limiter, or was refused', {
  limiter: 'text',
  request: 'request',
  outcome: 'text',
  waited: 'duration',
});

const rateLimitWaiting = defineReading('rate_limit.waiting', 'Requests that wait in a rate limiter changed', {
  limiter: 'text',
  waiting: 'number',
});

const passed = (fact: Fact<typeof rateLimitDecided>): boolean => fact.outcome === 'passed';

export const rateLimitSignals = [
  defineSignal({
    name: 'rate_limit.passed',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that a rate limiter let through',
    fact: rateLimitDecided,
    where: passed,
  }),
  defineSignal({
    name: 'rate_limit.passed.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Requests that a rate limiter lets through, a second',
    fact: rateLimitDecided,
    where: passed,
  }),
  defineSignal({
    name: 'rate_limit.refused',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that a rate limiter refused',
    fact: rateLimitDecided,
    where: (fact) => !passed(fact),
  }),
  defineSignal({
    name: 'rate_limit.refused.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Requests that a rate limiter refuses, a second',
    fact: rateLimitDecided,
    where: (fact) => !passed(fact),
  }),
  defineSignal({
    name: 'rate_limit.wait',
    kind: 'histogram',
    unit: 's',
    help: 'How long requests waited in a rate limiter that let them through',
    fact: rateLimitDecided,
    where: passed,
    value: (fact) => fact.waited,
  }),
  defineSignal({
    name: 'rate_limit.waiting',
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that wait in a rate limiter',
    fact: rateLimitWaiting,
    value: (fact) => fact.waiting,
    of: (fact) => fact.limiter,
  }),
];

export class RateLimiting implements ComponentPart {
  readonly signals = rateLimitSignals;
  private readonly sim: Simulation;
  private readonly name: string;
  private readonly limiter: RateLimiter;
  private readonly letsThrough: number;
  private readonly decided: FactChannel<Fact<typeof rateLimitDecided>>;
  private readonly changed: FactChannel<Fact<typeof rateLimitWaiting>>;
  private asked = 0;
  private passedOn = 0;
  private refused = 0;
  private waiting = 0;
  /** Gone while they waited: whoever had them crashed. */
  private lost = 0;

  /** `name`: whose requests are limited, for whoever reads of it; `component`: where they wait. */
  constructor(sim: Simulation, component: string, name: string, limiter: RateLimiter) {
    this.sim = sim;
    this.name = name;
    this.limiter = limiter;
    this.letsThrough = sim.eventKind(`${component} limiter of ${name} lets through`);
    this.decided = sim.facts.channel(rateLimitDecided);
    this.changed = sim.facts.channel(rateLimitWaiting);
    const { room } = limiter;
    if (room === undefined) return;
    tellCapacity(sim, {
      kind: 'room',
      name: `${component} bucket of ${name}`,
      units: () => room,
      held: () => this.waiting,
    });
  }

  /** Ends when the request may go on; throws `CallFailed`, as `refused`, if it may not. */
  *pass(request: RequestContext): Behaviour<void> {
    this.asked++;
    const wait = this.limiter.admit(this.sim.now);
    if (wait === undefined) {
      this.refused++;
      this.tell(request, 'limited', 0);
      throw new CallFailed(this.name, 'refused');
    }
    if (wait > 0) yield* this.hold(wait);
    this.passedOn++;
    this.tell(request, 'passed', wait);
  }

  state(): Readonly<Record<string, number | string>> {
    return { passed: this.passedOn, refused: this.refused, 'waiting in the limiter': this.waiting };
  }

  violations(): readonly string[] {
    const known = this.passedOn + this.refused + this.waiting + this.lost;
    return known === this.asked ? [] : [`${this.name}: a request was lost or doubled in the rate limiter`];
  }

  private *hold(wait: number): Behaviour<void> {
    let isOver = false;
    this.wait(1);
    try {
      yield* sleep(this.sim, wait, this.letsThrough);
      isOver = true;
    } finally {
      this.wait(-1);
      if (!isOver) this.lost++;
    }
  }

  private wait(more: 1 | -1): void {
    this.waiting += more;
    if (this.changed.heard) this.changed.emit({ limiter: this.name, waiting: this.waiting });
  }

  private tell(request: RequestContext, outcome: 'passed' | 'limited', waited: number): void {
    if (this.decided.heard) this.decided.emit({ limiter: this.name, request: request.id, outcome, waited });
  }
}
