/** Calls over links: durations, timeouts, refusals, and delays that belong to their request. */
import { describe, expect, it, vi } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { uniform } from '../../../sim-core/kernel/distributions/uniform.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { callEnded, type Call, type CallFailed, type Endpoint } from '../../../sim-core/network/call.ts';
import { componentsOf, connectionsOf, register } from '../../../sim-core/network/component.ts';
import { Link, messageSent } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';

/** Answers with the query's double after so long; refuses negative ones. */
function doubler(sim: Simulation, duration: number): Endpoint<number, number> {
  const answer = (call: Call<number, number>): void =>
    call.query < 0 ? call.refuse('overloaded') : call.reply(2 * call.query);
  return { name: 'doubler', receive: (call) => void sim.schedule(duration, answer, call) };
}

function ask(sim: Simulation, link: Link<number, number>, query: number, lines: string[]): void {
  function* asks(): Behaviour {
    try {
      const reply = yield* link.call(query, new RequestContext(query + 10, sim.now));
      lines.push(`${sim.now} ${reply}`);
    } catch (error) {
      lines.push(`${sim.now} ${(error as CallFailed).message}`);
    }
  }
  spawn(sim, 'asks', asks());
}

describe('a call over a link', () => {
  it('takes the way there, the work and the way back; a refusal is thrown', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const link = new Link(sim, doubler(sim, 7), { from: 'asker', delay: constant(10) });
    for (const query of [3, -1]) ask(sim, link, query, lines);
    sim.runUntil(1000);
    expect(lines).toEqual(['27 6', '27 doubler: overloaded']);
    expect(connectionsOf(sim)).toEqual([link]);
  });

  it('ends at its timeout, at that very instant; the late answer is thrown away', () => {
    const sim = new Simulation();
    const lines: string[] = [];
    const messages: string[] = [];
    sim.facts.channel(messageSent).listen(({ direction }) => messages.push(`${sim.now} ${direction}`));
    ask(sim, new Link(sim, doubler(sim, 80), { from: 'asker', delay: constant(10), timeout: 100 }), 3, lines);
    ask(sim, new Link(sim, doubler(sim, 79), { from: 'patient', delay: constant(10), timeout: 100 }), 4, lines);
    sim.runUntil(1000);
    expect(lines).toEqual(['99 8', '100 doubler: timeout']);
    expect(messages).toEqual(['0 request', '0 request', '89 reply', '90 reply']);
    expect(sim.pending).toBe(0);
  });

  it('is answered once', () => {
    const sim = new Simulation();
    const twice: Endpoint<number, number> = {
      name: 'twice',
      receive(call) {
        call.reply(1);
        call.reply(2);
      },
    };
    ask(sim, new Link(sim, twice, { from: 'asker', delay: constant(1) }), 3, []);
    expect(() => sim.runUntil(10)).toThrow('twice: a call was answered twice');
  });

  it('draws its delays for its request, whatever else the link carries', () => {
    const delays = (requests: readonly number[]): Map<number, number[]> => {
      const sim = new Simulation();
      const drawn = new Map<number, number[]>();
      sim.facts.channel(messageSent).listen(({ request, duration }) => {
        drawn.set(request, [...(drawn.get(request) ?? []), duration]);
      });
      const link = new Link(sim, doubler(sim, 5), { from: 'asker', delay: uniform(0, 1e6) });
      for (const request of requests) ask(sim, link, request, []);
      sim.runUntil(1e9);
      return drawn;
    };
    const few = delays([2, 5]);
    const many = delays([9, 5, 1, 2, 3]);
    expect(few.get(12)).toHaveLength(2);
    for (const [request, drawn] of few) expect(many.get(request)).toEqual(drawn);
    expect(new Set([...many.values()].flat()).size).toBe(10);
  });
});

