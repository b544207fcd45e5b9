/**
 * A log of the rows that a database has committed, in their order, which anybody may read from any place on (change data
 * capture: Debezium reads it from the database's own log). What is written past the application is in it too, and who
 * was away reads on from where he was: nothing is lost as long as it is kept.
 *
 * The log keeps so many changes; a reader who is further behind is told so and has to throw everything out.
 */
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';

export interface LogQuery {
  /** The place of the first change that is wanted. */
  readonly from: number;
}

export interface LogPage {
  readonly changes: readonly Row[];
  /** Where to read on. */
  readonly next: number;
  /** Whether changes from the place asked for on are no longer kept. */
  readonly isGap: boolean;
}

export class ChangeLog implements Endpoint<LogQuery, LogPage>, Component {
  readonly name = 'log';
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly kept: number;
  /** What is kept, oldest first, and the place of the first. */
  private readonly changes: Row[] = [];
  private first = 0;
  private isDown = false;

  /** `kept`: changes at least that are kept. */
  constructor(sim: Simulation, kept: number) {
    this.kept = kept;
    this.help = `Keeps the last ${kept} changes; read from any place on`;
    this.interventions = {
      stop: this.switching('Answers nobody from now on', true),
      start: this.switching('Answers again', false),
    };
    register(sim, this);
  }

  /** The place after the last change. */
  get end(): number {
    return this.first + this.changes.length;
  }

  append(row: Row): void {
    this.changes.push(row);
    if (this.changes.length < 2 * this.kept) return;
    this.changes.splice(0, this.kept);
    this.first += this.kept;
  }

  receive(call: Call<LogQuery, LogPage>): void {
    if (this.isDown) {
      call.refuse('unavailable');
      return;
    }
    const { from } = call.query;
    const changes = this.changes.slice(Math.max(0, from - this.first));
    call.reply({ changes, next: this.end, isGap: from < this.first });
  }

  state(): Readonly<Record<string, number | string>> {
    return { changes: this.end, kept: this.changes.length, answers: this.isDown ? 'no' : 'yes' };
  }

  violations(): readonly string[] {
    return this.changes.length < 2 * this.kept ? [] : [`${this.name}: keeps more than it has room for`];
  }

  private switching(help: string, down: boolean): Intervention {
    return { help, arguments: [], apply: () => void (this.isDown = down) };
  }
}

export interface LogReaderOptions {
  readonly name: string;
  readonly log: Link<LogQuery, LogPage>;
  /** Time between two looks. */
  readonly poll: Duration;
  /** Numbers its looks, as requests of nobody: see `BACKGROUND`. */
  readonly firstRequest: number;
  /** From where on it reads. */
  readonly from: number;
  readonly changed: (row: Row, look: RequestContext) => void;
  /** Called when changes were missed for good. */
  readonly missed: () => void;
}

/** Follows a log: looks every so often, and again from the same place when a look fails. */
export function followLog(sim: Simulation, options: LogReaderOptions): void {
  const { name, log, poll, changed, missed } = options;
  function* follow(): Behaviour {
    let from = options.from;
    for (let look = options.firstRequest; ; look++) {
      try {
        const request = new RequestContext(look, sim.now);
        const page = yield* log.call({ from }, request);
        if (page.isGap) missed();
        for (const row of page.changes) changed(row, request);
        from = page.next;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
      yield poll;
    }
  }
  spawn(sim, `${name} follows the log`, follow());
}
