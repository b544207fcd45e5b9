/**
 * A span while it is open. One that is not sampled takes everything in and keeps nothing but its context.
 *
 * Limits are those of OpenTelemetry's SDKs, 128 of each; what is beyond them is counted, not kept. An attribute that is set again is
 * no further one (https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits). Of events and links the first are kept, as in Java;
 * JavaScript keeps the last. Leaves out the limits on attributes of events and links.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Time } from '../../kernel/time.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import type {
  Attributes,
  AttributeValue,
  SpanContext,
  SpanData,
  SpanEvent,
  SpanKind,
  SpanLink,
  SpanStatus,
} from '../signals/telemetry.ts';

export interface SpanLimits {
  readonly attributes: number;
  readonly events: number;
  readonly links: number;
}

export const SPAN_LIMITS: SpanLimits = { attributes: 128, events: 128, links: 128 };

export interface Span {
  /** What travels to others, be it sampled or not. */
  readonly context: SpanContext;
  readonly isRecording: boolean;
  setAttribute(name: string, value: AttributeValue): void;
  addEvent(name: string, attributes?: Attributes): void;
  addLink(context: SpanContext, attributes?: Attributes): void;
  setStatus(status: SpanStatus): void;
  /**
   * Now, once; it is handed to the tracer's processor. What is done to it afterwards is an error, and so is this where that processor
   * has whoever ends a span wait.
   */
  end(): void;
  /** The same, and waits for as long as the processor has it wait. */
  endAndWait(): Behaviour;
}

export class UnsampledSpan implements Span {
  readonly context: SpanContext;
  readonly isRecording = false;

  constructor(context: SpanContext) {
    this.context = context;
  }

  setAttribute(): void {}
  addEvent(): void {}
  addLink(): void {}
  setStatus(): void {}
  end(): void {}
  *endAndWait(): Behaviour {}
}

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parentSpanId: string;
  readonly start: Time;
}

/** Who began it, and takes it back. */
export interface SpanOwner {
  readonly process: InstrumentedProcess;
  readonly limits: SpanLimits;
  /** Gives what whoever ends it has to wait for. */
  ended(span: RecordingSpan): Behaviour | undefined;
  readonly hasEndersWait: boolean;
}

export class RecordingSpan implements Span {
  readonly isRecording = true;
  private readonly owner: SpanOwner;
  private readonly began: SpanStart;
  private readonly attributes: Record<string, AttributeValue> = {};
  private readonly events: SpanEvent[] = [];
  private readonly links: SpanLink[] = [];
  private attributeCount = 0;
  private readonly dropped = { attributes: 0, events: 0, links: 0 };
  private status: SpanStatus = 'unset';
  private isOpen = true;

  constructor(owner: SpanOwner, began: SpanStart) {
    this.owner = owner;
    this.began = began;
  }

  get context(): SpanContext {
    return this.began.context;
  }

  setAttribute(name: string, value: AttributeValue): void {
    this.note();
    const isNew = !Object.hasOwn(this.attributes, name);
    if (isNew && this.attributeCount >= this.owner.limits.attributes) {
      this.dropped.attributes++;
      return;
    }
    if (isNew) this.attributeCount++;
    this.attributes[name] = value;
  }

  addEvent(name: string, attributes: Attributes = {}): void {
    this.note();
    if (this.events.length < this.owner.limits.events) {
      this.events.push({ name, time: this.owner.process.sim.now, attributes });
    } else this.dropped.events++;
  }

  addLink(context: SpanContext, attributes: Attributes = {}): void {
    this.note();
    if (this.links.length < this.owner.limits.links) this.links.push({ context, attributes });
    else this.dropped.links++;
  }

  setStatus(status: SpanStatus): void {
    this.assertOpen();
    this.status = status;
  }

  end(): void {
    this.assertOpen();
    if (this.owner.hasEndersWait) {
      throw new Error(
        `end of the span ${this.began.name}: its processor has whoever ends a span wait; it must be \`within\` or \`endAndWait\``,
      );
    }
    this.isOpen = false;
    this.owner.ended(this);
  }

  *endAndWait(): Behaviour {
    this.assertOpen();
    this.isOpen = false;
    const waits = this.owner.ended(this);
    if (waits !== undefined) yield* waits;
  }

  /** What it was, once it has ended. */
  data(): SpanData {
    const { attributes, events, links } = this.dropped;
    return {
      resource: this.owner.process.resource,
      ...this.began,
      end: this.owner.process.sim.now,
      status: this.status,
      attributes: this.attributes,
      events: this.events,
      links: this.links,
      ...(attributes + events + links > 0 ? { dropped: this.dropped } : undefined),
    };
  }

  private note(): void {
    this.assertOpen();
    const { process } = this.owner;
    process.charge(process.costs.attribute);
  }

  private assertOpen(): void {
    if (!this.isOpen) throw new Error(`the span ${this.began.name} has ended; nothing can be done to it afterwards`);
  }
}
