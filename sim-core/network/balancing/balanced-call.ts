/** A call on its way to one of a balancer's hosts: whoever waits for it hears once, and what is given up is cancelled there. */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import { Wait, type Waiter } from '../../kernel/wait.ts';
import { CallFailed, type Call } from '../call.ts';
import type { Link } from '../link.ts';
import type { RequestContext } from '../request-context.ts';

/** A host of a balancer. */
export interface Host<Query, Reply> {
  readonly link: Link<Query, Reply>;
  outstanding: number;
}

/** What was sent for a request before: how often, and where to. */
export interface EarlierAttempts {
  count: number;
  readonly used: Set<string>;
}

export const noEarlierAttempts = (): EarlierAttempts => ({ count: 0, used: new Set() });

/** The balancer, as a call of its sees it. */
interface Sender<Query, Reply> {
  readonly name: string;
  readonly sim: Simulation;
  /** Where each call stands from its sending until it is over. */
  readonly live: Set<{ readonly host: Host<Query, Reply> | undefined }>;
  /** Sends a call on its way; undefined if there is no host that may be used. */
  send(
    query: Query,
    request: RequestContext,
    earlier: EarlierAttempts,
  ): { host: Host<Query, Reply>; call: Call<Query, Reply> } | undefined;
  /** A call is over, by this outcome. */
  end(host: Host<Query, Reply>, request: RequestContext, outcome: string, since: Time): void;
}

export class BalancedCall<Query, Reply> extends Wait<Reply> implements Waiter {
  private readonly balancer: Sender<Query, Reply>;
  private readonly query: Query;
  private readonly request: RequestContext;
  private readonly earlier: EarlierAttempts;
  private since: Time = 0;
  host: Host<Query, Reply> | undefined = undefined;
  private call: Call<Query, Reply> | undefined = undefined;
  /** The event that tells of there being nobody to ask. */
  private nobody: EventHandle = -1;
  private waiter: Waiter | undefined = undefined;

  constructor(balancer: Sender<Query, Reply>, query: Query, request: RequestContext, earlier: EarlierAttempts) {
    super();
    this.balancer = balancer;
    this.query = query;
    this.request = request;
    this.earlier = earlier;
  }

  begin(waiter: Waiter): boolean {
    const { balancer } = this;
    this.waiter = waiter;
    this.since = balancer.sim.now;
    const sent = balancer.send(this.query, this.request, this.earlier);
    if (sent === undefined) {
      this.nobody = balancer.sim.schedule(
        0,
        BalancedCall.foundNobody,
        this as unknown as BalancedCall<never, never>,
        0,
      );
      return false;
    }
    this.host = sent.host;
    this.call = sent.call;
    balancer.live.add(this);
    sent.call.begin(this);
    return false;
  }

  abandon(): void {
    // As `all` gives up what has come in already.
    if (this.waiter === undefined) return;
    this.waiter = undefined;
    if (this.nobody >= 0) {
      this.balancer.sim.cancel(this.nobody);
      return;
    }
    this.call!.cancel();
    this.balancer.live.delete(this);
    this.balancer.end(this.host!, this.request, 'cancelled', this.since);
  }

  resume(): void {
    const waiter = this.conclude('ok');
    this.result = this.call!.result;
    waiter.resume(this);
  }

  fail(error: unknown): void {
    if (!(error instanceof CallFailed)) throw error;
    // A timeout may also be the host's own answer, and then there is nothing left to cancel.
    if (this.call!.hasGivenUp) this.call!.cancel();
    this.conclude(error.failure).fail(error, this);
  }

  private conclude(outcome: string): Waiter {
    const waiter = this.waiter!;
    this.waiter = undefined;
    this.balancer.live.delete(this);
    this.balancer.end(this.host!, this.request, outcome, this.since);
    return waiter;
  }

  private static foundNobody(call: BalancedCall<never, never>): void {
    const waiter = call.waiter!;
    call.waiter = undefined;
    waiter.fail(new CallFailed(call.balancer.name, 'unavailable'), call);
  }
}
