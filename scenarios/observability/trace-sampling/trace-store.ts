/**
 * The backend of traces: takes what comes and keeps it, and says how many requests there were by the roots that it has. It answers
 * at once and has no limits; what it costs is counted in bytes.
 *
 * An export whose answer was lost is sent again, and its spans come twice. They are written twice, and found to be doubles, by trace and
 * span id, when a block is built of what came in five minutes: whoever counts by it counts them once, unless a block was
 * finished between the two. So does Grafana Tempo since 2026 (https://github.com/grafana/tempo/pull/6539); before that its metrics
 * of traces counted them twice (https://github.com/grafana/tempo/issues/6516).
 */
import {
  AdjustedCount,
  arrivalsOf,
  defineReading,
  minutes,
  register,
  type Arrived,
  type Call,
  type Component,
  type Endpoint,
  type ExportRequest,
  type ExportResponse,
  type Fact,
  type FactChannel,
  type Simulation,
  type SpanData,
  type Time,
} from '../../../sim-core/index.ts';

export const tracesStored = defineReading('trace_store.stored', 'A backend stored spans', {
  spans: 'number',
  bytes: 'number',
});

const BLOCK = minutes(5);

export class TraceStore implements Endpoint<ExportRequest, ExportResponse>, Component {
  readonly name = 'backend';
  readonly kind = 'database';
  readonly help = 'Keeps every span that comes';
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly told: FactChannel<Fact<typeof tracesStored>>;
  private readonly arrived: Arrived<'traces'> | undefined;
  private readonly seen: (span: SpanData) => void;
  private readonly probabilityOf: (root: SpanData) => number | undefined;
  private readonly requests = new AdjustedCount();
  /** Spans of the block that is being built, by trace and span id, and when it was begun. */
  private block = new Set<string>();
  private blockSince: Time = 0;
  private spans = 0;
  private doubles = 0;
  private bytes = 0;

  /** `probabilityOf`: by which a root was sampled, as far as anybody can tell, if it stands for any; `seen`: told of every span. */
  constructor(sim: Simulation, probabilityOf: (root: SpanData) => number | undefined, seen: (span: SpanData) => void) {
    this.sim = sim;
    this.told = sim.facts.channel(tracesStored);
    this.arrived = arrivalsOf(sim, 'traces');
    this.probabilityOf = probabilityOf;
    this.seen = seen;
    register(sim, this);
  }

  receive(call: Call<ExportRequest, ExportResponse>): void {
    const { items, bytes } = call.query;
    this.spans += items.length;
    this.bytes += bytes;
    if (this.told.heard) this.told.emit({ spans: items.length, bytes });
    for (const span of items as readonly SpanData[]) {
      const isDouble = this.isDouble(span);
      if (!isDouble) this.arrived?.([span]);
      const probability = span.parentSpanId === '' && !isDouble ? this.probabilityOf(span) : undefined;
      if (probability !== undefined) this.requests.add(probability);
      this.seen(span);
    }
    call.reply({ rejected: 0 });
  }

  state(): Readonly<Record<string, number>> {
    return {
      spans: this.spans,
      doubles: this.doubles,
      bytes: this.bytes,
      'requests by its roots': Math.round(this.requests.estimate),
      'give or take': Math.round(Math.sqrt(this.requests.variance)),
    };
  }

  violations(): readonly string[] {
    return [];
  }

  private isDouble({ context }: SpanData): boolean {
    if (this.sim.now - this.blockSince >= BLOCK) {
      this.block = new Set();
      this.blockSince = this.sim.now;
    }
    const id = `${context.traceId}/${context.spanId}`;
    if (this.block.has(id)) {
      this.doubles++;
      return true;
    }
    this.block.add(id);
    return false;
  }
}
