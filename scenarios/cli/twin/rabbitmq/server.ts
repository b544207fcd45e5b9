/**
 * A private RabbitMQ node: its own epmd, ports of the loopback that were free, and a folder that goes with it. Debian's
 * wrapper would start it as another user in the system's folders, so the script behind it is started.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ChannelModel } from 'amqplib';
import { findExecutable } from '../../../../tools/find-executable.ts';
import { freePort, ServerProcess } from '../server-process.ts';
import type { RealServer } from '../twin.ts';
import { ServerPlayer } from './player.ts';
import type { RabbitStep } from './steps.ts';

const DEBIANS_SCRIPT = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const PATIENCE_MS = 120_000;

export const findRabbitMq = (): string | undefined =>
  existsSync(DEBIANS_SCRIPT) ? DEBIANS_SCRIPT : findExecutable(['rabbitmq-server']);

export class RabbitMqServer implements RealServer<RabbitStep> {
  readonly version: string;
  private readonly node: ServerProcess;
  private readonly address: string;
  /** Connections that no play has now, by twos. */
  private readonly idle: (readonly [ChannelModel, ChannelModel])[] = [];
  private plays = 0;

  private constructor(node: ServerProcess, address: string, version: string) {
    this.node = node;
    this.address = address;
    this.version = version;
  }

  static async start(program: string): Promise<RabbitMqServer> {
    const node = new ServerProcess('rabbitmq');
    try {
      const port = await startNode(node, program);
      const address = `amqp://127.0.0.1:${port}`;
      const connection = await connect(address);
      const { version } = connection.connection.serverProperties;
      await connection.close();
      return new RabbitMqServer(node, address, `RabbitMQ ${version}`);
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  /** A connection that the server closes ends the play; the reason is the last answer. */
  async play(script: readonly RabbitStep[], slowness: number): Promise<readonly unknown[]> {
    const connections = this.idle.pop() ?? (await this.connectTwice());
    let closedBy: string | undefined;
    const onError = ({ message }: Error): void => void (closedBy ??= message);
    for (const connection of connections) connection.on('error', onError);
    const player = new ServerPlayer(connections, `p${this.plays++}.`, slowness);
    try {
      await player.play(script);
      this.idle.push(connections);
      return player.answers;
    } catch (error) {
      if (closedBy === undefined) throw error;
      await Promise.allSettled(connections.map((connection) => connection.close()));
      return [...player.answers, closedBy];
    } finally {
      for (const connection of connections) connection.off('error', onError);
    }
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.idle.flat().map((connection) => connection.close()));
    await this.node.stop();
  }

  private async connectTwice(): Promise<readonly [ChannelModel, ChannelModel]> {
    return Promise.all([this.open(), this.open()]);
  }

  private open(): Promise<ChannelModel> {
    // Small frames, each waited for: they must not wait for one another on the way.
    return connect(this.address, { noDelay: true });
  }
}

async function startNode(node: ServerProcess, program: string): Promise<number> {
  const [port, epmdPort, nodePort] = [await freePort(), await freePort(), await freePort()];
  const within = (name: string): string => join(node.folder, name);
  for (const name of ['mnesia', 'log', 'config']) mkdirSync(within(name));
  writeFileSync(within('enabled_plugins'), '[].\n');
  writeFileSync(
    within('rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      'disk_free_limit.absolute = 1MB',
      '',
    ].join('\n'),
  );
  const environment = {
    HOME: node.folder,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'twin@localhost',
    RABBITMQ_DIST_PORT: String(nodePort),
    RABBITMQ_MNESIA_BASE: within('mnesia'),
    RABBITMQ_LOG_BASE: within('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_GENERATED_CONFIG_DIR: within('config'),
    RABBITMQ_CONFIG_FILE: within('rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: within('enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: within('none'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
  // The node would start one of its own, which outlives it.
  const epmd = findExecutable(['epmd']) ?? 'epmd';
  await node.start({ program: epmd, words: [], environment, isReady: () => true, patienceMs: PATIENCE_MS });
  await node.start({
    program,
    words: [],
    environment,
    isReady: (output) => output.includes('Server startup complete'),
    patienceMs: PATIENCE_MS,
  });
  return port;
}
