/**
 * What a checklist may look at: the part of a recording that says what the system did. A recording of the lab has this
 * shape, and so has what an expectation is given, which holds neither facts nor components.
 */
import type { Duration, Time } from '../../kernel/time.ts';

export interface SeenSignal {
  readonly name: string;
  readonly kind: string;
  /** If somebody has set an objective for it. */
  readonly isIndicator?: boolean;
  /** One row an interval, as a recording has them. */
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly summary: Readonly<Record<string, number>>;
}

export interface SeenComponent {
  readonly name: string;
  readonly kind: string;
  readonly state: Readonly<Record<string, number | string>>;
}

export interface SeenFacts {
  readonly kind: string;
  readonly rows: number;
  readonly times: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

export interface RunEvidence {
  readonly header: { readonly duration: Duration; readonly warmUp: Duration; readonly interval: Duration };
  /** When the run ended, if it was stopped before its time. */
  readonly simulated?: Time;
  readonly signals: readonly SeenSignal[];
  readonly components?: readonly SeenComponent[];
  readonly flows?: readonly { readonly from: string; readonly to: string; readonly requests: Float64Array }[];
  readonly measures?: { readonly traced: readonly string[] };
  readonly facts?: { readonly tables: readonly SeenFacts[]; readonly sampledOneIn: number };
}

export const seen = ({ signals }: RunEvidence, name: string): SeenSignal | undefined =>
  signals.find((signal) => signal.name === name);

/** The first of the signals that the run has, by the name of each. */
export const anySeen = (evidence: RunEvidence, names: readonly string[]): SeenSignal | undefined =>
  names.map((name) => seen(evidence, name)).find((signal) => signal !== undefined);
