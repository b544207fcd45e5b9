/**
 * Silences: from one instant to another alerts with these labels are not told of. Nor is that they are over: whoever was told of
 * one before, and has it open, hears nothing of it while it is silenced, and nothing afterwards if it ended meanwhile
 * (https://github.com/prometheus/alertmanager/issues/226). Matchers are equalities.
 * https://prometheus.io/docs/alerting/latest/alertmanager/#silences, `silence/silence.go` of Alertmanager 0.25.
 */
import type { Time } from '../../kernel/time.ts';
import type { AlertLabels } from './alerting-rule.ts';
import { matches } from './inhibition.ts';

export interface Silence {
  /** Labels that an alert has to have; with none all alerts are silenced. */
  readonly matches: AlertLabels;
  /** From here on, and no longer from there on. */
  readonly startsAt: Time;
  readonly endsAt: Time;
}

/** Whether one of them silences labels now. */
export const isSilenced = (labels: AlertLabels, silences: readonly Silence[], now: Time): boolean =>
  silences.some((silence) => now >= silence.startsAt && now < silence.endsAt && matches(silence.matches, labels));
