/** A caller that asks again: how often, when, and for how long, beside an endpoint that fails as it is told. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, ms, s, type Time } from '../../../../sim-core/kernel/time.ts';
import { CallFailed, type Call, type Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { backoffs } from '../../../../sim-core/network/resilience/backoff/backoffs.ts';
import { RetryThrottle } from '../../../../sim-core/network/resilience/hedging/retry-throttle.ts';
import { RetryBudget } from '../../../../sim-core/network/resilience/retry-budget.ts';
import { Retrying, retryEnded, type RetryingOptions } from '../../../../sim-core/network/resilience/retrying.ts';

/** Refuses its first calls, answers the rest, and notes when they came. */
class Refusing implements Endpoint<number, string> {
  readonly name = 'server';
  readonly atMs: number[] = [];
  private readonly sim: Simulation;
  private readonly refusals: number;
  /** What it says of trying again with each refusal. */
  private readonly pushbacks: readonly (number | undefined)[];
  constructor(sim: Simulation, refusals: number, pushbacks: readonly (number | undefined)[] = []) {
    this.sim = sim;
    this.refusals = refusals;
    this.pushbacks = pushbacks;
  }
  receive(call: Call<number, string>): void {
    this.atMs.push(this.sim.now / MILLISECOND);
    const asked = this.atMs.length;
    if (asked <= this.refusals) call.refuse('overloaded', this.pushbacks[asked - 1]);
    else call.reply('done');
  }
}

type Changed = Partial<RetryingOptions<number, string>>;
function ask(
  refusals: number,
  changed: (sim: Simulation) => Changed = () => ({}),
  deadline?: Time,
  pushbacks?: readonly (number | undefined)[],
) {
  const sim = new Simulation();
  const server = new Refusing(sim, refusals, pushbacks);
  const base = ms(100);
  const retrying = new Retrying<number, string>(sim, {
    caller: 'app',
    link: new Link(sim, server, { from: 'app', delay: constant(0) }),
    backoff: backoffs.exponential({ base, cap: s(10) }),
    base,
    attemptsMax: 5,
    patience: s(60),
    ...changed(sim),
  });
  const ended: string[] = [];
  sim.facts.channel(retryEnded).listen(({ outcome, attempts }) => ended.push(`${outcome} after ${attempts}`));
  let outcome: unknown;
  spawn(sim, 'user', user());
  sim.runUntil(s(100));
  return { outcome, ended, atMs: server.atMs };

  function* user(): Behaviour<void> {
    try {
      outcome = yield* retrying.call(1, new RequestContext(0, 0, deadline));
    } catch (error) {
      outcome = error instanceof CallFailed ? error.failure : error;
    }
  }
}

it('asks again after waits that double, until there is an answer', () => {
  expect(ask(3)).toEqual({ outcome: 'done', ended: ['ok after 4'], atMs: [0, 100, 300, 700] });
});

it('gives up with the last failure when the attempts are used up', () => {
  expect(ask(9)).toEqual({ outcome: 'overloaded', ended: ['attempts after 5'], atMs: [0, 100, 300, 700, 1500] });
});

it('begins nothing that its user would not wait for', () => {
  expect(ask(9, () => ({ patience: ms(700) }))).toEqual({
    outcome: 'overloaded',
    ended: ['time after 3'],
    atMs: [0, 100, 300],
  });
});

it('begins nothing for a call whose caller has gone by then, and says in its own calls until when that one waits', () => {
  expect(ask(9, undefined, ms(300))).toEqual({ outcome: 'overloaded', ended: ['time after 2'], atMs: [0, 100] });
  const sim = new Simulation();
  const deadlines: Time[] = [];
  const server = { name: 'server', receive: (call: Call<number, string>) => deadlines.push(call.deadline) };
  const link = new Link<number, string>(sim, server as Endpoint<number, string>, {
    from: 'app',
    delay: constant(0),
    timeout: ms(50),
  });
  const retrying = new Retrying<number, string>(sim, {
    caller: 'app',
    link,
    backoff: backoffs.immediate(),
    base: 1,
    attemptsMax: 2,
    patience: s(60),
  });
  spawn(sim, 'user', retrying.call(1, new RequestContext(0, 0, ms(80))));
  expect(() => sim.runUntil(s(1))).toThrow(CallFailed);
  expect(deadlines).toEqual([ms(50), ms(80)]);
});

it('asks again only as far as the budget pays', () => {
  const poor = ask(9, (sim) => ({ budget: new RetryBudget(sim, { share: 0, reserve: 0.2, window: s(10) }) }));
  expect(poor).toEqual({ outcome: 'overloaded', ended: ['budget after 3'], atMs: [0, 100, 300] });
});

it('asks at once without a backoff', () => {
  expect(ask(2, () => ({ backoff: backoffs.immediate() })).atMs).toEqual([0, 0, 0]);
});

it('refuses a number of attempts that is none', () => {
  expect(() => ask(0, () => ({ attemptsMax: 0 }))).toThrow('attemptsMax is 0; it must be an integer of at least 1');
});

it('asks again when the other side wants it, and begins its backoff anew after that', () => {
  expect(ask(4, undefined, undefined, [undefined, undefined, ms(50)])).toEqual({
    outcome: 'done',
    ended: ['ok after 5'],
    atMs: [0, 100, 300, 350, 450],
  });
});

it('does not ask again whom it is told not to', () => {
  expect(ask(4, undefined, undefined, [undefined, -1])).toEqual({
    outcome: 'overloaded',
    ended: ['pushback after 2'],
    atMs: [0, 100],
  });
});

it('asks again while more than half of the throttle’s tokens are left, whoever has taken them', () => {
  const throttle = new RetryThrottle({ maxTokens: 6, tokenRatio: 0.5 });
  // Failures leave 5 and 4, and the answer 4.5 of 6.
  expect(ask(2, () => ({ throttle })).ended).toEqual(['ok after 3']);
  expect(throttle.tokens).toBe(4.5);
  // 3.5, and then 2.5: no more than half.
  expect(ask(9, () => ({ throttle })).ended).toEqual(['throttled after 2']);
  expect(ask(9, () => ({ throttle })).ended).toEqual(['throttled after 1']);
});
