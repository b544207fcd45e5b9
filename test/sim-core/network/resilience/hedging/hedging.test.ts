/** Hedged calls: when each is sent by gRPC's rules, that one answer is given and the rest is cancelled; the throttle, and a naive one. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, ms, s } from '../../../../../sim-core/kernel/time.ts';
import { CallFailed, type Call, type CallFailure } from '../../../../../sim-core/network/call.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { hedgeDecided, hedgingEnded } from '../../../../../sim-core/network/resilience/hedging/hedging-signals.ts';
import { Hedging, type HedgingOptions } from '../../../../../sim-core/network/resilience/hedging/hedging.ts';
import { RetryThrottle } from '../../../../../sim-core/network/resilience/hedging/retry-throttle.ts';
import { Wait, type Waiter } from '../../../../../sim-core/kernel/wait.ts';

/** What becomes of one call, after how many ms. */
interface Fate {
  readonly after: number;
  readonly failure?: CallFailure;
  /** What the server says of trying again, in ms. */
  readonly pushback?: number;
}

const OPTIONS: HedgingOptions = {
  caller: 'caller',
  maxAttempts: 4,
  hedgingDelay: ms(500),
  nonFatal: ['unavailable', 'overloaded'],
};

/** A call with that fate, which notes its beginning and whether it was given up. */
class Scripted extends Wait<number> {
  private readonly sim: Simulation;
  private readonly fate: Fate;
  private readonly number: number;
  private readonly lines: string[];
  private waiter: Waiter | undefined = undefined;
  constructor(sim: Simulation, fate: Fate, number: number, lines: string[]) {
    super();
    this.sim = sim;
    this.fate = fate;
    this.number = number;
    this.lines = lines;
  }
  begin(waiter: Waiter): boolean {
    this.note('sent');
    this.waiter = waiter;
    this.sim.schedule(ms(this.fate.after), Scripted.end, this);
    return false;
  }
  abandon(): void {
    this.note('cancelled');
    this.waiter = undefined;
  }
  private note(what: string): void {
    this.lines.push(`${this.sim.now / MILLISECOND} ${what} ${this.number}`);
  }
  private static end(call: Scripted): void {
    if (call.waiter === undefined) return;
    call.note(call.fate.failure ?? 'ok');
    call.result = call.number;
    if (call.fate.failure === undefined) call.waiter.resume(call);
    else {
      const { failure, pushback } = call.fate;
      call.waiter.fail(new CallFailed('server', failure, pushback === undefined ? undefined : ms(pushback)), call);
    }
  }
}

/** One hedged call whose calls have these fates in order, given up after so many ms if at all. */
function hedge(fates: readonly Fate[], options: Partial<HedgingOptions> = {}, givenUpAfter = Infinity) {
  const sim = new Simulation();
  const hedging = new Hedging(sim, { ...OPTIONS, ...options });
  const lines: string[] = [];
  const heard: (number | CallFailure)[] = [];
  const decided: string[] = [];
  const ended: number[] = [];
  sim.facts.channel(hedgeDecided).listen(({ outcome }) => void decided.push(outcome));
  sim.facts.channel(hedgingEnded).listen(({ attempts, winner }) => void ended.push(attempts, winner));
  let number = 0;
  const call = hedging.call(() => new Scripted(sim, fates[number++], number, lines), new RequestContext(1, 0));
  call.begin({
    resume: () => void heard.push(call.result!),
    fail: (error) => void heard.push((error as CallFailed).failure),
  });
  if (givenUpAfter < Infinity)
    sim.schedule(ms(givenUpAfter), () => void (heard.length === 0 && call.abandon()), undefined);
  sim.runUntil(s(60));
  return { lines, heard, decided, ended, broken: hedging.violations(), state: hedging.state() };
}

