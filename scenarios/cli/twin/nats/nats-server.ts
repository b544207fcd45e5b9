/**
 * A script for NATS played on a real server. The transport of NATS's own client carries it; JetStream is spoken to by its
 * requests, so that nothing stands between what is compared.
 */
import type { ChildProcess } from 'node:child_process';
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { freePort, ServerProcess } from '../server-process.ts';
import { SharedRestart } from '../shared-restart.ts';
import type { Answer, RealServer } from '../twin.ts';
import { ownSubject, receiversOf, type Received } from './answers.ts';
import { JetStreamPlayer, PATIENCE_MS, pause } from './jetstream-player.ts';
import { BURST_MS, WRITTEN_MS, type NatsScript, type NatsStep } from './steps.ts';

/** How soon a client tries to connect again. */
const RECONNECT_MS = 50;

export const killsNats = (script: NatsScript): boolean => script.some(({ op }) => op === 'restart');

/** One server for the scripts that kill it, which nobody else has to wait for, and one for all others. */
export async function startNats(program: string): Promise<RealServer<NatsStep>> {
  const calm = await startServer(program);
  const killed = await startServer(program).catch(async (error: unknown) => {
    await calm.stop();
    throw error;
  });
  let plays = 0;
  return {
    version: `NATS ${calm.connections[0].info?.version}`,
    play: async (script) => {
      const { connections, restarts } = killsNats(script) ? killed : calm;
      await restarts.begin();
      const player = new ServerPlayer(connections, ++plays, () => restarts.restart());
      try {
        return await player.play(script);
      } finally {
        await player.end();
        restarts.end();
      }
    },
    stop: async () => {
      await Promise.all([calm.stop(), killed.stop()]);
    },
  };
}

interface Server {
  readonly connections: readonly NatsConnection[];
  readonly restarts: SharedRestart;
  stop(): Promise<void>;
}

async function startServer(program: string): Promise<Server> {
  const process = new ServerProcess('nats');
  try {
    const port = await freePort();
    const words = ['-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', process.folder];
    const up = (): Promise<ChildProcess> =>
      process.start({ program, words, isReady: (output) => output.includes('Server is ready'), patienceMs: 10_000 });
    let running = await up();
    const options = { servers: `127.0.0.1:${port}`, reconnectTimeWait: RECONNECT_MS, maxReconnectAttempts: -1 };
    const connections = await Promise.all([connect(options), connect(options)]);
    const restarts = new SharedRestart(async () => {
      await pause(WRITTEN_MS);
      const back = connections.map(isBack);
      await process.kill(running);
      running = await up();
      await Promise.all(back);
    });
    const stop = async (): Promise<void> => {
      await Promise.all(connections.map((connection) => connection.close()));
      await process.stop();
    };
    return { connections, restarts, stop };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** When the client, which connects again by itself and subscribes to what it was subscribed to, has done so. */
async function isBack(connection: NatsConnection): Promise<void> {
  for await (const { type } of connection.status()) if (type === 'reconnect') return;
  throw new Error('a connection to the server that was killed has been given up');
}

class ServerPlayer {
  private readonly connections: readonly NatsConnection[];
  private readonly restart: () => Promise<void>;
  private readonly jet: NatsConnection;
  private readonly number: number;
  private readonly startedMs = Date.now();
  private readonly subscriptions: Subscription[] = [];
  private received: Received[] = [];
  private readonly stream: JetStreamPlayer;
  private bursts = 0;

  constructor(connections: readonly NatsConnection[], number: number, restart: () => Promise<void>) {
    this.restart = restart;
    this.connections = connections;
    [this.jet] = connections;
    this.number = number;
    this.stream = new JetStreamPlayer(this.jet, number, this.startedMs);
  }

  async play(script: NatsScript): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const step of script) answers.push(await this.answer(step));
    return answers;
  }

  async end(): Promise<void> {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    await this.stream.end();
  }

  private async answer(step: NatsStep): Promise<Answer> {
    switch (step.op) {
      case 'subscribe':
        return this.subscribe(step);
      case 'unsubscribe': {
        const [ended] = this.subscriptions.splice(step.nth % this.subscriptions.length, 1);
        ended?.unsubscribe();
        await this.settled();
        return 'unsubscribed';
      }
      case 'publish core':
        this.jet.publish(this.own(step.subject));
        return this.takeReceived();
      case 'request': {
        const answered = await this.jet.request(this.own(step.subject), '', { timeout: PATIENCE_MS }).then(
          () => true,
          (error: Error) => {
            if (error.name === 'NoRespondersError' || error.message.includes('no responders')) return false;
            throw error;
          },
        );
        return { answered, received: await this.takeReceived() };
      }
      case 'wait': {
        const untilMs = this.startedMs + ++this.bursts * BURST_MS;
        await pause(untilMs - Date.now());
        return 'waited';
      }
      case 'restart':
        await this.restart();
        return 'restarted';
      default:
        return this.stream.answer(step);
    }
  }

  private own(subject: string): string {
    return ownSubject(this.number, subject);
  }

  private async subscribe({ connection, pattern, queue }: Extract<NatsStep, { op: 'subscribe' }>): Promise<Answer> {
    const subscription = this.connections[connection].subscribe(this.own(pattern), {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error !== null) throw error;
        this.received.push({ nth: this.subscriptions.indexOf(subscription), queue });
        message.respond('');
      },
    });
    this.subscriptions.push(subscription);
    await this.settled();
    return 'subscribed';
  }

  /** The server has seen all that was sent, and we all that it sent. */
  private async settled(): Promise<void> {
    for (const connection of this.connections) await connection.flush();
    for (const connection of this.connections) await connection.flush();
  }

  private async takeReceived(): Promise<readonly string[]> {
    await this.settled();
    const received = receiversOf(this.received);
    this.received = [];
    return received;
  }
}
