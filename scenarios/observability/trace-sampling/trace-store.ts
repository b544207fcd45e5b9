/**
 * The backend of traces: takes what comes and keeps it, and says how many requests there were by the roots that it has. It answers
 * at once and has no limits; what it costs is counted in bytes.
 */
import {
  AdjustedCount,
  defineReading,
  register,
  type Call,
  type Component,
  type Endpoint,
  type ExportRequest,
  type ExportResponse,
  type Fact,
  type FactChannel,
  type Simulation,
  type SpanData,
} from '../../../sim-core/index.ts';

export const tracesStored = defineReading('trace_store.stored', 'A backend stored spans', {
  spans: 'number',
  bytes: 'number',
});

export class TraceStore implements Endpoint<ExportRequest, ExportResponse>, Component {
  readonly name = 'backend';
  readonly kind = 'database';
  readonly help = 'Keeps every span that comes';
  readonly signals = [];
  readonly interventions = {};
  private readonly told: FactChannel<Fact<typeof tracesStored>>;
  private readonly seen: (span: SpanData) => void;
  private readonly probabilityOf: (root: SpanData) => number | undefined;
  private readonly requests = new AdjustedCount();
  private spans = 0;
  private bytes = 0;

  /** `probabilityOf`: by which a root was sampled, as far as anybody can tell, if it stands for any; `seen`: told of every span. */
  constructor(sim: Simulation, probabilityOf: (root: SpanData) => number | undefined, seen: (span: SpanData) => void) {
    this.told = sim.facts.channel(tracesStored);
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
      const probability = span.parentSpanId === '' ? this.probabilityOf(span) : undefined;
      if (probability !== undefined) this.requests.add(probability);
      this.seen(span);
    }
    call.reply({ rejected: 0 });
  }

  state(): Readonly<Record<string, number>> {
    return {
      spans: this.spans,
      bytes: this.bytes,
      'requests by its roots': Math.round(this.requests.estimate),
      'give or take': Math.round(Math.sqrt(this.requests.variance)),
    };
  }

  violations(): readonly string[] {
    return [];
  }
}
