/**
 * The part of a very long run that is looked at: the same run computed again, of whose events others are kept. It is held against
 * the first by its digest, which covers every event, kept or not.
 */
import type { Recording } from '../../sim-core/index.ts';
import { closeUpFrom, isKept } from '../models/close-up.ts';
import type { Engine } from '../worker/engine.ts';
import type { RunRequest } from '../worker/simulator.ts';

export class CloseUp {
  /** Undefined while the events that were kept first are looked at. */
  recording = $state.raw<Recording>();
  /** The share of it that is computed, 0 to 1; undefined while none is. */
  progress = $state<number>();
  failure = $state('');
  readonly #engine: Engine;
  /** Of the look that is wanted; who has been overtaken says nothing. */
  #turn = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Keeps the events around an instant of the run that `whole` is a recording of; true once others are looked at. */
  async look(whole: Recording, request: RunRequest, time: number): Promise<boolean> {
    this.stop();
    if (isKept(whole.events, time)) {
      this.recording = undefined;
      return true;
    }
    const turn = this.#turn;
    this.progress = 0;
    try {
      // Where events come thicker than on average, those before the cursor are too many: then it begins there.
      for (const from of [closeUpFrom(whole, time), time]) {
        const { recording } = await this.#engine.run({ ...request, window: { from, to: Infinity } }, (share) => {
          if (turn === this.#turn) this.progress = share;
        });
        if (turn !== this.#turn) return false;
        if (recording.header.digest !== whole.header.digest) {
          throw new Error(`computed again the run is another one: ${recording.header.digest}`);
        }
        this.recording = recording;
        if (isKept(recording.events, time)) break;
      }
    } catch (error) {
      if (turn === this.#turn) this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      if (turn === this.#turn) this.progress = undefined;
    }
    return turn === this.#turn && this.failure === '';
  }

  /** Gives a look up that is being computed; what was looked at before it stays. */
  stop(): void {
    if (this.progress !== undefined) this.#engine.cancel();
    this.#turn += 1;
    this.progress = undefined;
    this.failure = '';
  }

  /** Goes back to what was kept first. */
  clear(): void {
    this.stop();
    this.recording = undefined;
  }
}
