/**
 * Adds up the processor time of a run, by whose processors it was and what they were at: by the frames of processes with instruments
 * in them, and for databases and whoever else works queries off as a whole. What was given to do counts, though a crash may have
 * broken it off.
 *
 * Kept for at most so many pairs of both; further ones are added up under a name that says so, beside those of components.
 */
import type { Simulation } from '../kernel/simulation.ts';
import { processorsWorked } from '../kernel/processor-sharing.ts';
import type { Duration } from '../kernel/time.ts';
import { INSTRUMENTS, processWorked } from '../observability/signals/instrumented-process.ts';
import type { RecordedWork } from './recording.ts';

const PAIRS_MAX = 1000;
/** Stands where a component's name stands otherwise. */
const OTHERS = `(all beyond ${PAIRS_MAX} pairs of processors and frame)`;

export class WorkRecorder {
  private readonly times = new Map<string, Map<string, Duration>>();
  private pairs = 0;

  constructor({ facts }: Simulation) {
    facts.channel(processorsWorked).listen(({ processors, demand }) => this.add(processors, '', demand));
    facts.channel(processWorked).listen(({ process, frame, application, instruments }) => {
      if (application > 0) this.add(process, frame, application);
      if (instruments > 0) this.add(process, INSTRUMENTS, instruments);
    });
  }

  /** Whose processors came first, and what they were at first, first. */
  finish(): RecordedWork[] {
    return [...this.times].flatMap(([processors, frames]) =>
      Array.from(frames, ([frame, time]) => ({ processors, frame, time })),
    );
  }

  private add(processors: string, frame: string, time: Duration): void {
    const known = this.times.get(processors);
    if (known?.has(frame)) known.set(frame, known.get(frame)! + time);
    else if (this.pairs < PAIRS_MAX) {
      this.pairs++;
      if (known === undefined) this.times.set(processors, new Map([[frame, time]]));
      else known.set(frame, time);
    } else {
      const others = this.times.get(OTHERS) ?? new Map<string, Duration>();
      this.times.set(OTHERS, others.set('', (others.get('') ?? 0) + time));
    }
  }
}
