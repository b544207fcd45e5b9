/**
 * What stands before several collectors that sample tails: takes exports apart by trace and sends each part to the collector
 * that its trace belongs to, by a ring of hashes, as the load balancing exporter of OpenTelemetry's collector does.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/loadbalancingexporter
 *
 * An export is answered when all its parts are: what a part's collector did not take is told as rejected. Does not model a
 * queue and further attempts for each collector, collectors that come and go, nor its own processor time.
 */
import { all } from '../../kernel/combine.ts';
import { fork, Process, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { hashRing } from '../../cache/sharding/hash-ring.ts';
import type { ShardMap } from '../../cache/sharding/shard-map.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { ExportRequest, ExportResponse } from '../pipeline/export-request.ts';
import { requestSize } from '../pipeline/otlp-size.ts';
import type { SpanData } from '../signals/telemetry.ts';

type TraceLink = Link<ExportRequest<'traces'>, ExportResponse>;

export class TraceRouter implements Endpoint<ExportRequest<'traces'>, ExportResponse>, Component {
  readonly name: string;
  readonly kind = 'balancer';
  readonly help: string;
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly links: readonly TraceLink[];
  private readonly ring: ShardMap;
  private routed = 0;
  private rejected = 0;

  /** `links`: the way to each collector. */
  constructor(sim: Simulation, name: string, links: readonly TraceLink[]) {
    this.sim = sim;
    this.name = name;
    this.help = `Sends all spans of a trace to the same of ${links.length} collectors`;
    this.links = links;
    this.ring = hashRing(links.map(({ to }) => to));
    register(sim, this);
  }

  receive(call: Call<ExportRequest<'traces'>, ExportResponse>): void {
    new Process(this.sim, `${this.name} routes`, this.route(call)).startNow();
  }

  state(): Readonly<Record<string, number>> {
    return { 'spans routed': this.routed, 'spans rejected': this.rejected };
  }

  violations(): readonly string[] {
    return this.rejected > this.routed ? [`${this.name}: more spans were rejected than came`] : [];
  }

  private *route(call: Call<ExportRequest<'traces'>, ExportResponse>): Behaviour {
    const { query, request } = call;
    const parts = new Map<number, SpanData[]>();
    for (const span of query.items) {
      const collector = this.ring.shardOf(placeOf(span.context.traceId));
      const part = parts.get(collector);
      if (part === undefined) parts.set(collector, [span]);
      else part.push(span);
    }
    const sent = [...parts].map(([collector, items]) =>
      fork(`${this.name} sends`, this.send(this.links[collector], items, request)).join(),
    );
    const refused: readonly number[] = yield* all(...sent);
    const rejected = refused.reduce((sum, count) => sum + count, 0);
    this.routed += query.items.length;
    this.rejected += rejected;
    call.reply({ rejected });
  }

  /** How many of them were not taken. */
  private *send(link: TraceLink, items: readonly SpanData[], request: RequestContext): Behaviour<number> {
    try {
      const batch = { kind: 'traces', items, bytes: requestSize('traces', items) } as const;
      return (yield* link.call(batch, request)).rejected;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return items.length;
    }
  }
}

/** A key of the ring: the last 32 bits of a trace's id, which are random ones. */
const placeOf = (traceId: string): number => Number.parseInt(traceId.slice(-8), 16);
