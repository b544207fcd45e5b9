/**
 * An auditor of sagas: compares what participants said with what they hold. Every so often it reads the audit log from where it
 * had got to, asks each participant for its book of the compensations that were confirmed, and takes those that the book does
 * not have for not made, whatever was answered. Each of them it has made, and writes the answer into the log as well: so its
 * own doings are audited at the next look.
 *
 * It keeps its place in the log and what it has found; both outlive it. The place moves when all behind it has been compared and
 * made. Broken off before that, because a participant was away or it was killed itself, it does the same entries again.
 *
 * Asks of participants that a compensation which comes first bars its action (`participation.ts`): else a book has no trace
 * of a compensation that had nothing to undo. Does not look at actions: what was confirmed and is not there.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed, type Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';
import type { Answer, SagaCommand } from './definition.ts';
import { compensationFound, compensationsCompared } from './facts.ts';
import { showsCompensation, type BookStatement, type BookQuery } from './participation.ts';

/** A participant as an auditor meets it: it tells what its book says, and carries commands out. */
export interface Audited {
  readonly book: Endpoint<BookQuery, BookStatement>;
  readonly commands: Endpoint<SagaCommand, Answer>;
}

export interface AuditorOptions {
  readonly name: string;
  readonly log: AuditLog;
  /** Of each step. */
  readonly participants: readonly Audited[];
  /** One-way delay to each of them, in nanoseconds. */
  readonly delay: Distribution;
  /** Time from one look to the next; none begins while one is under way. */
  readonly every: Duration;
}

interface Ways {
  readonly book: Link<BookQuery, BookStatement>;
  readonly commands: Link<SagaCommand, Answer>;
}

export class Auditor implements Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help = 'Compares compensations that were confirmed with the books of who confirmed them';
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: AuditorOptions;
  private readonly ways: readonly Ways[];
  private readonly requests: BackgroundRequests;
  private readonly lookKind: number;
  private look: Process | undefined = undefined;
  private downUntil: Time = 0;
  private place = 0;
  /** Found and not answered yet, so that what is found again after a crash is not told twice. */
  private readonly open = new Set<string>();
  private found = 0;
  private readonly compared: FactChannel<Fact<typeof compensationsCompared>>;
  private readonly finding: FactChannel<Fact<typeof compensationFound>>;

  constructor(sim: Simulation, options: AuditorOptions) {
    const { name, participants, delay } = options;
    this.sim = sim;
    this.name = name;
    this.options = options;
    this.lookKind = sim.eventKind(`${name} looks`);
    this.requests = new BackgroundRequests(sim);
    this.compared = sim.facts.channel(compensationsCompared);
    this.finding = sim.facts.channel(compensationFound);
    this.interventions = { kill: this.killing() };
    register(sim, this);
    this.ways = participants.map(({ book, commands }) => ({
      book: new Link(sim, book, { from: name, delay }),
      commands: new Link(sim, commands, { from: name, delay }),
    }));
    this.wait();
  }

  kill(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    if (this.look?.ended === false) this.look.cancel();
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { 'entries audited': this.place, found: this.found };
    return this.sim.now < this.downUntil ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    const { length } = this.options.log;
    return this.place > length ? [`${this.name}: ${this.place} entries audited of ${length}`] : [];
  }

  private wait(): void {
    this.sim.schedule(this.options.every, (auditor) => auditor.begin(), this as Auditor, this.lookKind);
  }

  private begin(): void {
    this.wait();
    if (this.sim.now < this.downUntil || this.look?.ended === false) return;
    this.look = new Process(this.sim, this.name, this.audit()).startNow();
  }

  private *audit(): Behaviour {
    const { log } = this.options;
    const entries = log.from(this.place);
    const end = this.place + entries.length;
    const confirmed = entries.filter(({ command, answer }) => command === 'compensate' && answer === 'ok');
    try {
      for (const step of this.ways.keys()) {
        yield* this.compare(
          step,
          confirmed.filter((entry) => entry.step === step),
        );
      }
    } catch (error) {
      if (error instanceof CallFailed) return;
      throw error;
    }
    this.place = end;
  }

  private *compare(step: number, confirmed: readonly AuditEntry[]): Behaviour {
    if (confirmed.length === 0) return;
    const keys = confirmed.map(({ key }) => key);
    const statement = yield* this.ways[step].book.call({ keys }, this.requests.next());
    if (this.compared.heard) {
      const missing = statement.filter((memory) => !showsCompensation(memory)).length;
      this.compared.emit({ auditor: this.name, step, compensations: keys.length, missing });
    }
    for (const [i, entry] of confirmed.entries()) {
      const finding = `${entry.key}/${step}`;
      if (showsCompensation(statement[i])) this.open.delete(finding);
      else yield* this.haveMade(entry, finding);
    }
  }

  private *haveMade({ saga, step, key, at }: AuditEntry, finding: string): Behaviour {
    if (!this.open.has(finding)) {
      this.open.add(finding);
      this.found++;
      if (this.finding.heard) {
        this.finding.emit({ auditor: this.name, request: saga.id, step, age: this.sim.now - at });
      }
    }
    const command = 'compensate';
    const answer = yield* this.ways[step].commands.call({ saga, step, kind: command }, saga.request);
    this.options.log.append({ saga, step, command, key, answer, at: this.sim.now });
    this.open.delete(finding);
  }

  private killing(): Intervention {
    return {
      help: 'Kills the auditor in its look; it looks again after so many seconds, from where it had got to',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 2 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }
}
