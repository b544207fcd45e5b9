/**
 * One shard of remote write: samples of some processes, in order, sent one request at a time. A request is sent when it is full or
 * when its time is over, again and again until it is answered, with waits that double; meanwhile nothing else of the shard is.
 */
import { Fifo } from '../../../kernel/fifo.ts';
import { Process, type Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { TelemetryBundle } from '../export-request.ts';

export interface ShardHost {
  /** Samples of a request at most, and how long a shard waits to fill one. */
  readonly maxSamplesPerSend: number;
  readonly batchSendDeadline: number;
  /** Sends until it is answered or given up. */
  send(bundles: readonly TelemetryBundle[]): Behaviour;
  /** A request is done with: there is room in the shard. */
  hasRoom(): void;
}

export class Shard {
  private readonly sim: Simulation;
  private readonly host: ShardHost;
  private readonly queue = new Fifo<TelemetryBundle>();
  private sender: Process | undefined = undefined;
  private deadline: EventHandle = -1;
  /** Samples that wait in it. */
  samples = 0;
  /** Takes up no further request when it is done with this one. */
  isStopping = false;

  constructor(sim: Simulation, host: ShardHost) {
    this.sim = sim;
    this.host = host;
  }

  get isSending(): boolean {
    return this.sender !== undefined;
  }

  add(bundle: TelemetryBundle): void {
    this.queue.add(bundle);
    this.samples += bundle.count;
    if (this.samples >= this.host.maxSamplesPerSend) this.start();
    else if (this.deadline < 0) {
      this.deadline = this.sim.schedule(this.host.batchSendDeadline, Shard.flush, this as Shard);
    }
  }

  /** Takes out what waits. */
  empty(): TelemetryBundle[] {
    const bundles: TelemetryBundle[] = [];
    while (this.queue.size > 0) bundles.push(this.queue.take());
    this.samples = 0;
    if (this.deadline >= 0) this.sim.cancel(this.deadline);
    this.deadline = -1;
    return bundles;
  }

  /** Its process is gone, with what waits and what is being sent. */
  kill(): void {
    this.sender?.cancel();
    this.sender = undefined;
    this.empty();
  }

  private static flush(shard: Shard): void {
    shard.deadline = -1;
    if (shard.samples > 0) shard.start();
  }

  private start(): void {
    if (this.sender !== undefined || this.isStopping) return;
    this.sender = new Process(this.sim, 'remote write', this.run());
    this.sender.startNow();
  }

  private *run(): Behaviour {
    do {
      yield* this.host.send(this.takeRequest());
      this.host.hasRoom();
    } while (this.samples >= this.host.maxSamplesPerSend && !this.isStopping);
    this.sender = undefined;
    if (this.isStopping) this.host.hasRoom();
    else if (this.samples > 0 && this.deadline < 0) {
      this.deadline = this.sim.schedule(this.host.batchSendDeadline, Shard.flush, this as Shard);
    }
  }

  private takeRequest(): TelemetryBundle[] {
    const request: TelemetryBundle[] = [];
    let room = this.host.maxSamplesPerSend;
    while (room > 0 && this.queue.size > 0) {
      const bundle = this.queue.take();
      const count = Math.min(room, bundle.count);
      const bytes = Math.floor((bundle.bytes * count) / bundle.count);
      request.push({ ...bundle, count, bytes });
      if (count < bundle.count) {
        this.queue.addFirst({ ...bundle, count: bundle.count - count, bytes: bundle.bytes - bytes });
      }
      room -= count;
      this.samples -= count;
    }
    return request;
  }
}
