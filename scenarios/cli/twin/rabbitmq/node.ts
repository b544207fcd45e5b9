/**
 * A private RabbitMQ node: its own epmd, ports of the loopback that were free, and a folder that goes with it. Debian's
 * wrapper would start it as another user in the system's folders, so the script behind it is started.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from '../../../../tools/find-executable.ts';
import { freePort, ServerProcess } from '../server-process.ts';
import { TICK_MS } from './steps.ts';

const PATIENCE_MS = 120_000;

interface Ports {
  readonly amqp: number;
  readonly epmd: number;
  readonly node: number;
}

export class RabbitMqNode {
  readonly port: number;
  private readonly processes: ServerProcess;
  private readonly program: string;
  private readonly environment: Readonly<Record<string, string>>;
  private running: ChildProcess | undefined;

  private constructor(processes: ServerProcess, program: string, ports: Ports) {
    this.processes = processes;
    this.program = program;
    this.port = ports.amqp;
    this.environment = environmentOf(processes.folder, ports);
  }

  static async start(program: string): Promise<RabbitMqNode> {
    const processes = new ServerProcess('rabbitmq');
    try {
      const ports = { amqp: await freePort(), epmd: await freePort(), node: await freePort() };
      writeConfiguration(processes.folder, ports.amqp);
      const node = new RabbitMqNode(processes, program, ports);
      // The node would start one of its own, which outlives it.
      await processes.start({
        program: findExecutable(['epmd']) ?? 'epmd',
        words: [],
        environment: node.environment,
        isReady: () => true,
        patienceMs: PATIENCE_MS,
      });
      await node.up();
      return node;
    } catch (error) {
      await processes.stop();
      throw error;
    }
  }

  /** Kills it as a crash of its machine would, and starts it again on the same ports and files. */
  async restart(): Promise<void> {
    if (this.running !== undefined) await this.processes.kill(this.running);
    await this.up();
  }

  /** Where its files are. */
  get folder(): string {
    return this.processes.folder;
  }

  stop(): Promise<void> {
    return this.processes.stop();
  }

  private async up(): Promise<void> {
    this.running = await this.processes.start({
      program: this.program,
      words: [],
      environment: this.environment,
      isReady: (output) => output.includes('Server startup complete'),
      patienceMs: PATIENCE_MS,
    });
  }
}

function writeConfiguration(folder: string, port: number): void {
  for (const name of ['mnesia', 'log', 'config']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'advanced.config'), `[{rabbit, [{quorum_tick_interval, ${TICK_MS}}]}].\n`);
  writeFileSync(join(folder, 'enabled_plugins'), '[rabbitmq_consistent_hash_exchange].\n');
  writeFileSync(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      'disk_free_limit.absolute = 1MB',
      '',
    ].join('\n'),
  );
}

function environmentOf(folder: string, { epmd, node }: Ports): Record<string, string> {
  const within = (name: string): string => join(folder, name);
  return {
    HOME: folder,
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'twin@localhost',
    RABBITMQ_DIST_PORT: String(node),
    RABBITMQ_MNESIA_BASE: within('mnesia'),
    RABBITMQ_LOG_BASE: within('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_GENERATED_CONFIG_DIR: within('config'),
    RABBITMQ_CONFIG_FILE: within('rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: within('advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: within('enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: within('none'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
}
