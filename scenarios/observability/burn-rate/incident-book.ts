/**
 * The experimenter's book: what really went wrong, minute by minute and by cause, and so what somebody was told of for good reason. A
 * page or a ticket is held to be of an incident if that made most of the failures in the shortest window of the alerts it tells of;
 * if not, it is false. Whoever is told of an incident repairs it after a while, so that what is seen late costs more of the budget.
 */
import { MINUTE, type AlertSeverity, type Duration, type Simulation, type Time } from '../../../sim-core/index.ts';
import { errorRatioAt, type Incident } from './incidents.ts';
import type { Values } from './params.ts';
import { incidentEnded, incidentTold } from './signals.ts';

interface Entry {
  readonly incident: Incident;
  /** When it is over, as it stands. */
  end: Time;
  isDetected: boolean;
  isRepaired: boolean;
  hasEnded: boolean;
}

export class IncidentBook {
  private readonly sim: Simulation;
  private readonly params: Values;
  private readonly entries: Entry[] = [];
  private readonly told;
  private readonly ended;
  private readonly endKind: number;
  /** Of each minute, failures that no incident caused, and those that one did, and which one. */
  private readonly others: number[] = [];
  private readonly caused: number[] = [];
  private readonly causes: (Entry | undefined)[] = [];
  private paged = false;

  constructor(sim: Simulation, params: Values, incidents: readonly Incident[]) {
    this.sim = sim;
    this.params = params;
    this.told = sim.facts.channel(incidentTold);
    this.ended = sim.facts.channel(incidentEnded);
    this.endKind = sim.eventKind('an incident is over');
    for (const incident of incidents) this.add(incident);
  }

  /** One more incident, from now on or later. */
  add(incident: Incident): void {
    const entry = {
      incident,
      end: incident.at + incident.lasts,
      isDetected: false,
      isRepaired: false,
      hasEnded: false,
    };
    this.entries.push(entry);
    this.endAt(entry, entry.end);
  }

  /** Whether one is going on now. */
  get isUnderWay(): boolean {
    const { now } = this.sim;
    return this.entries.some(({ incident, end }) => now > incident.at && now <= end);
  }

  /** The worst incident of the minute that begins then, as a share of the requests that it makes fail. */
  ratioAt(at: Time): number {
    return this.worstAt(at)?.ratio ?? 0;
  }

  /** What failed in the minute that began then. */
  note(at: Time, others: number, caused: number): void {
    this.others.push(others);
    this.caused.push(caused);
    this.causes.push(caused > 0 ? this.worstAt(at)?.entry : undefined);
  }

  /** Whether somebody is paged now. */
  get isPaged(): boolean {
    return this.paged;
  }

  /** Somebody is told of alerts, the shortest window of which is this. */
  open(severity: AlertSeverity, window: Duration): void {
    if (severity === 'page') this.paged = true;
    const entry = this.causeOf(Math.max(1, Math.round(window / MINUTE)));
    const isFirst = entry !== undefined && !entry.isDetected;
    const after = entry === undefined ? 0 : this.sim.now - entry.incident.at;
    const incident = entry?.incident.name ?? '';
    if (this.told.heard) this.told.emit({ severity, incident, isFirst, after });
    if (entry === undefined) return;
    entry.isDetected = true;
    const { pageRepair, ticketRepair } = this.params;
    this.repair(entry, this.sim.now + (severity === 'page' ? pageRepair : ticketRepair));
  }

  /** Somebody is told that nothing fires any more. */
  close(severity: AlertSeverity): void {
    if (severity === 'page') this.paged = false;
  }

  private repair(entry: Entry, at: Time): void {
    if (at >= entry.end) return;
    entry.end = at;
    entry.isRepaired = true;
    this.endAt(entry, at);
  }

  /** The incident that made most of the failures of the last minutes, if these are more than all others. */
  private causeOf(minutes: number): Entry | undefined {
    const first = Math.max(0, this.others.length - minutes);
    let others = 0;
    const by = new Map<Entry, number>();
    for (let minute = first; minute < this.others.length; minute++) {
      others += this.others[minute];
      const cause = this.causes[minute];
      if (cause !== undefined) by.set(cause, (by.get(cause) ?? 0) + this.caused[minute]);
    }
    let most: Entry | undefined;
    for (const [entry, caused] of by) {
      if (caused > others && (most === undefined || caused > by.get(most)!)) most = entry;
    }
    return most;
  }

  private worstAt(at: Time): { readonly entry: Entry; readonly ratio: number } | undefined {
    let worst: { entry: Entry; ratio: number } | undefined;
    for (const entry of this.entries) {
      const ratio = at < entry.end ? errorRatioAt(entry.incident, at) : 0;
      if (ratio > (worst?.ratio ?? 0)) worst = { entry, ratio };
    }
    return worst;
  }

  private endAt(entry: Entry, at: Time): void {
    this.sim.scheduleAt(at, IncidentBook.end, { book: this as IncidentBook, entry }, this.endKind);
  }

  private static end({ book, entry }: { book: IncidentBook; entry: Entry }): void {
    const { sim, ended } = book;
    if (entry.hasEnded || sim.now < entry.end) return;
    entry.hasEnded = true;
    const { incident, isRepaired } = entry;
    const duration = sim.now - incident.at;
    if (ended.heard) ended.emit({ incident: incident.name, isRepaired, duration });
  }
}
