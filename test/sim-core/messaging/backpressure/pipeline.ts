/** A pipeline of two stages for tests: items are sent by hand, and stages are as slow and as large as a test says. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import type { Distribution } from '../../../../sim-core/kernel/distributions/distribution.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import type { Waiter } from '../../../../sim-core/kernel/wait.ts';
import { ms, us } from '../../../../sim-core/kernel/time.ts';
import type { OverflowName } from '../../../../sim-core/messaging/backpressure/bounded-buffer.ts';
import type { Handover } from '../../../../sim-core/messaging/backpressure/outlets/outlet.ts';
import type { OutletName } from '../../../../sim-core/messaging/backpressure/outlets/outlets.ts';
import { parcelEnded, ParcelBook } from '../../../../sim-core/messaging/backpressure/parcel.ts';
import { Spool } from '../../../../sim-core/messaging/backpressure/spool.ts';
import { Stage } from '../../../../sim-core/messaging/backpressure/stage.ts';
import type { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

export interface PipelineOptions {
  readonly by: OutletName;
  readonly bound?: number;
  readonly overflow?: OverflowName;
  readonly memoryMax?: number;
  readonly shedAfter?: number;
  readonly service?: Distribution;
  readonly workers?: number;
}

export class Pipeline {
  readonly sim: Simulation;
  readonly book: ParcelBook;
  readonly first: Stage;
  readonly last: Stage;
  readonly spool: Spool;
  /** The numbers of items in the order in which their fates were known, by fate. */
  readonly ended = new Map<string, number[]>();
  private readonly sender: Link<unknown, unknown>;
  private sentCount = 0;

  constructor(options: PipelineOptions, seed = 1) {
    const sim = (this.sim = new Simulation({ seed }));
    const { by, bound = 4, overflow = 'drop-newest', memoryMax = Infinity, shedAfter = Infinity } = options;
    const book = (this.book = new ParcelBook(sim));
    const common = { help: '', book, bound, overflow, memoryMax, restart: ms(5) };
    const delay = constant(us(100));
    this.last = new Stage(sim, {
      ...common,
      name: 'last',
      workers: options.workers ?? 1,
      service: options.service ?? constant(ms(1)),
    });
    const next = (from: string, stage: Stage) => ({
      stage,
      link: new Link<Handover, undefined>(sim, stage, { from, delay, isOrdered: true }),
      by,
      retryAfter: ms(2),
    });
    this.first = new Stage(sim, {
      ...common,
      name: 'first',
      workers: 1,
      service: constant(us(200)),
      next: next('first', this.last),
    });
    this.spool = new Spool(sim, { name: 'spool', book, itemSize: 10, shedAfter, next: next('spool', this.first) });
    this.sender = new Link(sim, this.spool, { from: 'sender', delay: constant(0) });
    sim.facts.channel(parcelEnded).listen(({ request, fate }) => {
      this.ended.set(fate, [...(this.ended.get(fate) ?? []), request]);
    });
  }

  /** `answered` hears of each how it was answered, if it is. */
  send(count: number, answered: (outcome: string) => void = () => {}): void {
    const waiter: Waiter = {
      resume: () => answered('ok'),
      fail: (error) => answered((error as CallFailed).failure),
    };
    for (let i = 0; i < count; i++) {
      const number = this.sentCount++;
      this.sender.call(undefined, new RequestContext(number, this.sim.now)).begin(waiter);
    }
  }

  get sent(): number {
    return this.sentCount;
  }

  of(fate: string): readonly number[] {
    return this.ended.get(fate) ?? [];
  }

  /** Items that some part says it has. */
  get somewhere(): number {
    const { spool, first, last } = this;
    return spool.held + spool.underWay + first.held + first.underWay + last.held;
  }
}
