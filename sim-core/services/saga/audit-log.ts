/**
 * The audit log of an orchestrator: every answer that it had, one entry behind the other, none of which is changed or taken away.
 * An entry is written with the row of the saga (`saga-log.ts`), by one transaction, so that no saga has moved without one. It
 * outlives every process, and is kept apart from what participants keep: it says what was said, their books what they have.
 *
 * Does not model that old entries are archived: it grows as long as the run lasts.
 */
import type { Time } from '../../kernel/time.ts';
import type { CommandKind, Saga } from './definition.ts';
import type { Outcome } from './progress.ts';

export interface AuditEntry {
  readonly saga: Saga;
  readonly step: number;
  readonly command: CommandKind;
  /** The idempotency key by which the participant keeps it. */
  readonly key: number;
  readonly answer: Outcome;
  readonly at: Time;
}

export class AuditLog {
  private readonly entries: AuditEntry[] = [];

  append(entry: AuditEntry): void {
    this.entries.push(entry);
  }

  /** The entries from a place on, in the order in which they were written. */
  from(place: number): readonly AuditEntry[] {
    return this.entries.slice(place);
  }

  get length(): number {
    return this.entries.length;
  }
}
