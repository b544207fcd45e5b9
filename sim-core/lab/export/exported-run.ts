/**
 * A run as telemetry: the traces, logs and metrics that its components would have written down with instruments that cost
 * nothing and lose nothing. What is asked for is worked out once, whatever is made of it.
 */
import type { LogRecord, MetricData, SpanData } from '../../observability/signals/telemetry.ts';
import type { Recording } from '../recording.ts';
import type { Scenario } from '../scenario.ts';
import { requestTrace, type RequestTrace } from '../traces/request-trace.ts';
import { definitionsOf } from '../trial.ts';
import { chosenRequests, type ChosenRequests } from './chosen-requests.ts';
import { exemplarsOf } from './exemplars.ts';
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

  get traces(): readonly ExportedTrace[] {
    return (this.asExported ??= this.requests.map((trace) =>
      exportTrace(this.recording, trace, this.resources, this.ids),
    ));
  }

  get spans(): SpanData[] {
    return this.traces.flatMap(({ spans }) => spans);
  }

  get metrics(): readonly MetricData[] {
    if (this.asMetrics === undefined) {
      const { variant, seed, params } = this.recording.header;
      const definitions = definitionsOf(this.scenario, { variant, seed, params });
      const exemplars = exemplarsOf(this.recording.facts, definitions, this.traces);
      this.asMetrics = runMetrics(this.recording, exemplars, this.resources.run);
    }
    return this.asMetrics;
  }

  get logs(): readonly LogRecord[] {
    return (this.asLogs ??= runLogs(this.recording, this.chosen, this.traces, this.resources));
  }
}
