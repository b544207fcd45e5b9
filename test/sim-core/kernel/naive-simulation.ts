/**
 * The oracle of the simulation's tests: pending events in an array, sorted anew for each, by (time, number). Beside it
 * programs that a simulation can be made to run, so that the same one runs on both and the logs can be compared.
 */
import fc from 'fast-check';

/** What a program asks of a simulation; the real one is wrapped to it. */
export interface Clock<Handle> {
  readonly now: number;
  readonly pending: number;
  readonly event: number;
  readonly eventsRun: number;
  schedule(delay: number, callback: () => void): Handle;
  cancel(handle: Handle): boolean;
  runUntil(end: number, eventsMax: number): boolean;
  inject(callback: () => void): void;
}

interface NaiveEvent {
  readonly time: number;
  readonly number: number;
  readonly cause: number;
  readonly callback: () => void;
}

export class NaiveSimulation implements Clock<NaiveEvent> {
  now = 0;
  event = 0;
  eventsRun = 0;
  readonly heard: string[] = [];
  private events: NaiveEvent[] = [];
  private scheduled = 0;

  get pending(): number {
    return this.events.length;
  }

  schedule(delay: number, callback: () => void): NaiveEvent {
    const event = { time: this.now + delay, number: ++this.scheduled, cause: this.event, callback };
    this.events.push(event);
    return event;
  }

  cancel(event: NaiveEvent): boolean {
    const before = this.events.length;
    this.events = this.events.filter((other) => other !== event);
    return this.events.length < before;
  }

  runUntil(end: number, eventsMax: number): boolean {
    for (let count = 0; count < eventsMax; count++) {
      this.events.sort((a, b) => a.time - b.time || a.number - b.number);
      const [next] = this.events;
      if (next === undefined || next.time >= end) {
        if (end < Infinity) this.now = Math.max(this.now, end);
        return true;
      }
      this.events.shift();
      this.now = next.time;
      this.run(next);
    }
    return false;
  }

  inject(callback: () => void): void {
    this.run({ time: this.now, number: ++this.scheduled, cause: 0, callback });
  }

  private run(event: NaiveEvent): void {
    this.event = event.number;
    this.eventsRun++;
    this.heard.push(`${event.time} #${event.number} by #${event.cause}`);
    event.callback();
    this.event = 0;
  }
}

type Action = { readonly act: 'schedule'; readonly delay: number } | { readonly act: 'cancel'; readonly back: number };

/** What the k-th event to run does; events after the last entry do nothing, so every program ends. */
export type Program = readonly (readonly Action[])[];

/** Delays with many ties, and now and then of other orders of magnitude. */
const delay = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 1e14 }) },
);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant('schedule' as const), delay }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), back: fc.nat(40) }) },
);
export const program: fc.Arbitrary<Program> = fc.array(fc.array(action, { maxLength: 6 }), {
  minLength: 1,
  maxLength: 120,
  size: 'max',
});

/** Prepares a program on a clock; running the clock runs it. The log says all that the program could see. */
export function load<Handle>(clock: Clock<Handle>, steps: Program): { readonly log: string[]; step(): void } {
  const log: string[] = [];
  const handles: Handle[] = [];
  let ran = 0;
  const step = (): void => {
    for (const action of steps[ran++] ?? []) {
      if (action.act === 'schedule') {
        const number = handles.length;
        handles.push(
          clock.schedule(action.delay, () => {
            log.push(`${clock.now}: ${number} runs as #${clock.event}, ${clock.pending} pending`);
            step();
          }),
        );
      } else if (handles.length > 0) {
        // From the newest back: those pending, running, run and cancelled long ago are all met.
        const place = handles.length - 1 - (action.back % handles.length);
        log.push(`${clock.now}: cancel ${place}: ${clock.cancel(handles[place])}`);
      }
    }
  };
  step();
  return { log, step };
}
