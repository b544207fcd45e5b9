/**
 * Plays a script against the real server over two connections. After each step it waits until everything that the step
 * brought about has arrived, which takes no guessing where processes of the server send each other messages in order: a
 * request on the client's channel comes back after what was sent there before, one to each queue after what the queue did
 * before. It goes round until rounds tell the same. Quorum queues work through a log, so those are given a moment more, and
 * two rounds more; and that moment is no shorter than a round takes, which is long on a machine that is busy.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { Names } from './names.ts';
import { pauseOf } from './operations/node-operations.ts';
import { doOnServer } from './operations/operations.ts';
import { QueueWatch } from './queue-watch.ts';
import type { ServerClient, ServerSide } from './sides.ts';
import {
  inOrder,
  SHORT_MS,
  type Actor,
  type QueueStates,
  type RabbitAnswer,
  type RabbitStep,
  type Told,
} from './steps.ts';
import { UnsettledDeliveries } from './unsettled.ts';

/** Rounds in a row that tell the same. */
const ROUNDS_ALIKE = 2;
const ROUNDS_ALIKE_QUORUM = 4;
const ROUNDS_MAX = 10;
const QUORUM_PAUSE_MS = 10;
/** For as many steps among those of others, and for as many with such pauses, there has to be time before anything expires. */
const TIMES_LONGER = 2;
const QUORUM_TIMES_LONGER = 5;
/** They hear of the end of a channel from a monitor, and not in the order of what the client says. */
const HOLDER_GONE_PAUSE_MS = 60;
/** Asked so often, and so far apart, whether the consumers of a killed node are gone. */
const CONSUMERS_GO_TRIES = 100;
const CONSUMERS_GO_MS = 50;

/** What a play needs of its server. */
export interface Host {
  connect(): Promise<readonly [ChannelModel, ChannelModel]>;
  /** Kills the node, with all connections, and starts it again. */
  restart(): Promise<void>;
}

export class ServerPlayer implements ServerSide {
  /** One a step that was played. */
  readonly answers: RabbitAnswer[] = [];
  readonly names: Names;
  readonly queues: QueueWatch;
  readonly exchanges = new Set<string>();
  readonly places = new Map<string, string>();
  private readonly host: Host;
  private readonly script: readonly RabbitStep[];
  private readonly slowness: number;
  /** How much longer times of the script are. */
  private readonly timesLonger: number;
  private clients: readonly ServerClient[] = [];
  private heard: Told[] = [];
  /** Whether a channel that had something has been closed since all was last quiet. */
  private isHolderGone = false;
  /** When the play began or its last wait was over, and how long it went on at most after that. */
  private sinceMs = 0;
  private longestMs = 0;

  constructor(host: Host, script: readonly RabbitStep[], prefix: string, slowness: number) {
    this.host = host;
    this.script = script;
    this.timesLonger = slowness * (script.some(isOfQuorum) ? QUORUM_TIMES_LONGER : TIMES_LONGER);
    this.names = new Names(prefix, this.timesLonger);
    this.queues = new QueueWatch(this.names);
    this.slowness = slowness;
  }

  get connections(): ChannelModel[] {
    return this.clients.map(({ connection }) => connection);
  }

  get step(): number {
    return this.answers.length;
  }

  readonly client = (actor: Actor): ServerClient => this.clients[actor];

  hear(told: Told): void {
    this.heard.push(told);
  }

  /** Whether something may have ended before the script waits for that: what the server says then is no answer to the script. */
  get isLate(): boolean {
    return this.script.some(endsInWait) && this.longestMs > SHORT_MS * this.timesLonger;
  }

  async play(): Promise<void> {
    await this.join();
    this.sinceMs = performance.now();
    for (const [index, step] of this.script.entries()) {
      this.heard = [];
      let result = await this.attempt(step, index);
      const queues = await this.settleDown();
      if ('actor' in step) {
        const { error } = this.clients[step.actor];
        if (error !== undefined) {
          result = { error };
          await this.reopen(step.actor);
        }
      }
      this.answers.push({ result, delivered: inOrder(this.heard), queues });
      const nowMs = performance.now();
      if (step.op === 'wait') this.sinceMs = nowMs;
      this.longestMs = Math.max(this.longestMs, nowMs - this.sinceMs);
    }
    await this.leave();
  }

  readonly pause = (): Promise<void> => pauseOf(this.timesLonger);

