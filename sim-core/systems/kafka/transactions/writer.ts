/** What a process gave to its producer: what is on its way or with it, and whether all of it came to a good end. */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Waiter } from '../../../kernel/wait.ts';
import type { Link } from '../../../network/link.ts';
import { RequestContext } from '../../../network/request-context.ts';
import type { Fetched } from '../consumer-fetches.ts';
import type { ProducerQuery } from '../producer-batch.ts';
import type { Producer } from '../producer.ts';

export class Writer {
  private readonly sim: Simulation;
  private readonly producer: Producer;
  private readonly link: Link<ProducerQuery, void>;
  private lives = 0;
  private open = 0;
  private failures = 0;
  private whenDone: ((isGood: boolean) => void) | undefined = undefined;

  constructor(sim: Simulation, producer: Producer, link: Link<ProducerQuery, void>) {
    this.sim = sim;
    this.producer = producer;
    this.link = link;
  }

  begin(): void {
    this.failures = 0;
  }

  /** A record of the same key and request as the one that was read. */
  write({ record }: Fetched): void {
    const { key, request } = record;
    this.send(typeof key === 'number' ? key : request, request);
  }

  /** A record of one's own, which is written for a request. */
  send(query: ProducerQuery, request: number): void {
    const { lives } = this;
    const end = (failures: number): void => {
      if (lives !== this.lives) return;
      this.open--;
      this.failures += failures;
      this.look();
    };
    const waiter: Waiter = { resume: () => end(0), fail: () => end(1) };
    this.open++;
    this.link.call(query, new RequestContext(request, this.sim.now)).begin(waiter);
  }

  /** Calls back when all of it is decided, with whether nothing has failed; the producer does not linger meanwhile. */
  settle(then: (isGood: boolean) => void): void {
    this.whenDone = then;
    this.producer.hurry(true);
    this.look();
  }

  /** The process dies, and its producer with it. */
  end(): void {
    this.lives++;
    this.open = 0;
    this.whenDone = undefined;
    this.producer.kill();
  }

  private look(): void {
    const { whenDone } = this;
    if (this.open > 0 || whenDone === undefined) return;
    this.whenDone = undefined;
    this.producer.hurry(false);
    whenDone(this.failures === 0);
  }
}
