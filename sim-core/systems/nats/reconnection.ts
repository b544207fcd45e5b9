/**
 * How a client comes back to its server: it waits, with some jitter, tries, and waits again while there is none. Two seconds
 * and up to 100 ms unless told otherwise (https://docs.nats.io/using-nats/developer/connecting/reconnect/wait; nats.go).
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { ms, s, type Duration } from '../../kernel/time.ts';
import type { NatsServer } from './server.ts';

export interface ReconnectOptions {
  readonly wait: Duration;
  readonly jitter: Duration;
}

export const DEFAULT_RECONNECT: ReconnectOptions = { wait: s(2), jitter: ms(100) };

export class Reconnection {
  private readonly sim: Simulation;
  private readonly server: NatsServer;
  private readonly options: ReconnectOptions;
  private readonly connect: () => void;
  private readonly jitters: RandomStream;
  private readonly kind: number;
  private isTrying = false;

  constructor(sim: Simulation, server: NatsServer, name: string, options: ReconnectOptions, connect: () => void) {
    this.sim = sim;
    this.server = server;
    this.options = options;
    this.connect = connect;
    this.jitters = sim.random(`${name}/reconnect jitter`);
    this.kind = sim.eventKind(`${name} tries to reconnect`);
  }

  begin(): void {
    if (this.isTrying) return;
    this.isTrying = true;
    this.again();
  }

  private again(): void {
    const { wait, jitter } = this.options;
    const delay = wait + Math.round(this.jitters.next() * jitter);
    this.sim.schedule(delay, Reconnection.attempt, this as Reconnection, this.kind);
  }

  private static attempt(reconnection: Reconnection): void {
    if (!reconnection.server.isUp) {
      reconnection.again();
      return;
    }
    reconnection.isTrying = false;
    reconnection.connect();
  }
}