  readonly restart = async (): Promise<void> => {
    await this.host.restart();
    await this.join();
    // A quorum queue learns after it has elected a leader that those who had something are gone.
    for (let tries = 0; tries < CONSUMERS_GO_TRIES; tries++) {
      const states = await this.queues.states(this.clients);
      if (Object.values(states).every(([, users]) => users === 0)) return;
      await sleep(CONSUMERS_GO_MS);
    }
  };

  async reopen(actor: Actor): Promise<void> {
    const client = this.clients[actor];
    if (client.error === undefined) this.isHolderGone ||= isHolder(client);
    client.channel = await openChannel(client.connection);
    client.consumers = [];
    client.unsettled.clear();
    client.error = undefined;
    listen(client);
  }

  async settleDown(): Promise<QueueStates> {
    const isHolderGone = this.isHolderGone || this.clients.some((each) => each.error !== undefined && isHolder(each));
    const pauseMs = isHolderGone ? HOLDER_GONE_PAUSE_MS : QUORUM_PAUSE_MS;
    this.isHolderGone = false;
    const { hasQuorum } = this.queues;
    let before = '';
    let roundMs = 0;
    let alike = 1;
    for (let round = 1; ; round++) {
      if (hasQuorum) await sleep(Math.max(pauseMs * this.slowness, roundMs));
      const beganMs = performance.now();
      await this.flush();
      const states = await this.queues.states(this.clients);
      await this.flush();
      roundMs = performance.now() - beganMs;
      const now = JSON.stringify([states, this.heard.length]);
      alike = now === before ? alike + 1 : 1;
      if (alike >= (hasQuorum ? ROUNDS_ALIKE_QUORUM : ROUNDS_ALIKE) || round >= ROUNDS_MAX) return states;
      before = now;
    }
  }

  private async attempt(step: RabbitStep, index: number): Promise<unknown> {
    try {
      return await doOnServer(step, this, index);
    } catch (error) {
      // The server closed the channel: its code is told by the channel's own event.
      if ('actor' in step && (await this.hasFailed(step.actor))) return undefined;
      throw error;
    }
  }

  private async hasFailed(actor: Actor): Promise<boolean> {
    for (let i = 0; i < 100 && this.clients[actor].error === undefined; i++) await sleep(1);
    return this.clients[actor].error !== undefined;
  }

  /** Everything that was on its way on the clients' channels has been dealt with. */
  private async flush(): Promise<void> {
    await Promise.all(
      this.clients.map(async ({ channel, error }) => {
        // Fails where the server has closed the channel meanwhile.
        if (error === undefined) await channel.checkExchange('amq.direct').catch(() => {});
      }),
    );
  }

  private async join(): Promise<void> {
    this.clients = await Promise.all((await this.host.connect()).map((connection) => joined(connection)));
  }

  private async leave(): Promise<void> {
    await this.queues.deleteAll(this.clients);
    for (const name of this.exchanges) await this.clients[0].control.deleteExchange(this.names.long(name));
    await Promise.all(this.clients.flatMap(({ channel, control }) => [channel.close(), control.close()]));
  }
}

const isOfQuorum = (step: RabbitStep): boolean =>
  step.op === 'declare-queue' && step.arguments['x-queue-type'] === 'quorum';

/** What it says has a time to live, or to be unused, that ends in a wait. */
const endsInWait = (step: RabbitStep): boolean =>
  step.op === 'publish'
    ? step.expiration === SHORT_MS
    : step.op === 'declare-queue' &&
      [step.arguments['x-message-ttl'], step.arguments['x-expires']].some((time) => time === SHORT_MS);

const isHolder = ({ consumers, unsettled }: ServerClient): boolean => consumers.length > 0 || !unsettled.isEmpty;

async function joined(connection: ChannelModel): Promise<ServerClient> {
  const client: ServerClient = {
    connection,
    channel: await openChannel(connection),
    control: await openChannel(connection),
    openControl: () => openChannel(connection),
    consumers: [],
    unsettled: new UnsettledDeliveries(),
    error: undefined,
    returned: false,
  };
  listen(client);
  return client;
}

function listen(client: ServerClient): void {
  const { channel } = client;
  channel.on('return', () => void (client.returned = true));
  channel.on('error', (error: Error & { readonly code?: number }) => {
    if (client.channel === channel) client.error = error.code;
  });
}

async function openChannel(connection: ChannelModel): Promise<ConfirmChannel> {
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
}