describe('the end of a call, for its caller', () => {
  function endsOf(act: (sim: Simulation, link: Link<number, number>) => void): string[] {
    const sim = new Simulation();
    const ends: string[] = [];
    sim.facts.channel(callEnded).listen(({ end, outcome, duration }) => {
      if (end === 'caller') ends.push(`${sim.now} ${outcome} after ${duration}`);
    });
    act(sim, new Link(sim, doubler(sim, 7), { from: 'asker', delay: constant(10), timeout: 20 }));
    sim.runUntil(1000);
    return ends;
  }

  it('is told once: where its answer is late, and where the caller is taken from it first', () => {
    const call = (sim: Simulation, link: Link<number, number>): void => ask(sim, link, 3, []);
    expect(endsOf(call)).toEqual(['20 timeout after 20']);
    const cancel = (sim: Simulation, link: Link<number, number>): void => {
      const call = link.call(3, new RequestContext(1, 0));
      call.begin({ resume: () => {}, fail: () => {} });
      for (const at of [5, 8]) sim.scheduleAt(at, () => void (call.awaited && call.cancel()), undefined);
    };
    expect(endsOf(cancel)).toEqual(['5 cancelled after 5']);
  });

  it('is none where nobody waits, whatever the link’s timeout, and the other side sees no deadline', () => {
    const sent: RequestContext[] = [];
    const send = (sim: Simulation, link: Link<number, number>): void => {
      const request = new RequestContext(1, 0, 15);
      vi.spyOn(link.endpoint, 'receive').mockImplementationOnce((call) => {
        sent.push(call.request);
        call.reply(1);
      });
      link.send(3, request);
      sim.scheduleAt(1, () => link.send(4, request), undefined);
    };
    expect([endsOf(send), sent.map(({ deadline }) => deadline)]).toEqual([[], [Infinity]]);
  });
});

describe('components', () => {
  it('have unique names in a simulation', () => {
    const component = {
      name: 'a',
      kind: 'service' as const,
      help: '',
      signals: [],
      interventions: {},
      state: () => ({}),
      violations: () => [],
    };
    const [one, other] = [new Simulation(), new Simulation()];
    register(one, component);
    register(other, component);
    expect(() => register(one, component)).toThrow('two components are named a');
    expect(componentsOf(one)).toEqual([component]);
  });
});

it.each([
  [true, true],
  [false, false],
])('an ordered link keeps the order of each direction: %s', (isOrdered, keeps) => {
  const sim = new Simulation();
  const received: number[] = [];
  const answered: number[] = [];
  const endpoint: Endpoint<number, number> = {
    name: 'far end',
    receive: (call) => {
      received.push(call.query);
      call.reply(call.query);
    },
  };
  const link = new Link(sim, endpoint, { from: 'near end', delay: uniform(1, 1000), isOrdered });
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  for (const number of numbers) {
    const send = (): void => {
      const waiter = { resume: () => void answered.push(number), fail: () => {} };
      link.call(number, new RequestContext(number, sim.now)).begin(waiter);
    };
    sim.scheduleAt(number * 10, send, undefined);
  }
  sim.runUntil(10_000);
  for (const seen of [received, answered]) {
    expect([...seen].sort((a, b) => a - b)).toEqual(numbers);
    expect(JSON.stringify(seen) === JSON.stringify(numbers)).toBe(keeps);
  }
});

describe('the word that a caller waits no more', () => {
  /** A call that is cancelled at 5, over a link whose messages take these times in turn; what the other side heard. */
  function cancelled(delays: readonly number[], answersAfter = Infinity): string[] {
    const sim = new Simulation();
    const lines: string[] = [];
    const server: Endpoint<number, number> = {
      name: 'server',
      receive: (call) => {
        lines.push(`${sim.now} received`);
        if (answersAfter < Infinity) sim.schedule(answersAfter, () => call.reply(1), undefined);
      },
      cancelled: () => void lines.push(`${sim.now} cancelled`),
    };
    let message = 0;
    const delay = { ...constant(1), sample: () => delays[message++] };
    const call = new Link(sim, server, { from: 'asker', delay }).call(1, new RequestContext(1, 0));
    call.begin({ resume: () => void lines.push(`${sim.now} answered`), fail: () => {} });
    sim.scheduleAt(5, () => void (call.awaited && call.cancel()), undefined);
    sim.runUntil(1000);
    return lines;
  }

  it('takes the way there', () => {
    expect(cancelled([2, 10])).toEqual(['2 received', '15 cancelled']);
  });

  it('keeps a call that it overtakes from ever being received', () => {
    expect(cancelled([20, 3])).toEqual([]);
  });

  it('is none of those who have answered already, though the answer is for nobody', () => {
    expect(cancelled([2, 50, 10], 2)).toEqual(['2 received']);
  });

  it('is not sent for a call that was answered in time', () => {
    expect(cancelled([1, 1], 1)).toEqual(['1 received', '3 answered']);
  });
});