describe('a hedged call', () => {
  const never = { after: 50_000 };

  it('is sent again after each delay without an answer, up to as often as it may be', () => {
    const { lines, heard, ended } = hedge([never, never, never, { after: 200 }]);
    expect(lines).toEqual([
      '0 sent 1',
      '500 sent 2',
      '1000 sent 3',
      '1500 sent 4',
      '1700 ok 4',
      '1700 cancelled 1',
      '1700 cancelled 2',
      '1700 cancelled 3',
    ]);
    expect([heard, ended]).toEqual([[4], [4, 4]]);
  });

  it('is sent again when the server wants it, and after each delay from then on, though nothing is under way meanwhile', () => {
    const busy = { after: 100, failure: 'overloaded', pushback: 300 } as const;
    const { lines, heard, broken } = hedge([busy, never, { after: 1 }]);
    expect(lines.slice(0, 4)).toEqual(['0 sent 1', '100 overloaded 1', '400 sent 2', '900 sent 3']);
    expect([heard, broken]).toEqual([[3], []]);
  });

  it('is not sent again where the server says so: what is under way decides', () => {
    const refused = { after: 10, failure: 'overloaded', pushback: -1 } as const;
    expect(hedge([{ after: 900 }, refused]).heard).toEqual([1]);
    expect(hedge([refused])).toMatchObject({ lines: ['0 sent 1', '10 overloaded 1'], heard: ['overloaded'] });
  });

  it('fails with what the server said if the throttle allows no more when it wants to be asked again', () => {
    const busy = { after: 100, failure: 'overloaded', pushback: 300 } as const;
    const { lines, heard } = hedge([busy], { throttle: { maxTokens: 1, tokenRatio: 0.1 } });
    expect([lines, heard]).toEqual([['0 sent 1', '100 overloaded 1'], ['overloaded']]);
  });

  it('is sent once where the answer comes before the delay', () => {
    expect(hedge([{ after: 499 }]).lines).toEqual(['0 sent 1', '499 ok 1']);
  });

  it('takes the first answer, whichever call it is of', () => {
    const { lines, heard } = hedge([{ after: 600 }, { after: 300 }]);
    expect(lines).toEqual(['0 sent 1', '500 sent 2', '600 ok 1', '600 cancelled 2']);
    expect(heard).toEqual([1]);
  });

  it('is sent at once where a call fails that is not fatal, and the delay begins anew', () => {
    const { lines } = hedge([{ after: 100, failure: 'unavailable' }, never, { after: 10 }]);
    expect(lines).toEqual(['0 sent 1', '100 unavailable 1', '100 sent 2', '600 sent 3', '610 ok 3', '610 cancelled 2']);
  });

  it('fails with a failure that is fatal, and cancels the others', () => {
    const { lines, heard } = hedge([never, { after: 100, failure: 'error' }]);
    expect(lines).toEqual(['0 sent 1', '500 sent 2', '600 error 2', '600 cancelled 1']);
    expect(heard).toEqual(['error']);
  });

  it('fails when all have, and not before', () => {
    const fails = { after: 100, failure: 'unavailable' as const };
    expect(hedge([fails, fails, fails, fails]).heard).toEqual(['unavailable']);
    expect(
      hedge([fails, fails, { after: 3000, failure: 'overloaded' }, { after: 100, failure: 'unavailable' }]),
    ).toMatchObject({
      heard: ['overloaded'],
      ended: [4, 0],
    });
  });

  it('cancels all that are under way when it is given up', () => {
    const { lines, heard } = hedge([never, never], {}, 700);
    expect(lines).toEqual(['0 sent 1', '500 sent 2', '700 cancelled 1', '700 cancelled 2']);
    expect(heard).toEqual([]);
  });

  it('is not hedged while the throttle forbids, and waits for what is under way', () => {
    const throttle = { maxTokens: 2, tokenRatio: 0.1 };
    const { heard, decided } = hedge([{ after: 100, failure: 'unavailable' }], { throttle });
    // The failure leaves one token of two: that is not more than half.
    expect([heard, decided]).toEqual([['unavailable'], ['throttled']]);
    const late = hedge([{ after: 900, failure: 'unavailable' }, { after: 700 }], { throttle });
    expect([late.heard, late.decided]).toEqual([[2], ['hedged', 'throttled']]);
  });

  it('stays unhedged once it was throttled, though others have put in what was missing', () => {
    const sim = new Simulation();
    const hedging = new Hedging(sim, { ...OPTIONS, throttle: { maxTokens: 2, tokenRatio: 1 } });
    const decided: string[] = [];
    sim.facts.channel(hedgeDecided).listen(({ outcome }) => void decided.push(`${sim.now / MILLISECOND} ${outcome}`));
    const ask = (at: number, fates: readonly Fate[]): void =>
      void sim.scheduleAt(
        ms(at),
        () => {
          let number = 0;
          const call = hedging.call(
            () => new Scripted(sim, fates[number++], number, []),
            new RequestContext(at, sim.now),
          );
          call.begin({ resume: () => {}, fail: () => {} });
        },
        undefined,
      );
    // The first failure leaves one token of two; what is asked at 100 is due at 600, and fails at 1000; by then there are two again.
    ask(0, [{ after: 200, failure: 'unavailable' }]);
    ask(100, [{ after: 900, failure: 'unavailable' }]);
    ask(700, [{ after: 10 }]);
    // And that failure leaves one, which a success makes two: this one is hedged.
    ask(1100, [{ after: 10 }]);
    ask(1200, [{ after: 5000 }, { after: 10 }]);
    sim.runUntil(s(60));
    expect(decided).toEqual(['200 throttled', '600 throttled', '1700 hedged']);
  });

  const fate: fc.Arbitrary<Fate> = fc.record(
    { after: fc.nat(3000), failure: fc.constantFrom<CallFailure>('unavailable', 'overloaded', 'error') },
    { requiredKeys: ['after'] },
  );
  it('is answered once or given up, and every call of it is answered, failed or cancelled', () => {
    fc.assert(
      fc.property(
        fc.array(fate, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(1000),
        fc.oneof(fc.constant(Infinity), fc.nat(4000)),
        (fates, maxAttempts, delay, givenUpAfter) => {
          const { lines, heard, broken, state } = hedge(fates, { maxAttempts, hedgingDelay: ms(delay) }, givenUpAfter);
          const of = (what: string): string[] => lines.filter((line) => line.split(' ')[1] === what);
          const sent = of('sent').length;
          expect(sent).toBeLessThanOrEqual(maxAttempts);
          expect(lines).toHaveLength(2 * sent);
          expect(new Set(lines.map((line) => line.split(' ').slice(1).join(' '))).size).toBe(2 * sent);
          expect(of('ok').length).toBe(typeof heard[0] === 'number' ? 1 : 0);
          expect(heard.length).toBeLessThanOrEqual(1);
          if (givenUpAfter === Infinity) expect(heard).toHaveLength(1);
          expect(broken).toEqual([]);
          expect(state['hedged calls under way']).toBe(0);
        },
      ),
    );
  });

  it.each([
    ['isOver', ['caller: a call of a hedged one was lost or doubled']],
    ['ends', ['caller: 1 hedged calls are not over, and none of their calls is under way or due']],
  ] as const)('is missed where what it tells by %s is lost', (told, broken) => {
    vi.spyOn(Hedging.prototype, told).mockImplementationOnce(() => {});
    expect(hedge([{ after: 10 }]).broken).toEqual(broken);
    expect(hedge([{ after: 10 }]).broken).toEqual([]);
  });

  it('stops the loser at a server that listens', () => {
    const sim = new Simulation();
    const told: string[] = [];
    const servers = ['slow', 'fast'].map((name) => ({
      name,
      receive: (call: Call<void, string>): void => {
        if (name === 'fast') call.reply(name);
      },
      cancelled: () => void told.push(`${sim.now / MILLISECOND} ${name}`),
    }));
    const links = servers.map((server) => new Link(sim, server, { from: 'caller', delay: constant(ms(1)) }));
    const hedging = new Hedging(sim, { ...OPTIONS, hedgingDelay: ms(10) });
    const request = new RequestContext(1, 0);
    let next = 0;
    const heard: string[] = [];
    const call = hedging.call(() => cancelling(links[next++].call(undefined, request)), request);
    call.begin({ resume: () => void heard.push(call.result!), fail: () => {} });
    sim.runUntil(s(1));
    // Asked at 10 ms, answered at 12, and the word is at the other at 13.
    expect([heard, told]).toEqual([['fast'], ['13 slow']]);
  });
});

/** A call that sends word when it is given up. */
function cancelling<Reply>(call: Call<void, Reply>): Wait<Reply> {
  call.abandon = ((abandon) => () => {
    call.abandon = abandon;
    call.cancel();
  })(call.abandon.bind(call));
  return call;
}

describe('the throttle', () => {
  it('has as many tokens as a naive one over all that happened, and permits with more than half', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.array(fc.boolean(), { maxLength: 100 }),
        (maxTokens, ratio, successes) => {
          const throttle = new RetryThrottle({ maxTokens, tokenRatio: ratio / 1000 });
          let thousandths = 1000 * maxTokens;
          for (const success of successes) {
            if (success) throttle.succeeded();
            else throttle.failed();
            thousandths = Math.max(0, Math.min(1000 * maxTokens, thousandths + (success ? ratio : -1000)));
            expect(throttle.permits).toBe(2 * thousandths > 1000 * maxTokens);
            expect(throttle.tokens).toBe(thousandths / 1000);
          }
        },
      ),
    );
  });

  it('forbids in the long run where more than ratio / (1 + ratio) of all fail', () => {
    const permittedAtEnd = (fails: (call: number) => boolean): boolean => {
      const throttle = new RetryThrottle({ maxTokens: 10, tokenRatio: 0.1 });
      for (let call = 1; call <= 10_000; call++) {
        if (fails(call)) throttle.failed();
        else throttle.succeeded();
      }
      return throttle.permits;
    };
    expect(permittedAtEnd((call) => call % 12 === 0)).toBe(true);
    expect(permittedAtEnd((call) => call % 8 === 0)).toBe(false);
  });

  it.each([
    [{ maxTokens: 0, tokenRatio: 0.1 }, 'retry throttle: maxTokens is 0; it must be an integer from 1 to 1000'],
    [{ maxTokens: 10, tokenRatio: 0 }, 'retry throttle: tokenRatio is 0; it must be 0.001 or more'],
  ])('refuses %o', (options, message) => {
    expect(() => new RetryThrottle(options)).toThrow(message);
  });
});

it.each([
  [{ maxAttempts: 0 }, 'caller: maxAttempts is 0; it must be an integer of at least 1'],
  [{ hedgingDelay: -1 }, 'caller: hedgingDelay is -1 ns; it must be 0 or more'],
])('refuses %o', (options, message) => {
  expect(() => new Hedging(new Simulation(), { ...OPTIONS, ...options })).toThrow(message);
});
