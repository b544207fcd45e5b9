/**
 * What lies between regions: takes a parcel in one and gives it to another after the time of the way. Each parcel draws a
 * time of its own, so parcels overtake each other. Links to and from it take no time: the way is all here.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Call, Endpoint } from './call.ts';
import { register, type Component } from './component.ts';
import type { Link } from './link.ts';

export interface Parcel<Content> {
  readonly from: string;
  readonly to: string;
  readonly content: Content;
}

export class Wan<Content> implements Endpoint<Parcel<Content>, void>, Component {
  readonly name = 'wan';
  readonly kind = 'broker';
  readonly help = 'The way between regions, half of a measured round trip long';
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly wayOf: (from: string, to: string) => Distribution;
  private readonly draws: KeyedStream;
  private readonly arrivalKind: number;
  private readonly ends = new Map<string, Link<Content, void>>();
  private onTheWay = 0;

  /** `wayOf`: the time from one end to another, in nanoseconds. */
  constructor(sim: Simulation, wayOf: (from: string, to: string) => Distribution) {
    this.sim = sim;
    this.wayOf = wayOf;
    this.draws = sim.keyedRandom('wan/ways');
    this.arrivalKind = sim.eventKind('a parcel has crossed the wan');
    register(sim, this);
  }

  /** Adds an end: what is sent to its name is delivered over this link. */
  attach(link: Link<Content, void>): void {
    this.ends.set(link.to, link);
  }

  receive(call: Call<Parcel<Content>, void>): void {
    const { from, to } = call.query;
    const time = Math.max(0, Math.round(this.wayOf(from, to).sample(this.draws.of(call.request.id))));
    this.onTheWay++;
    this.sim.schedule(time, (parcel) => this.deliver(parcel), call, this.arrivalKind, call.request.id);
    call.reply();
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'on the way': this.onTheWay, ends: this.ends.size };
  }

  violations(): readonly string[] {
    return this.onTheWay < 0 ? [`${this.name}: more has arrived than was sent`] : [];
  }

  private deliver({ query, request }: Call<Parcel<Content>, void>): void {
    this.onTheWay--;
    this.ends.get(query.to)!.send(query.content, request);
  }
}
