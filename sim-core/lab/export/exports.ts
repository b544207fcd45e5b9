/**
 * What a run can be exported as, each a text of its own for tools that know nothing of simulations. A new form is a file beside
 * this one and a line here; the command line and the page offer what is listed.
 */
import { openMetrics } from '../../observability/export/openmetrics.ts';
import { otlpLogs, otlpMetrics, otlpTraces } from '../../observability/export/otlp-json.ts';
import { structuredLine } from '../../observability/logging/log-line.ts';
import type { Recording } from '../recording.ts';
import { ENGINE_VERSION } from '../version.ts';
import { alertRules } from './alert-rules.ts';
import type { ExportedRun } from './exported-run.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';
import { speedscopeProfile } from './profile.ts';
import { htmlReport } from './report/report.ts';
import { traceEvents } from './trace-events.ts';

export interface ExportForm {
  /** What the file's name ends with. */
  readonly suffix: string;
  readonly mediaType: string;
  /** What is in it, and in which form. */
  readonly help: string;
  /** What opens it. */
  readonly opener: string;
  write(run: ExportedRun): string;
}

const SCOPE = { name: 'brownout', version: ENGINE_VERSION };
const JSON_TYPE = 'application/json';

export const exportForms = {
  traces: {
    suffix: 'traces.otlp.json',
    mediaType: JSON_TYPE,
    help: 'Spans that arrived of its instruments, or else the experimenter’s of a sample of the requests, OTLP/JSON',
    opener: 'Jaeger, Tempo, a collector',
    write: (run) => otlpTraces(run.spans, SCOPE),
  },
  metrics: {
    suffix: 'metrics.otlp.json',
    mediaType: JSON_TYPE,
    help: 'Metrics that its instruments had scraped, and all signals with exemplars of exported traces, OTLP/JSON',
    opener: 'a collector',
    write: (run) => otlpMetrics(run.metrics, SCOPE),
  },
  logs: {
    suffix: 'logs.otlp.json',
    mediaType: JSON_TYPE,
    help: 'Log records that arrived of its instruments, or else what components would have logged, OTLP/JSON',
    opener: 'a collector',
    write: (run) => otlpLogs(run.logs, SCOPE),
  },
  'log-lines': {
    suffix: 'log.jsonl',
    mediaType: 'application/jsonl',
    help: 'The same, a line of JSON a record',
    opener: 'Loki, jq',
    write: (run) => run.logs.map((record) => `${structuredLine(record)}\n`).join(''),
  },
  openmetrics: {
    suffix: 'openmetrics.txt',
    mediaType: 'application/openmetrics-text',
    help: 'The same metrics, OpenMetrics 1.0',
    opener: 'promtool tsdb create-blocks-from openmetrics',
    write: (run) => openMetrics(run.metrics),
  },
  perfetto: {
    suffix: 'perfetto.json',
    mediaType: JSON_TYPE,
    help: 'Spans on threads, messages as arrows, signals as counters, Trace Event Format',
    opener: 'ui.perfetto.dev, chrome://tracing',
    write: traceEvents,
  },
  speedscope: {
    suffix: 'speedscope.json',
    mediaType: JSON_TYPE,
    help: 'Where the time of requests went, a profile',
    opener: 'speedscope.app',
    write: speedscopeProfile,
  },
  alerts: {
    suffix: 'rules.yml',
    mediaType: 'application/yaml',
    help: 'Expectations as alerts, rules of Prometheus',
    opener: 'promtool check rules, Prometheus',
    write: alertRules,
  },
  dashboard: {
    suffix: 'grafana.json',
    mediaType: JSON_TYPE,
    help: 'Charts over the exported signals, a dashboard',
    opener: 'Grafana',
    write: grafanaDashboard,
  },
  report: {
    suffix: 'report.html',
    mediaType: 'text/html',
    help: 'Verdict, charts, the slowest request and the input, a page to read and print',
    opener: 'a browser',
    write: htmlReport,
  },
} as const satisfies Readonly<Record<string, ExportForm>>;

export type ExportName = keyof typeof exportForms;

/** What a run's files are called before their suffix. */
export const runFileName = ({ header: { scenario, variant, seed } }: Pick<Recording, 'header'>): string =>
  `${scenario}-${variant}-${seed}`;
