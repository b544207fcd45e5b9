/**
 * Keeps the events of a run: every one of them up to a cap, in columns, their number by kind and interval, and a
 * streaming hash over all of them with checkpoints, so that two runs of any length can be compared and a window of a
 * long one found again.
 *
 * The hash takes each event's time, number and kind in the order in which they ran. It is not cryptographic; the
 * recording's digest is SHA-256 over it and all the columns.
 */
import { CAUSE, ID, KIND, SUBJECT } from '../kernel/event-table.ts';
import type { EventObserver, Simulation } from '../kernel/simulation.ts';
import type { Duration, Time } from '../kernel/time.ts';
import type { RecordedEvents } from './recording.ts';

/** Events kept at most. */
export const EVENTS_KEPT_MAX = 1_000_000;
/** The columns of numbers of events are 32 bits wide: a later event than this is not kept. */
const NUMBER_MAX = 4_294_967_295;
/** Events that there is room for at first: more than most runs have, for copying costs more than memory that is not written. */
const FIRST_ROOM = 262_144;
const CHECKPOINT_EVERY = 65_536;
/** 2^-32, exactly. */
const HIGH_WORD = 1 / 4294967296;

export class EventRecorder implements EventObserver {
  private readonly from: Time;
  private readonly to: Time;
  private times = new Float64Array(FIRST_ROOM);
  private ids = new Uint32Array(FIRST_ROOM);
  private causes = new Uint32Array(FIRST_ROOM);
  private kinds = new Uint16Array(FIRST_ROOM);
  private subjects = new Float64Array(FIRST_ROOM);
  private room = FIRST_ROOM;
  private kept = 0;
  private total = 0;
  private high = 0x6a09e667 | 0;
  private low = 0xbb67ae85 | 0;
  private readonly checkpoints: number[] = [];
  private kindHashes = new Int32Array(0);
  private kindsHashed = 0;
  private sim: Simulation | undefined = undefined;
  private readonly interval: Duration;
  private intervalEnd: Time;
  /** Events of the interval in progress by kind; those of the intervals before it. */
  private counting = new Uint32Array(0);
  private readonly counted: Uint32Array[] = [];

  private readonly intervalEnded: (time: Time) => void;

  /**
   * `from`, `to`: only events of this window are kept, while all are hashed and counted by `interval`. `intervalEnded` is called
   * before the first event of a later one.
   */
  constructor(interval: Duration, from: Time, to: Time, intervalEnded: (time: Time) => void = () => {}) {
    this.intervalEnded = intervalEnded;
    this.interval = interval;
    this.intervalEnd = interval;
    this.from = from;
    this.to = to;
  }

  /** Tells it the simulation whose events it hears, for the names of their kinds. */
  observe(sim: Simulation): void {
    this.sim = sim;
  }

  event(rows: Float64Array, from: number): void {
    const time = this.sim!.now;
    const kind = rows[from + KIND];
    if (kind >= this.kindsHashed) this.meetKinds();
    if (time >= this.intervalEnd) this.closeIntervals(time);
    this.counting[kind]++;
    let high = Math.imul(this.high ^ (time | 0), 0x9e3779b1);
    high ^= high >>> 15;
    let low = Math.imul((this.low ^ (time * HIGH_WORD)) + this.kindHashes[kind], 0x85ebca77) ^ rows[from + ID];
    low ^= low >>> 13;
    this.high = (high + low) | 0;
    this.low = Math.imul(low, 0xc2b2ae3d) ^ high;
    if (++this.total % CHECKPOINT_EVERY === 0) this.checkpoints.push(this.high >>> 0, this.low >>> 0);
    if (this.kept >= EVENTS_KEPT_MAX || time < this.from || time >= this.to || rows[from + ID] > NUMBER_MAX) return;
    if (this.kept === this.room) this.makeRoom();
    const place = this.kept++;
    this.times[place] = time;
    this.ids[place] = rows[from + ID];
    this.causes[place] = rows[from + CAUSE];
    this.kinds[place] = kind;
    this.subjects[place] = rows[from + SUBJECT];
  }

  /** The hash over every event so far, two words. */
  get hash(): readonly [number, number] {
    return [this.high >>> 0, this.low >>> 0];
  }

  /** Events of a kind, a row an interval, as long as the axis has. */
  countsOf(kind: number, intervals: number): Float64Array {
    const counts = new Float64Array(intervals);
    const { counted } = this;
    for (let interval = 0; interval < counted.length; interval++) counts[interval] = counted[interval][kind] ?? 0;
    counts[counted.length] = this.counting[kind] ?? 0;
    return counts;
  }

  finish(): RecordedEvents {
    const { kept } = this;
    return {
      total: this.total,
      kept,
      ...this.window(),
      times: this.times.subarray(0, kept),
      ids: this.ids.subarray(0, kept),
      causes: this.causes.subarray(0, kept),
      kinds: this.kinds.subarray(0, kept),
      subjects: this.subjects.subarray(0, kept),
      kindNames: [...this.sim!.eventKinds],
      checkpointEvery: CHECKPOINT_EVERY,
      checkpoints: Uint32Array.from(this.checkpoints),
    };
  }

  private window(): Pick<RecordedEvents, 'window'> {
    const { from, to, kept } = this;
    if (from === 0 && to === Infinity) return {};
    return { window: { from, until: kept < EVENTS_KEPT_MAX ? to : this.times[kept - 1] } };
  }

  /** Columns for all that are kept, at once: lengths in between would be copied and thrown away one after the other. */
  private makeRoom(): void {
    this.room = EVENTS_KEPT_MAX;
    this.times = longer(this.times, new Float64Array(this.room));
    this.ids = longer(this.ids, new Uint32Array(this.room));
    this.causes = longer(this.causes, new Uint32Array(this.room));
    this.kinds = longer(this.kinds, new Uint16Array(this.room));
    this.subjects = longer(this.subjects, new Float64Array(this.room));
  }

  private closeIntervals(time: Time): void {
    for (; time >= this.intervalEnd; this.intervalEnd += this.interval) {
      this.counted.push(this.counting);
      this.counting = new Uint32Array(this.kindsHashed);
      this.intervalEnded(this.intervalEnd);
    }
  }

  /** Hashes by name, because numbers depend on the order in which components were made. FNV-1a (Fowler, Noll, Vo). */
  private meetKinds(): void {
    const names = this.sim!.eventKinds;
    const counting = new Uint32Array(names.length);
    counting.set(this.counting);
    this.counting = counting;
    this.kindHashes = Int32Array.from(names, (name) => {
      let hash = 0x811c9dc5;
      for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
      return hash;
    });
    this.kindsHashed = names.length;
  }
}

function longer<Column extends Float64Array | Uint32Array | Uint16Array>(column: Column, into: Column): Column {
  into.set(column);
  return into;
}
