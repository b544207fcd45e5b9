/**
 * An agent on a node, which reads a log file and sends on what it reads, as OpenTelemetry's filelog receiver, Fluent Bit or
 * Promtail do: it looks for new lines every now and then, makes records of them, and sends them in batches, one after another.
 * A batch that is not taken is sent again, until it is; meanwhile the file grows, which is the buffer. How far it has got it writes down from time
 * to time (Promtail's `sync_period`, 10 s: https://grafana.com/docs/loki/latest/send-data/promtail/configuration/): after a
 * crash it begins there, so that some lines are sent twice (at least once), unless they have been rotated away.
 *
 * Its processor time is that of the process beside which it runs. Does not model how it tells renamed files from new ones.
 */
import { sleep } from '../../kernel/combine.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { utf8Length } from '../../messaging/schema/utf8.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { doubled } from '../../network/resilience/backoff/backoff.ts';
import type { ExportRequest, ExportResponse } from '../pipeline/export-request.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import { logDropped, logShippingSignals, type LogDropReason } from './log-facts.ts';
import type { LogFile, PhysicalLine } from './log-file.ts';
import type { LogReader } from './log-reader.ts';

export interface LogAgentOptions {
  readonly name: string;
  /** Whose processors it runs on. */
  readonly process: InstrumentedProcess;
  readonly file: LogFile;
  readonly reader: LogReader;
  readonly link: Link<ExportRequest<'logs'>, ExportResponse>;
  /** Lines in a batch, at most. */
  readonly batchMax: number;
  readonly pollInterval: Duration;
  /** How often it writes down how far it has got. */
  readonly syncPeriod: Duration;
}

/** The waits of OpenTelemetry's `retry_on_failure`: 1 s, doubled up to 30 s. */
const RETRY = { base: SECOND, cap: 30 * SECOND };

export class LogAgent implements Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help = 'Reads a log file and sends its lines on, in batches';
  readonly signals = logShippingSignals;
  readonly interventions: Readonly<Record<string, Intervention>> = { crash: this.crashing() };
  private readonly sim: InstrumentedProcess['sim'];
  private readonly options: LogAgentOptions;
  private readonly requests: BackgroundRequests;
  private readonly dropped: FactChannel<Fact<typeof logDropped>>;
  private running: Process;
  /** The next line to be read, in memory and as it was last written down. */
  private next = 0;
  private synced = 0;
  private syncedAt: Time = 0;
  private lines = { sent: 0, lost: 0 };

  constructor(sim: InstrumentedProcess['sim'], options: LogAgentOptions) {
    this.sim = sim;
    this.name = options.name;
    this.options = options;
    this.dropped = sim.facts.channel(logDropped);
    this.requests = new BackgroundRequests(sim);
    register(sim, this);
    this.running = spawn(sim, this.name, this.tail());
  }

  /** Kills it: what it has not written down it has not read. It is there again after the downtime. */
  crash(downtime: Duration): void {
    this.running.cancel();
    this.next = this.synced;
    this.running = spawn(this.sim, this.name, this.tail(downtime));
  }

  state(): Readonly<Record<string, number | string>> {
    return { ...this.lines, behind: this.options.file.end - this.next, 'written down': this.synced };
  }

  violations(): readonly string[] {
    const { end } = this.options.file;
    return this.next > end || this.synced > this.next ? [`${this.name}: has read further than was written`] : [];
  }

  private *tail(after: Duration = 0): Behaviour {
    const { file, batchMax, pollInterval, syncPeriod } = this.options;
    yield* sleep(this.sim, after);
    for (;;) {
      if (this.sim.now - this.syncedAt >= syncPeriod) {
        this.synced = this.next;
        this.syncedAt = this.sim.now;
      }
      if (file.begin > this.next) {
        this.lose('rotated away', file.begin - this.next);
        this.next = file.begin;
      }
      const lines = file.read(this.next, batchMax);
      if (lines.length > 0) yield* this.ship(lines);
      if (lines.length < batchMax) yield pollInterval;
    }
  }

  /** Sends a batch until it is taken, or refused for good. */
  private *ship(lines: readonly PhysicalLine[]): Behaviour {
    const { process, link } = this.options;
    const items = this.options.reader.recordsOf(lines, this.sim.now);
    const bytes = items.reduce((sum, { body }) => sum + utf8Length(body), 0);
    yield* process.background(process.costs.byte * bytes);
    const from = this.next;
    for (let retry = 0; ; retry++) {
      try {
        yield* link.call({ kind: 'logs', items, bytes }, this.requests.next());
        this.lines.sent += items.length;
        break;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        if (error.failure === 'error') {
          this.lose('refused', items.length);
          break;
        }
        yield doubled(RETRY, retry);
      }
    }
    this.next = from + lines.length;
  }

  private lose(reason: LogDropReason, records: number): void {
    this.lines.lost += records;
    const process = this.options.process.resource['service.instance.id'];
    if (this.dropped.heard) this.dropped.emit({ process, reason, records });
  }

  private crashing(): Intervention {
    return {
      help: 'Kills the agent with what it has read and not sent; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }
}
