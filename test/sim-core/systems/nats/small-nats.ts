/** A NATS server, a publisher and subscribers of both kinds, small enough to try every moment of a fault. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Duration } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { HandlingFailed } from '../../../../sim-core/messaging/consuming/received.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import type { Component } from '../../../../sim-core/network/component.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { ConsumerConfiguration, Storage } from '../../../../sim-core/systems/nats/jetstream/configuration.ts';
import {
  JetStreamSubscriber,
  type JetStreamSubscriberOptions,
} from '../../../../sim-core/systems/nats/jetstream/subscriber.ts';
import {
  NatsServer,
  type NatsPublish,
  type NatsReply,
  type NatsServerOptions,
} from '../../../../sim-core/systems/nats/server.ts';
import { copyLost, messageUnheard } from '../../../../sim-core/systems/nats/signals.ts';
import { NatsSubscriber, type NatsSubscriberOptions } from '../../../../sim-core/systems/nats/subscriber.ts';

export const WAY = ms(1);

export class SmallNats {
  readonly sim: Simulation;
  readonly server: NatsServer;
  readonly link: Link<NatsPublish, NatsReply>;
  readonly parts: Component[] = [];
  /** `who:message` as each was handled, and as each work began. */
  readonly handled: string[] = [];
  readonly begun: string[] = [];
  readonly lost: string[] = [];
  readonly unheard: number[] = [];
  /** Messages that their publisher was told of, with what. */
  readonly replies = new Map<number, NatsReply>();

  constructor(seed = 0, options: Partial<NatsServerOptions> = {}) {
    this.sim = new Simulation({ seed });
    this.server = new NatsServer(this.sim, {
      name: 'nats',
      help: 'a server',
      ...options,
    });
    this.parts.push(this.server);
    this.link = new Link(this.sim, this.server, { from: 'publisher', delay: constant(WAY), isOrdered: true });
    this.sim.facts.channel(copyLost).listen(({ client, request, cause }) => {
      this.lost.push(`${client}:${request} ${cause}`);
    });
    this.sim.facts.channel(messageUnheard).listen(({ request }) => this.unheard.push(request));
  }

  stream(
    storage: Storage,
    consumer: Partial<ConsumerConfiguration> = {},
    retention: 'limits' | 'workqueue' = 'limits',
  ) {
    this.server.streams.add({ name: 's', subjects: ['jobs.>'], storage, retention });
    this.server.streams.addConsumer('s', { name: 'd', ackWait: s(1), ...consumer });
  }

  subscriber(name: string, work: Duration, options: Partial<NatsSubscriberOptions> = {}): NatsSubscriber {
    const made = new NatsSubscriber(this.sim, {
      ...this.common(name, work),
      subject: 'jobs.*',
      readAhead: 4,
      ...options,
    });
    this.parts.push(made);
    return made;
  }

  /** A process of the stream's consumer. */
  worker(
    name: string,
    work: Duration,
    options: Partial<JetStreamSubscriberOptions> & {
      readonly fails?: (id: number) => boolean;
      readonly isPush?: boolean;
    } = {},
  ): JetStreamSubscriber {
    const made = new JetStreamSubscriber(this.sim, {
      ...this.common(name, work, options.fails),
      stream: 's',
      consumer: 'd',
      ...(options.isPush === true ? {} : { pull: { batch: 2, expires: s(5) } }),
      ...options,
    });
    this.parts.push(made);
    return made;
  }

  /** Publishes until the server has answered. */
  publish(id: number, subject = 'jobs.a', bytes = 100): void {
    const { link, replies, sim } = this;
    const request = new RequestContext(id, sim.now);
    const message = makeMessage({ request, content: id, sent: sim.now, bytes });
    spawn(
      sim,
      `publish ${id}`,
      (function* () {
        for (;;) {
          try {
            replies.set(id, yield* link.call({ subject, message, id: `${id}` }, request));
            return;
          } catch (error) {
            if (!(error instanceof CallFailed)) throw error;
          }
          yield ms(50);
        }
      })(),
    );
  }

  elapse(time: Duration): void {
    const end = this.sim.now + time;
    while (!this.sim.runUntil(end, 100)) this.check();
    this.check();
  }

  idsOf(list: readonly string[]): number[] {
    return list.map((each) => Number(each.split(':')[1].split(' ')[0])).sort((a, b) => a - b);
  }

  private check(): void {
    const broken = this.parts.flatMap((part) => part.violations());
    if (broken.length > 0) throw new Error(broken.join('; '));
  }

  private common(name: string, work: Duration, fails: (id: number) => boolean = () => false) {
    const { begun, handled, server } = this;
    return {
      name,
      help: 'works',
      server,
      concurrency: 1,
      delay: constant(WAY),
      reconnect: { wait: ms(200), jitter: ms(50) },
      keyOf: ({ request }: { readonly request: RequestContext }) => request.id,
      *handler({ id }: { readonly id: number }) {
        begun.push(`${name}:${id}`);
        yield work;
        if (fails(id)) throw new HandlingFailed('transient');
        handled.push(`${name}:${id}`);
      },
    };
  }
}
