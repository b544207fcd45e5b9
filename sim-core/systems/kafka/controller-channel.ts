/** A broker's way to the controllers: its questions, and the heartbeats by which they know that it lives. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Waiter } from '../../kernel/wait.ts';
import type { Link } from '../../network/link.ts';
import type { BackgroundRequests } from '../../network/background-requests.ts';
import type { ControllerQuery, ControllerReply } from './messages.ts';

export interface ChannelOwner {
  readonly broker: {
    readonly name: string;
    /** Counts its lives; an answer to an earlier one is nobody's. */
    readonly life: number;
    readonly isUp: boolean;
  };
  /** Lets something go out or come in now, or when the way is open. */
  pass(act: () => void): void;
}

export class ControllerChannel {
  private readonly sim: Simulation;
  private readonly owner: ChannelOwner;
  private readonly interval: Duration;
  private readonly requests: BackgroundRequests;
  private readonly beatKind: number;
  private link: Link<ControllerQuery, ControllerReply> | undefined = undefined;

  /** `interval`: `broker.heartbeat.interval.ms`. */
  constructor(sim: Simulation, owner: ChannelOwner, interval: Duration, requests: BackgroundRequests) {
    this.sim = sim;
    this.owner = owner;
    this.interval = interval;
    this.requests = requests;
    this.beatKind = sim.eventKind(`${owner.broker.name} sends a heartbeat`);
  }

  attach(link: Link<ControllerQuery, ControllerReply>): void {
    this.link = link;
    this.beat();
  }

  /** Calls back with undefined if they refuse or do not answer. */
  ask(query: ControllerQuery, answered: (reply: ControllerReply) => void): void {
    const { owner } = this;
    const { broker } = owner;
    const { life } = broker;
    const waiter: Waiter = {
      resume: ({ result }) => {
        owner.pass(() => {
          if (life === broker.life) answered(result as ControllerReply);
        });
      },
      fail: () => {
        if (life === broker.life) answered(undefined);
      },
    };
    owner.pass(() => {
      if (life === broker.life) this.link?.call(query, this.requests.next()).begin(waiter);
    });
  }

  /** Heartbeats follow each other whether they are answered or not, as long as the broker lives. */
  beat(): void {
    const { owner } = this;
    const { broker } = owner;
    const { life, name } = broker;
    const isAlive = (): boolean => life === broker.life && broker.isUp;
    owner.pass(() => {
      if (isAlive()) this.link!.send({ kind: 'heartbeat', broker: name, life }, this.requests.next());
    });
    const again = (): void => {
      if (isAlive()) this.beat();
    };
    this.sim.schedule(this.interval, again, undefined, this.beatKind);
  }
}
