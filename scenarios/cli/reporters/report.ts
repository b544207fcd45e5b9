/** What `run` found out, as plain data: the reporters turn it into text. */
import {
  chartsOf,
  checklistsOf,
  healthOf,
  methodsOf,
  verdictOfClaims,
  toSeconds,
  type Checklist,
  type CurvePoint,
  type ExpectationResult,
  type HealthCheck,
  type ClaimsVerdict,
  type MethodsRow,
  type ParameterValues,
  type Recording,
  type Scenario,
  type SignalKind,
  type SignalSummary,
} from '../../../sim-core/index.ts';

export interface RunResult {
  readonly variant: string;
  readonly seed: number | string;
  readonly params: ParameterValues;
  readonly digest: string;
  readonly simulatedSeconds: number;
  readonly events: number;
  readonly wallSeconds: number;
  readonly signals: Readonly<Record<string, ReportedSignal>>;
  readonly expectations: readonly ExpectationResult[];
  /** Whether to trust it, and what the handbook's checklists say of its system, where that was asked for. */
  readonly health?: readonly HealthCheck[];
  readonly checklists?: readonly Checklist[];
  /** Likewise: every component by RED and USE. */
  readonly methods?: readonly MethodsRow[];
}

export interface ReportedSignal {
  readonly unit: string;
  readonly kind: SignalKind;
  /** If it is one point of a curve. */
  readonly point?: CurvePoint;
  readonly summary: SignalSummary;
}

/** A run that ended by an error. */
export interface RunFailure {
  readonly variant: string;
  readonly seed: number | string;
  readonly error: string;
}

export interface RunReport {
  readonly scenario: Scenario;
  /** Those that reached their end. */
  readonly runs: readonly RunResult[];
  readonly failures: readonly RunFailure[];
  /** How many were asked for. */
  readonly planned: number;
}

/** `judgesHealth`: also whether the run is to be trusted, and the checklists. */
export function resultOf(recording: Recording, wallSeconds: number, judgesHealth = false): RunResult {
  const { header, signals, events, expectations, simulated } = recording;
  return {
    variant: header.variant,
    seed: header.seed,
    params: header.params,
    digest: header.digest,
    simulatedSeconds: toSeconds(simulated),
    events: events.total,
    wallSeconds,
    signals: Object.fromEntries(
      signals.map(({ name, unit, kind, point, summary }) => [name, { unit, kind, ...(point && { point }), summary }]),
    ),
    expectations,
    ...(judgesHealth && {
      health: healthOf(recording),
      checklists: checklistsOf(recording),
      methods: methodsOf(recording),
    }),
  };
}

/** All runs together; failed also where one that was asked for did not reach its end. */
export const reportVerdict = ({ runs, planned }: RunReport): ClaimsVerdict =>
  runs.length < planned ? 'failed' : verdictOfClaims(runs.flatMap(({ expectations }) => expectations));

/** Whether nothing failed: also where nothing is claimed with the parameters that were asked for, which a report says. */
export const reportPasses = (report: RunReport): boolean => reportVerdict(report) !== 'failed';

/** The runs of each variant, in order. */
export function byVariant(runs: readonly RunResult[]): Map<string, RunResult[]> {
  const groups = new Map<string, RunResult[]>();
  for (const run of runs) {
    const group = groups.get(run.variant);
    if (group === undefined) groups.set(run.variant, [run]);
    else group.push(run);
  }
  return groups;
}

/** The charts of any of these runs, in the order in which the scenario tells of them. */
export const chartedIn = (scenario: Scenario, runs: readonly Pick<RunResult, 'params'>[]): string[] => [
  ...new Set(runs.flatMap(({ params }) => chartsOf(scenario, params))),
];
