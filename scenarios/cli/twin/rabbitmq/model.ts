/** Plays a script against the model: no time passes but in a wait, and before a restart. */
import { AmqpConnection, AmqpError, Broker, ms, Simulation, type Duration } from '../../../../sim-core/index.ts';
import { doOnModel } from './operations/operations.ts';
import type { ModelClient, ModelSide } from './sides.ts';
import {
  inOrder,
  QUEUES,
  TICK_MS,
  type Actor,
  type QueueStates,
  type RabbitAnswer,
  type RabbitStep,
  type Told,
} from './steps.ts';
import { UnsettledDeliveries } from './unsettled.ts';

export function playModel(
  script: readonly RabbitStep[],
  broker = new Broker(new Simulation(), { tick: ms(TICK_MS) }),
): RabbitAnswer[] {
  return new ModelPlayer(broker).play(script);
}

class ModelPlayer implements ModelSide {
  readonly broker: Broker;
  readonly places = new Map<string, string>();
  step = 0;
  private clients: readonly ModelClient[];
  private heard: Told[] = [];

  constructor(broker: Broker) {
    this.broker = broker;
    this.clients = this.join();
  }

  readonly client = (actor: Actor): ModelClient => this.clients[actor];

  hear(told: Told): void {
    this.heard.push(told);
  }

  play(script: readonly RabbitStep[]): RabbitAnswer[] {
    return script.map((step, index) => {
      this.heard = [];
      this.step = index;
      const result = this.attempt(step, index);
      this.pass(1);
      return { result, delivered: inOrder(this.heard), queues: this.queues() };
    });
  }

  readonly pass = (duration: Duration): void => {
    const { sim } = this.broker;
    sim.runUntil(sim.now + duration);
  };

  readonly reopen = (actor: Actor): void => {
    const client = this.clients[actor];
    client.channel = client.connection.open();
    client.consumers = [];
    client.unsettled.clear();
  };

  readonly rejoin = (): void => {
    this.clients = this.join();
  };

  private join(): ModelClient[] {
    return [0, 1].map(() => {
      const connection = new AmqpConnection(this.broker);
      return { connection, channel: connection.open(), consumers: [], unsettled: new UnsettledDeliveries() };
    });
  }

  private attempt(step: RabbitStep, index: number): unknown {
    try {
      return doOnModel(step, this, index);
    } catch (error) {
      if (!(error instanceof AmqpError) || !('actor' in step)) throw error;
      this.reopen(step.actor);
      return { error: error.code };
    }
  }

  private queues(): QueueStates {
    const there = QUEUES.flatMap((name) => {
      const queue = this.broker.peek(name)?.queue;
      return queue === undefined ? [] : [[name, [queue.ready, queue.users]] as const];
    });
    return Object.fromEntries(there);
  }
}
