/**
 * The level from which on a logger writes: one for all, and lower ones for a while, for everybody or for one user, as a team
 * sets them when something is wrong (Logback's `DynamicThresholdFilter` by a value of the context:
 * https://logback.qos.ch/manual/filters.html#TurboFilter). Set at run time; nothing is restarted.
 */
import type { Time } from '../../kernel/time.ts';
import { SEVERITIES, type Severity } from '../signals/telemetry.ts';

interface Raise {
  readonly level: Severity;
  readonly until: Time;
  /** Whom it is for; all without it. */
  readonly user: string | undefined;
}

export class LogLevels {
  readonly base: Severity;
  /** Those that may still be in force. */
  private raises: Raise[] = [];

  constructor(base: Severity) {
    this.base = base;
  }

  /** From now until then what is at least of this level is written as well, of one user or of all. */
  raise(level: Severity, until: Time, user?: string): void {
    this.raises.push({ level, until, user });
  }

  /** Whether something of this severity that is done for a user (for nobody known: '') is written now. */
  isEnabled(severity: Severity, now: Time, user = ''): boolean {
    if (SEVERITIES[severity] >= SEVERITIES[this.base]) return true;
    if (this.raises.length === 0) return false;
    this.raises = this.raises.filter(({ until }) => now < until);
    return this.raises.some(
      (raise) => SEVERITIES[severity] >= SEVERITIES[raise.level] && (raise.user === undefined || raise.user === user),
    );
  }
}
