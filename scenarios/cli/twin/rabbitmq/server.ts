/** The real server of the RabbitMQ twin: one node for the scripts that kill it, and one for all others. */
import { existsSync } from 'node:fs';
import { findExecutable } from '../../../../tools/find-executable.ts';
import type { RealServer } from '../twin.ts';
import { PlayedNode } from './played-node.ts';
import type { RabbitStep } from './steps.ts';

const DEBIANS_SCRIPT = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export const findRabbitMq = (): string | undefined =>
  existsSync(DEBIANS_SCRIPT) ? DEBIANS_SCRIPT : findExecutable(['rabbitmq-server']);

export const killsNode = (script: readonly RabbitStep[]): boolean => script.some(({ op }) => op === 'restart');

export class RabbitMqServer implements RealServer<RabbitStep> {
  readonly version: string;
  private readonly calm: PlayedNode;
  private readonly killed: PlayedNode;

  private constructor(calm: PlayedNode, killed: PlayedNode) {
    this.calm = calm;
    this.killed = killed;
    this.version = `RabbitMQ ${calm.version}`;
  }

  static async start(program: string): Promise<RabbitMqServer> {
    const nodes = await Promise.allSettled([PlayedNode.start(program), PlayedNode.start(program)]);
    const up = nodes.filter((each) => each.status === 'fulfilled').map(({ value }) => value);
    if (up.length === 2) return new RabbitMqServer(up[0], up[1]);
    await Promise.all(up.map((node) => node.stop()));
    throw nodes.find((each) => each.status === 'rejected')!.reason;
  }

  /** Where its files are. */
  get folders(): readonly string[] {
    return [this.calm.folder, this.killed.folder];
  }

  play(script: readonly RabbitStep[], slowness: number): Promise<readonly unknown[]> {
    return (killsNode(script) ? this.killed : this.calm).play(script, slowness);
  }

  async stop(): Promise<void> {
    await Promise.all([this.calm.stop(), this.killed.stop()]);
  }
}
