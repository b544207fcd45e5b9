/**
 * A run as telemetry. Where instruments are a part of what was run, its spans, log records and metrics are those that arrived where the
 * team looks, less what was not sampled or was lost. Of other runs they are the experimenter's: what components would have written down
 * with instruments that cost nothing and lose nothing. Each resource says whose it is (`brownout.observer`). The experimenter's signals
 * are among the metrics of either, since rules and dashboards ask for them. What is asked for is worked out once.
 */
import type { LogRecord, MetricData, SpanData } from '../../observability/signals/telemetry.ts';
import type { Recording } from '../recording.ts';
import type { Scenario } from '../scenario.ts';
import { requestTrace, type RequestTrace } from '../traces/request-trace.ts';
import { definitionsOf } from '../trial.ts';
import { chosenRequests, type ChosenRequests } from './chosen-requests.ts';
import { withDeadEnds } from './dead-ends.ts';
import { exemplarsOf } from './exemplars.ts';
import { instrumentTelemetry } from './instrument-telemetry.ts';
import { Resources } from './resources.ts';
import { runLogs } from './run-logs.ts';
import { runMetrics } from './run-metrics.ts';
import { TraceIds } from './trace-ids.ts';
import { exportTrace, type ExportedTrace } from './trace-spans.ts';

export class ExportedRun {
  readonly recording: Recording;
  /** What was run. */
  readonly scenario: Scenario;
  readonly resources: Resources;
  /** Which requests are exported one by one. */
  readonly chosen: ChosenRequests;
  private readonly ids: TraceIds;
  private asRecorded: readonly RequestTrace[] | undefined = undefined;
  private asExported: readonly ExportedTrace[] | undefined = undefined;
  private asMetrics: readonly MetricData[] | undefined = undefined;
  private asSpans: readonly SpanData[] | undefined = undefined;
  private asLogs: readonly LogRecord[] | undefined = undefined;

  constructor(recording: Recording, scenario: Scenario) {
    this.recording = recording;
    this.scenario = scenario;
    this.resources = new Resources(recording);
    this.chosen = chosenRequests(recording);
    this.ids = new TraceIds(recording.header.digest);
  }

  /** The requests' traces as the page shows them. */
  get requests(): readonly RequestTrace[] {
    return (this.asRecorded ??= this.chosen.requests.flatMap((request) => requestTrace(this.recording, request) ?? []));
  }

  /** The same as the experimenter's spans. */
  get traces(): readonly ExportedTrace[] {
    return (this.asExported ??= this.requests.map((trace) =>
      exportTrace(this.recording, trace, this.resources, this.ids),
    ));
  }

  get spans(): readonly SpanData[] {
    return (this.asSpans ??=
      instrumentTelemetry(this.recording, 'traces', this.resources.common) ??
      this.traces.flatMap(({ spans }) => spans));
  }

  get metrics(): readonly MetricData[] {
    if (this.asMetrics === undefined) {
      const { variant, seed, params } = this.recording.header;
      const definitions = definitionsOf(this.scenario, { variant, seed, params });
      // A signal's exemplar leads to a trace that is exported. An instrument's is as that kept it, and says so if its trace is not.
      const traces = this.recording.telemetry?.traces === undefined ? this.traces : [];
      const exemplars = exemplarsOf(this.recording.facts, definitions, traces);
      const own = withDeadEnds(
        instrumentTelemetry(this.recording, 'metrics', this.resources.common) ?? [],
        () => new Set(this.spans.map(({ context }) => context.traceId)),
      );
      this.asMetrics = [...own, ...runMetrics(this.recording, exemplars, this.resources.run)];
    }
    return this.asMetrics;
  }

  get logs(): readonly LogRecord[] {
    return (this.asLogs ??=
      instrumentTelemetry(this.recording, 'logs', this.resources.common)?.toSorted((a, b) => a.time - b.time) ??
      runLogs(this.recording, this.chosen, this.traces, this.resources));
  }
}
