/**
 * The experimenter's book of traces: which requests there were and what became of them, which spans of theirs were recorded,
 * and which are in the backend. Each request is judged when all that there will be of it must have come. No model reads it.
 */
import {
  defineFact,
  SECOND,
  type Duration,
  type Simulation,
  type SpanData,
  type Time,
} from '../../../sim-core/index.ts';

/** A request whose trace is complete by now, as far as it ever will be. */
export const traceJudged = defineFact('trace.judged', 'It was seen what the backend has of the trace of a request', {
  request: 'request',
  /** `error`, `slow` or `ordinary`: what the request was. */
  was: 'text',
  /** `whole`, `cut` or `none`: what there is of its spans, of those that were recorded. */
  kept: 'text',
  /** Whether who looks at it in the backend can tell that it is cut: it has no root, or a span without its parent. */
  looksCut: 'flag',
  /** How many requests the trace stands for, as who looks at the backend must take it; 0 where there is no trace. */
  stands: 'number',
  /** By how much chance spreads that, by the probability that was thrown for where the trace began, kept or not: its variance. */
  spread: 'number',
});

type Was = 'error' | 'slow' | 'ordinary';

interface Entry {
  readonly request: number;
  was: Was;
  endedAt: Time;
  recorded: number;
  /** Spans in the backend by their ids, each once though an export was repeated, and those of their parents. */
  readonly stored: Set<string>;
  readonly parents: string[];
  stands: number;
  spread: number;
}

export class TraceBook {
  private readonly sim: Simulation;
  private readonly settled: Duration;
  private readonly entries = new Map<string, Entry>();
  /** Those whose request has its answer, in that order. */
  private readonly ended = new Map<string, Entry>();
  private readonly look: number;

  /** `settled`: how long after a request's answer its trace is judged. */
  constructor(sim: Simulation, settled: Duration) {
    this.sim = sim;
    this.settled = settled;
    this.look = sim.eventKind('traces are judged');
    sim.schedule(SECOND, this.judgeSettled, undefined, this.look);
  }

  /** A request has come, of this trace. */
  began(traceId: string, request: number): void {
    this.entries.set(traceId, {
      request,
      was: 'ordinary',
      endedAt: 0,
      recorded: 0,
      stored: new Set(),
      parents: [],
      stands: 0,
      spread: 0,
    });
  }

  /** Its trace is sampled by this probability, above 0, whether it turns out to be or not. */
  thrown(traceId: string, probability: number): void {
    this.entries.get(traceId)!.spread = (1 - probability) / probability;
  }

  /** It has its answer. */
  answered(traceId: string, was: Was): void {
    const entry = this.entries.get(traceId)!;
    entry.was = was;
    entry.endedAt = this.sim.now;
    this.ended.set(traceId, entry);
  }

  /** A span of it was recorded in a process. */
  recorded({ context }: SpanData): void {
    const entry = this.entries.get(context.traceId);
    if (entry !== undefined) entry.recorded++;
  }

  /** A span of it is in the backend; `probability`: by which its trace was sampled, as far as anybody can tell, if it stands for any. */
  stored({ context, parentSpanId }: SpanData, probability: number | undefined): void {
    const entry = this.entries.get(context.traceId);
    if (entry === undefined || entry.stored.has(context.spanId)) return;
    entry.stored.add(context.spanId);
    entry.parents.push(parentSpanId);
    if (parentSpanId === '' && probability !== undefined) entry.stands += 1 / probability;
  }

  private readonly judgeSettled = (): void => {
    const judged = this.sim.facts.channel(traceJudged);
    for (const [id, { request, was, endedAt, recorded, stored, parents, stands, spread }] of this.ended) {
      if (endedAt + this.settled > this.sim.now) break;
      this.ended.delete(id);
      this.entries.delete(id);
      const kept = stored.size === 0 ? 'none' : stored.size < recorded ? 'cut' : 'whole';
      const isThere = (parent: string): boolean => parent === '' || stored.has(parent);
      const looksCut = kept !== 'none' && !(parents.includes('') && parents.every(isThere));
      if (judged.heard) judged.emit({ request, was, kept, looksCut, stands, spread });
    }
    this.sim.schedule(SECOND, this.judgeSettled, undefined, this.look);
  };
}
