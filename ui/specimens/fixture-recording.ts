/**
 * A small recording with every kind of signal, made by hand: 40 rows of 100 ms, two copies of a service between a
 * client, a cache and a database. Values are simple functions of the row, so that a test can say what it expects.
 */
import type { RecordedComponent, RecordedSignal, Recording } from '../../sim-core/index.ts';

export const ROWS = 40;
export const INTERVAL = 1e8;

const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, row) => of(row));

function component(
  name: string,
  kind: RecordedComponent['kind'],
  calls: readonly string[],
  state: RecordedComponent['state'] = {},
): RecordedComponent {
  return { name, kind, calls, state, help: `The ${name}`, interventions: [] };
}

/** A latency signal: every row holds ten requests of about 1 ms, odd rows one of about 100 ms besides. */
function latency(): RecordedSignal {
  const bounds = Float64Array.of(0, 0.001, 0.01, 0.1, 1);
  const counts = new Uint32Array(ROWS * bounds.length);
  for (let row = 0; row < ROWS; row++) {
    counts[row * bounds.length + 1] = 10;
    counts[row * bounds.length + 3] = row % 2;
  }
  return {
    name: 'http.client.request.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time to the answer: what a user feels',
    columns: {
      count: column((row) => 10 + (row % 2)),
      mean: column(() => 0.002),
      p50: column(() => 0.001),
      p95: column((row) => (row < 3 ? NaN : 0.001)),
      p99: column((row) => (row < 10 ? NaN : 0.1)),
      max: column((row) => (row % 2 ? 0.2 : 0.0015)),
    },
    heat: { buckets: bounds.length, bounds, counts },
    summary: { count: 420, mean: 0.002, p50: 0.001, p90: 0.001, p95: 0.001, p99: 0.1, p999: 0.2, max: 0.2 },
  };
}

export const SIGNALS: readonly RecordedSignal[] = [
  {
    name: 'cache.hit_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of lookups that hit',
    // Rows 5 to 7 have too few lookups to tell.
    columns: { mean: column(() => 0.9), samples: column((row) => (row >= 5 && row < 8 ? 19 : 20)) },
    summary: { mean: 0.9, min: 0.9, max: 0.9 },
  },
  {
    name: 'db.client.connection.count',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Connections in use',
    columns: { mean: column((row) => row / 2), max: column((row) => row), last: column((row) => row) },
    summary: { mean: 9.75, max: 39 },
  },
  {
    name: 'db.client.connection.pending_requests',
    kind: 'gauge',
    unit: '{request}',
    help: 'Queries waiting for a connection',
    columns: { mean: column(() => 1), max: column((row) => (row === 20 ? 8 : 1)), last: column(() => 1) },
    summary: { mean: 1, max: 8 },
  },
  {
    name: 'http.client.request.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Requests sent',
    columns: { mean: column((row) => 100 + row) },
    summary: { mean: 119.5, max: 139 },
  },
  {
    name: 'cache.evictions',
    kind: 'counter',
    unit: '{entry}',
    help: 'Entries evicted',
    columns: { count: column((row) => (row === 7 ? 50 : 0)) },
    summary: { total: 50 },
  },
  {
    name: 'http.client.request.error_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of requests that failed',
    columns: { mean: column((row) => (row === 12 ? 0.03 : 0)), samples: column(() => 100) },
    summary: { mean: 0.001, min: 0, max: 0.03 },
  },
  latency(),
];

export const COMPONENTS: readonly RecordedComponent[] = [
  component('database', 'database', [], { connections: 50 }),
  component('cache', 'cache', []),
  component('app-1', 'service', ['cache', 'database']),
  component('app-2', 'service', ['cache', 'database']),
  component('users', 'client', ['app-1', 'app-2']),
];

export function fixtureRecording(): Recording {
  const flow = (from: string, to: string, perRow: number): Recording['flows'][number] => ({
    from,
    to,
    requests: column(() => perRow),
    replies: column(() => perRow),
    requestKind: 0,
    replyKind: 1,
  });
  return {
    header: {
      format: 1,
      engine: '0.0.0',
      scenario: 'fixture',
      definition: '',
      variant: 'none',
      seed: 1,
      params: {},
      interventions: [{ at: 2e9, action: 'slow', target: 'database' }],
      duration: ROWS * INTERVAL,
      warmUp: 5 * INTERVAL,
      interval: INTERVAL,
      digest: 'sha256:0',
    },
    components: COMPONENTS,
    signals: SIGNALS,
    events: {
      total: 6,
      kept: 5,
      times: Float64Array.of(0, 10, 10, 30, 40, 0, 0),
      ids: Uint32Array.of(1, 4, 2, 7, 5, 0, 0),
      causes: Uint32Array.of(0, 1, 1, 4, 2, 0, 0),
      kinds: Uint16Array.of(0, 1, 1, 0, 1, 0, 0),
      subjects: Float64Array.of(-1, 0, 0, 1, 0, 0, 0),
      kindNames: ['arrival', 'reply'],
      checkpointEvery: 65_536,
      checkpoints: new Uint32Array(0),
    },
    facts: {
      tables: [
        {
          kind: 'cache.lookup',
          help: 'A lookup',
          schema: { instance: 'text', hit: 'flag', took: 'duration', key: 'key' },
          rows: 3,
          times: Float64Array.of(10, 20, 30),
          events: Float64Array.of(4, 4, 7),
          columns: {
            instance: Float64Array.of(0, 1, 0),
            hit: Float64Array.of(1, 0, 1),
            took: Float64Array.of(1_500_000, 2_000_000, 0),
            key: Float64Array.of(0, 17, 3),
          },
        },
      ],
      texts: ['app-1', 'app-2'],
      sampledOneIn: 1,
      told: { 'cache.lookup': 3 },
    },
    flows: [
      flow('users', 'app-1', 10),
      flow('users', 'app-2', 20),
      flow('app-1', 'cache', 10),
      flow('app-2', 'cache', 20),
      flow('app-1', 'database', 1),
      flow('app-2', 'database', 2),
    ],
    expectations: [
      {
        text: 'peak of db.client.connection.count is at most 40',
        pass: true,
        actual: 39,
        limit: 40,
        unit: '{connection}',
      },
    ],
    simulated: ROWS * INTERVAL,
  };
}
