/** How large a batch may be, and what is learned for the next one of how the last one went. */
import type { Duration } from '../../kernel/time.ts';

/** A batch that is done, or has failed. */
export interface DoneBatch {
  readonly items: number;
  /** Whether it was as large as it might be. */
  readonly isFull: boolean;
  readonly isOk: boolean;
  /** From its beginning to its end. */
  readonly took: Duration;
  /** From the arrival of its oldest request to its end: what that one felt, its wait for earlier batches included. */
  readonly oldest: Duration;
}

export interface BatchLimit {
  /** An integer of at least 1; whoever sets it has it begin anew from there, or from the most that it may be. */
  size: number;
  done(batch: DoneBatch): void;
}

export interface BatchLimitOptions {
  /** To begin with. */
  readonly initial: number;
  /** Where the size is found it is no more than this. */
  readonly max: number;
  /** A batch, or a request, that takes longer is a spike. */
  readonly target: Duration;
  /** What is left of the limit after a spike: a share below 1. */
  readonly backOff: number;
}

/** The limit after a spike: multiplicative decrease. */
export const shrunk = (size: number, { backOff }: BatchLimitOptions): number => Math.max(1, Math.floor(size * backOff));
