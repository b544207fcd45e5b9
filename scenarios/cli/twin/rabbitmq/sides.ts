/** What the operations of a script see of a play, on the model and on the server. */
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { AmqpChannel, AmqpConnection, Broker, Duration } from '../../../../sim-core/index.ts';
import type { Names } from './names.ts';
import type { Asker, QueueWatch } from './queue-watch.ts';
import type { Actor, QueueStates, Told } from './steps.ts';
import type { UnsettledDeliveries } from './unsettled.ts';

interface Side<Client> {
  /** The number of the step that is played. */
  readonly step: number;
  readonly client: (actor: Actor) => Client;
  /** In which queue each key was found that was spread last. */
  readonly places: Map<string, string>;
  /** A consumer was handed something. */
  hear(told: Told): void;
}

interface Client<Connection, Channel> {
  readonly connection: Connection;
  channel: Channel;
  consumers: string[];
  readonly unsettled: UnsettledDeliveries;
}

export type ModelClient = Client<AmqpConnection, AmqpChannel>;

export interface ModelSide extends Side<ModelClient> {
  readonly broker: Broker;
  readonly reopen: (actor: Actor) => void;
  /** Lets time pass. */
  readonly pass: (duration: Duration) => void;
  /** Both clients connect anew: what they had is gone with the node. */
  readonly rejoin: () => void;
}

export interface ServerClient extends Client<ChannelModel, ConfirmChannel>, Asker {
  /** The code by which the server closed the channel. */
  error: number | undefined;
  /** Whether the message that it published last came back. */
  returned: boolean;
}

export interface ServerSide extends Side<ServerClient> {
  readonly names: Names;
  readonly queues: QueueWatch;
  /** Those that were declared. */
  readonly exchanges: Set<string>;
  reopen(actor: Actor): Promise<void>;
  /** Waits until nothing moves any more; what the queues say then. */
  settleDown(): Promise<QueueStates>;
  /** As long as a wait of the script. */
  readonly pause: () => Promise<void>;
  readonly restart: () => Promise<void>;
}
