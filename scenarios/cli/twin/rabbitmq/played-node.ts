/** A node that scripts are played on, many at once, and that is killed for those that want it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ChannelModel } from 'amqplib';
import { SharedRestart } from '../shared-restart.ts';
import { RabbitMqNode } from './node.ts';
import { ServerPlayer, type Host } from './player.ts';
import type { RabbitStep } from './steps.ts';

/**
 * Some of what the server has confirmed it writes a while later, and is given that before it is killed: which entries of its
 * log a quorum queue has applied when dets does (`delayed_write`, 3 s), exchanges and bindings when disk_log does (2 s), and
 * acknowledgements in a classic queue when nothing has come for 0.2 s (`SYNC_INTERVAL` in `rabbit_amqqueue_process`).
 */
const WRITTEN_MS = 5_000;

/** How often a script is played whose times are too short for the machine. */
const ATTEMPTS = 4;

interface Played {
  readonly answers: readonly unknown[];
  readonly isLate: boolean;
}

type Pair = readonly [ChannelModel, ChannelModel];

export class PlayedNode {
  readonly version: string;
  private readonly node: RabbitMqNode;
  /** Connections that no play has now. */
  private idle: Pair[] = [];
  private plays = 0;
  private readonly restarts = new SharedRestart(async () => {
    await sleep(WRITTEN_MS);
    this.idle = [];
    await this.node.restart();
  });

  private constructor(node: RabbitMqNode, version: string) {
    this.node = node;
    this.version = version;
  }

  static async start(program: string): Promise<PlayedNode> {
    const node = await RabbitMqNode.start(program);
    try {
      const connection = await open(node.port);
      const { version } = connection.connection.serverProperties;
      await connection.close();
      return new PlayedNode(node, String(version));
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  /** Where its files are. */
  get folder(): string {
    return this.node.folder;
  }

  /** Again with longer times if the machine was too slow for them: that says nothing of the server. */
  async play(script: readonly RabbitStep[], slowness: number): Promise<readonly unknown[]> {
    for (let attempt = 1; ; attempt++) {
      const { answers, isLate } = await this.playOnce(script, slowness * 2 ** (attempt - 1));
      if (!isLate || attempt === ATTEMPTS) return answers;
    }
  }

  /** A connection that the server closes ends the play; the reason is the last answer. */
  private async playOnce(script: readonly RabbitStep[], slowness: number): Promise<Played> {
    await this.restarts.begin();
    let closedBy: string | undefined;
    const onError = ({ message }: Error): void => void (closedBy ??= message);
    const host: Host = {
      connect: async () => {
        const connections = await this.connect();
        for (const connection of connections) connection.on('error', onError);
        return connections;
      },
      restart: async () => {
        await this.restarts.restart();
        closedBy = undefined;
      },
    };
    const player = new ServerPlayer(host, script, `p${this.plays++}.`, slowness);
    try {
      await player.play();
      this.idle.push(player.connections as unknown as Pair);
      return player;
    } catch (error) {
      if (closedBy === undefined) throw error;
      await Promise.allSettled(player.connections.map((connection) => connection.close()));
      return { answers: [...player.answers, closedBy], isLate: player.isLate };
    } finally {
      for (const connection of player.connections) connection.off('error', onError);
      this.restarts.end();
    }
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.idle.flat().map((connection) => connection.close()));
    await this.node.stop();
  }

  private async connect(): Promise<Pair> {
    return this.idle.pop() ?? (await Promise.all([open(this.node.port), open(this.node.port)]));
  }
}

async function open(port: number): Promise<ChannelModel> {
  // Small frames, each waited for: they must not wait for one another on the way.
  const connection = await connect(`amqp://127.0.0.1:${port}`, { noDelay: true });
  // A play listens to its own; one that nobody has may go, with a node that is killed.
  connection.on('error', () => {});
  return connection;
}
