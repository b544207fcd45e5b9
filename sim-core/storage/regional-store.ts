/**
 * A store with a copy of every row in each of several regions, all of which take writes: a region answers its writer when
 * it has the write itself, and sends it on to the others. Where two regions write a row before they have heard of each
 * other the later write wins everywhere, by its time (last-writer-wins, as DynamoDB's global tables and Cassandra do), and
 * the earlier one is gone without a word.
 *
 * A region that is cut off goes on serving reads and taking writes; what it has for the others, and they for it, waits
 * and is sent when the way is open again.
 * Does not model clocks that are wrong: times of writes are true, which is the best case for last-writer-wins. What waits
 * has no bound: it is on a disk. A read or a write takes no time in the store, unless it is slowed by hand; there is no
 * load on it.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { MILLISECOND, type Duration } from '../kernel/time.ts';
import type { Call, Endpoint } from '../network/call.ts';
import { register, type Component, type Intervention } from '../network/component.ts';
import type { Link } from '../network/link.ts';
import { BACKGROUND, RequestContext } from '../network/request-context.ts';
import type { Parcel } from '../network/wan.ts';
import { defineSignal } from '../statistics/signal.ts';
import type { DatabaseQuery, Row } from './queries.ts';
import type { VersionHistory } from './version-history.ts';

/** A region took a write. `unseen`: it overwrites one that the region had not heard of. */
export const regionWritten = defineFact('region.written', 'A region took a write', {
  region: 'text',
  request: 'request',
  key: 'key',
  version: 'number',
  unseen: 'flag',
});

/** The number of keys that not all regions agree on changed. */
export const regionsDiverge = defineReading('region.divergence', 'The number of keys that regions differ on changed', {
  store: 'text',
  keys: 'number',
});

export const regionSignals = [
  defineSignal({
    name: 'region.divergent_keys',
    kind: 'gauge',
    unit: '{key}',
    help: 'Keys of which some region does not have the last write',
    fact: regionsDiverge,
    value: (fact) => fact.keys,
    of: (fact) => fact.store,
  }),
  defineSignal({
    name: 'region.lost_updates',
    kind: 'counter',
    unit: '{write}',
    help: 'Writes that were overwritten by a region which had not heard of them',
    fact: regionWritten,
    where: (fact) => fact.unseen,
  }),
];

/** What all regions of one store have in common: the experimenter's book. */
export class RegionBook {
  readonly history: VersionHistory;
  readonly regions: RegionalStore[] = [];
  private readonly divergent = new Set<number>();
  private readonly diverges: FactChannel<Fact<typeof regionsDiverge>>;
  private sent = 0;
  readonly sim: Simulation;

  constructor(sim: Simulation, history: VersionHistory) {
    this.sim = sim;
    this.history = history;
    this.diverges = sim.facts.channel(regionsDiverge);
  }

  /** A context for a write that is sent on: no user waits for it. */
  background(): RequestContext {
    return new RequestContext(BACKGROUND + this.sent++, this.sim.now);
  }

  /** Looks whether the regions agree on a key, now that one of them has changed it. */
  look(key: number): void {
    const current = this.history.current(key);
    const agree = this.regions.every((region) => region.version(key) === current);
    const before = this.divergent.size;
    if (agree) this.divergent.delete(key);
    else this.divergent.add(key);
    const { size } = this.divergent;
    if (size !== before && this.diverges.heard) this.diverges.emit({ store: 'regions', keys: size });
  }
}

export class RegionalStore implements Endpoint<DatabaseQuery, Row>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help = 'A copy of all rows, written here and elsewhere; the last writer wins';
  readonly signals = regionSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  /** Where other regions' writes arrive. */
  readonly fanout: Endpoint<Row, void>;
  private readonly book: RegionBook;
  private readonly rows = new Map<number, number>();
  private readonly peers: { readonly region: RegionalStore; waiting: Row[] }[] = [];
  private wan: Link<Parcel<Row>, void> | undefined = undefined;
  private readonly written: FactChannel<Fact<typeof regionWritten>>;
  private isCut = false;
  /** What a read or a write takes. */
  private delay: Duration = 0;
  private readonly workKind: number;

  constructor(book: RegionBook, name: string) {
    this.name = name;
    this.book = book;
    this.written = book.sim.facts.channel(regionWritten);
    this.fanout = { name, receive: (call) => this.afterDelay(call.request, () => this.hear(call)) };
    this.workKind = book.sim.eventKind(`${name} works`);
    this.interventions = {
      cut: { help: 'Cuts the region off from the others', arguments: [], apply: () => this.cut() },
      heal: { help: 'Opens the way to the others again', arguments: [], apply: () => this.heal() },
      slow: {
        help: 'Makes every read and write here, and every write that comes from elsewhere, take so long from now on',
        arguments: [{ name: 'milliseconds', help: 'of each', min: 0, max: 60_000, default: 50 }],
        apply: ([milliseconds]) => void (this.delay = Math.round(milliseconds * MILLISECOND)),
      },
    };
    book.regions.push(this);
    register(book.sim, this);
  }

  /** Sends what is written here to the other regions there are by now, over this link. */
  join(wan: Link<Parcel<Row>, void>): void {
    this.wan = wan;
    for (const region of this.book.regions) if (region !== this) this.peers.push({ region, waiting: [] });
  }

  /** The version that this region has. */
  version(key: number): number {
    return this.rows.get(key) ?? 0;
  }

  receive(call: Call<DatabaseQuery, Row>): void {
    this.afterDelay(call.request, () => this.answer(call));
  }

  cut(): void {
    this.isCut = true;
  }

  heal(): void {
    this.isCut = false;
    for (const region of this.book.regions) region.flush();
  }

  state(): Readonly<Record<string, number | string>> {
    const waiting = this.peers.reduce((sum, peer) => sum + peer.waiting.length, 0);
    return { rows: this.rows.size, 'waiting to be sent': waiting, 'cut off': this.isCut ? 'yes' : 'no' };
  }

  violations(): readonly string[] {
    const ahead = [...this.rows].find(([key, version]) => version > this.book.history.current(key));
    return ahead === undefined ? [] : [`${this.name}: key ${ahead[0]} has a version that nobody wrote`];
  }

  private answer(call: Call<DatabaseQuery, Row>): void {
    const { operation, key } = call.query;
    if (operation === 'write') this.write(key, call.request.id);
    call.reply({ key, version: this.version(key) });
  }

  private afterDelay({ id }: RequestContext, does: () => void): void {
    if (this.delay === 0) does();
    else this.book.sim.schedule(this.delay, does, undefined, this.workKind, id);
  }

  private write(key: number, request: number): void {
    const { history, sim } = this.book;
    const unseen = history.current(key) > this.version(key);
    const version = history.commit(key, sim.now);
    if (this.written.heard) this.written.emit({ region: this.name, request, key, version, unseen });
    this.rows.set(key, version);
    for (const peer of this.peers) peer.waiting.push({ key, version });
    this.flush();
    this.book.look(key);
  }

  /** Sends what waits to whoever can be reached. */
  private flush(): void {
    if (this.isCut) return;
    for (const peer of this.peers) {
      if (peer.region.isCut) continue;
      for (const content of peer.waiting) {
        this.wan!.send({ from: this.name, to: peer.region.name, content }, this.book.background());
      }
      peer.waiting = [];
    }
  }

  /** The later write wins: versions are in the order of the writes' times. */
  private hear(call: Call<Row, void>): void {
    const { key, version } = call.query;
    if (version > this.version(key)) this.rows.set(key, version);
    this.book.look(key);
    call.reply();
  }
}
