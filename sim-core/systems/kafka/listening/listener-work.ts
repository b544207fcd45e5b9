/**
 * A consumer's listener at work on one record: a process that ends with its verdict, or is broken off where it stands when the
 * consumer's process dies. While that stands still what was begun goes on, for it mostly waits for others; the verdict is taken
 * when it goes on.
 */
import { spawn, type Behaviour, type Process } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import { DeliveryReports } from '../../../messaging/consuming/delivery-reports.ts';
import type { Received } from '../../../messaging/consuming/received.ts';
import { RequestContext } from '../../../network/request-context.ts';
import type { Fetched } from '../consumer-fetches.ts';
import type { RecordListener, RecordVerdict } from './record-listener.ts';
import type { UncommittedDeliveries } from './uncommitted-deliveries.ts';

/** What is said of a record's delivery. */
interface Delivered {
  readonly request: RequestContext;
  readonly sent: Time;
  readonly key: number;
}

interface InHand {
  readonly fetched: Fetched;
  readonly received: Received;
  readonly since: Time;
  readonly process: Process;
}

export class ListenerWork {
  private readonly sim: Simulation;
  private readonly name: string;
  private readonly listener: RecordListener;
  private readonly uncommitted: UncommittedDeliveries;
  private readonly reports: DeliveryReports<Delivered>;
  private inHand: InHand | undefined = undefined;

  constructor(sim: Simulation, name: string, listener: RecordListener, uncommitted: UncommittedDeliveries) {
    this.sim = sim;
    this.name = name;
    this.listener = listener;
    this.uncommitted = uncommitted;
    const { observers = [] } = listener;
    this.reports = new DeliveryReports(sim, { name, keyOf: ({ key }) => key, observers });
  }

  /** Calls back with its verdict and how long it took. */
  handle(fetched: Fetched, judged: (verdict: RecordVerdict, duration: Duration) => void): void {
    const { request: id, key, sentAt } = fetched.record;
    const request = new RequestContext(id, sentAt);
    const delivered = { request, sent: sentAt, key: typeof key === 'number' ? key : id };
    const received = this.reports.begun(delivered);
    const since = this.sim.now;
    const { listener } = this;
    const run = function* (work: ListenerWork): Behaviour {
      const verdict = yield* listener.handle(received, fetched);
      work.inHand = undefined;
      work.ended(fetched, delivered, received, verdict, since);
      judged(verdict, work.sim.now - since);
    };
    const process = spawn(this.sim, `${this.name} listens`, run(this), 0);
    this.inHand = { fetched, received, since, process };
  }

  /** The process has died. */
  breakOff(): void {
    this.dropInHand();
    this.listener.onKill?.();
  }

  /** A partition is read from here on: what was handled of it and is not committed comes again. */
  beginAt(partition: string, offset: number): void {
    for (const received of this.uncommitted.beginAt(partition, offset)) this.reports.unsettled(received);
  }

  private dropInHand(): void {
    const { inHand } = this;
    if (inHand === undefined) return;
    this.inHand = undefined;
    const { fetched, received, since, process } = inHand;
    process.cancel();
    this.reports.brokenOff(received, since);
    this.uncommitted.had(fetched.partition, fetched.offset, received);
    this.reports.ended(received);
  }

  private ended(
    { partition, offset }: Fetched,
    delivered: Delivered,
    received: Received,
    verdict: RecordVerdict,
    since: Time,
  ): void {
    if (verdict === 'done') this.uncommitted.had(partition, offset, received);
    if (verdict === 'again') this.reports.unsettled(received);
    if (typeof verdict === 'string') this.reports.processed(delivered, partition, verdict, since);
    this.reports.ended(received);
  }
}
