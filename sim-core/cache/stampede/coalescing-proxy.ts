/**
 * Request coalescing in front of the store: identical reads that are under way at the same time become one. Unlike
 * single-flight it stands between all instances and the store, as a data loader's tier or an edge cache's collapsed
 * forwarding does; unlike a mutex nobody polls.
 *
 * Each read that arrives while one for its key is under way waits for that one's answer, and fails with it.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Wait, Waiter } from '../../kernel/wait.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { DatabaseQuery, Row } from '../../storage/queries.ts';
import { sayStampedeControl } from './stampede-control.ts';

/** A read joined one that was under way. */
export const readCoalesced = defineFact('cache.load.coalesced', 'A read joined one that was under way', {
  request: 'request',
  key: 'key',
  leader: 'number',
});

type StoreCall = Call<DatabaseQuery, Row>;

export class CoalescingProxy implements Endpoint<DatabaseQuery, Row>, Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help = 'Turns identical reads that are under way at the same time into one';
  readonly signals = [
    defineSignal({
      name: 'cache.loads.coalesced',
      kind: 'counter',
      unit: '{load}',
      help: 'Reads that joined one that was under way',
      fact: readCoalesced,
    }),
  ];
  readonly interventions = {};
  private readonly flights = new Map<number, Flight>();
  private readonly store: Link<DatabaseQuery, Row>;
  private readonly coalesced: FactChannel<Fact<typeof readCoalesced>>;

  constructor(sim: Simulation, name: string, store: Link<DatabaseQuery, Row>) {
    this.name = name;
    this.store = store;
    this.coalesced = sim.facts.channel(readCoalesced);
    sayStampedeControl(sim, name, 'coalesced reads');
    register(sim, this);
  }

  receive(call: StoreCall): void {
    const { key, operation } = call.query;
    const underWay = this.flights.get(key);
    if (operation === 'read' && underWay !== undefined) {
      underWay.followers.push(call);
      if (!this.coalesced.heard) return;
      this.coalesced.emit({ request: call.request.id, key, leader: underWay.leader.request.id });
      return;
    }
    const flight = new Flight(call, () => {
      // A write of the same key, which nobody joins, ends without touching a read that is under way.
      if (this.flights.get(key) === flight) this.flights.delete(key);
    });
    if (operation === 'read') this.flights.set(key, flight);
    this.store.call(call.query, call.request.withoutDeadline()).begin(flight);
  }

  state(): Readonly<Record<string, number | string>> {
    let waiting = 0;
    for (const { followers } of this.flights.values()) waiting += followers.length;
    return { 'reads under way': this.flights.size, 'reads waiting': waiting };
  }

  violations(): readonly string[] {
    return [];
  }
}

/** One read under way, and those that joined it. */
class Flight implements Waiter {
  readonly leader: StoreCall;
  readonly followers: StoreCall[] = [];
  private readonly ended: () => void;

  constructor(leader: StoreCall, ended: () => void) {
    this.leader = leader;
    this.ended = ended;
  }

  resume(wait: Wait<unknown>): void {
    this.ended();
    for (const call of [this.leader, ...this.followers]) call.reply(wait.result as Row);
  }

  fail(error: unknown): void {
    if (!(error instanceof CallFailed)) throw error;
    this.ended();
    for (const call of [this.leader, ...this.followers]) call.refuse(error.failure);
  }
}
