/** Requests for messages that have not had all of them yet: each gets one in turn, until it expires or nobody listens. */
import type { Time } from '../../../kernel/time.ts';

export interface PullRequest<Delivery> {
  /** Messages that it still wants. */
  left: number;
  readonly expires: Time;
  readonly deliver: (delivery: Delivery) => void;
  /** Whether somebody still listens for what it gets. */
  readonly isHeard: () => boolean;
}

export class PullRequests<Delivery> {
  private waiting: PullRequest<Delivery>[] = [];

  add(request: PullRequest<Delivery>): void {
    this.waiting.push(request);
  }

  /** Gives the next delivery to whose turn it is; undefined if nobody waits. */
  receiver(now: Time): ((delivery: Delivery) => void) | undefined {
    this.waiting = this.waiting.filter(({ left, expires, isHeard }) => left > 0 && expires > now && isHeard());
    const request = this.waiting[0];
    if (request === undefined) return undefined;
    return (delivery) => {
      request.left--;
      this.waiting.push(...this.waiting.splice(0, 1));
      request.deliver(delivery);
    };
  }

  clear(): void {
    this.waiting = [];
  }
}
