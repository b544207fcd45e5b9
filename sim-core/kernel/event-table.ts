/**
 * What the pending events are, beside `event-queue.ts`, which only knows their order: one slot an event holds its
 * callback and argument, and a row of numbers: its number, cause, kind and subject. Slots are reused; a handle names a
 * slot and the event that was in it, so that cancelling an event which has run already is refused and never hits the
 * slot's next tenant.
 *
 * A row's numbers lie side by side, and whoever observes events is shown the row rather than passed its numbers: a
 * double that is passed to a function or kept in a field costs an allocation, and this is done for every event.
 */

/** Names one scheduled event, for `cancel`. */
export type EventHandle = number;

export type EventCallback<Argument> = (argument: Argument) => void;

/** Where the numbers of an event stand in its row: `rows[at + CAUSE]`, with `at` the slot times `ROW`. */
export const ID = 0;
export const CAUSE = 1;
export const KIND = 2;
export const SUBJECT = 3;
export const ROW = 4;

/** Pending events of one simulation at most: 2^24. The handle's low bits hold the slot. */
export const SLOTS_MAX = 16_777_216;
const SLOT_BITS = SLOTS_MAX - 1;
/** The bits of an event's number in a handle: a slot would have to be reused after exactly 2^29 events to be mistaken. */
const NUMBER_BITS = 0x1fffffff;

const CANCELLED: EventCallback<never> = () => {};

export class EventTable {
  callbacks: EventCallback<never>[] = [];
  arguments: unknown[] = [];
  rows = new Float64Array(64 * ROW);
  /** Slots there are: as many as events were ever pending at once. */
  slots = 0;
  private free = new Int32Array(64);
  private freeCount = 0;

  /** Puts an event into a free slot and returns the slot. */
  add<Argument>(
    callback: EventCallback<Argument>,
    argument: Argument,
    id: number,
    cause: number,
    kind: number,
    subject: number,
  ): number {
    const slot = this.freeCount > 0 ? this.free[--this.freeCount] : this.newSlot();
    const { rows } = this;
    const at = slot * ROW;
    this.callbacks[slot] = callback as EventCallback<never>;
    this.arguments[slot] = argument;
    rows[at + ID] = id;
    rows[at + CAUSE] = cause;
    rows[at + KIND] = kind;
    rows[at + SUBJECT] = subject;
    return slot;
  }

  /** Frees a slot and forgets what it referred to. */
  release(slot: number): void {
    this.callbacks[slot] = CANCELLED;
    this.arguments[slot] = undefined;
    this.free[this.freeCount++] = slot;
  }

  handle(slot: number): EventHandle {
    return (this.rows[slot * ROW + ID] & NUMBER_BITS) * SLOTS_MAX + slot;
  }

  /** Marks an event as cancelled and drops its references; false when it has run or been cancelled already. */
  cancel(handle: EventHandle): boolean {
    const slot = handle & SLOT_BITS;
    if (slot >= this.slots || this.callbacks[slot] === CANCELLED) return false;
    if ((this.rows[slot * ROW + ID] & NUMBER_BITS) !== Math.floor(handle / SLOTS_MAX)) return false;
    this.callbacks[slot] = CANCELLED;
    this.arguments[slot] = undefined;
    return true;
  }

  isCancelled(slot: number): boolean {
    return this.callbacks[slot] === CANCELLED;
  }

  private newSlot(): number {
    const slot = this.slots++;
    if (slot >= SLOTS_MAX) throw new RangeError(`more than ${SLOTS_MAX} events are pending; set a smaller load`);
    if (slot >= this.free.length) this.grow();
    return slot;
  }

  private grow(): void {
    const rows = new Float64Array(this.rows.length * 2);
    const free = new Int32Array(this.free.length * 2);
    rows.set(this.rows);
    free.set(this.free);
    this.rows = rows;
    this.free = free;
  }
}
