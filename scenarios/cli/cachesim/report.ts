/** What `cachesim` prints: a table for the eye, one JSON document, or CSV. */
import { withThousands } from '../../../sim-core/index.ts';
import type { ReplayOutcome } from './replay.ts';

export type ReportFormat = (outcome: ReplayOutcome) => string;

export const reportFormats: Readonly<Record<string, ReportFormat>> = { table, json, csv };

interface Row {
  readonly policy: string;
  readonly size: number;
  readonly requests: number;
  readonly hits: number;
  readonly missRatio: number;
  readonly requestsPerSecond: number;
}

const rowsOf = ({ caches }: ReplayOutcome): Row[] =>
  caches.map(({ policyName, size, requests, hits, seconds }) => ({
    policy: policyName,
    size,
    requests,
    hits,
    missRatio: (requests - hits) / Math.max(requests, 1),
    requestsPerSecond: Math.round(requests / Math.max(seconds, 1e-6)),
  }));

function json(outcome: ReplayOutcome): string {
  const trace = { requests: outcome.requests, objects: outcome.objects };
  return `${JSON.stringify({ trace, results: rowsOf(outcome) })}\n`;
}

function csv(outcome: ReplayOutcome): string {
  const lines = rowsOf(outcome).map((row) => Object.values(row).join(','));
  return ['policy,size,requests,hits,miss_ratio,requests_per_second', ...lines, ''].join('\n');
}

function table(outcome: ReplayOutcome): string {
  const cells = [
    ['policy', 'size', 'requests', 'hits', 'miss ratio', 'requests/s'],
    ...rowsOf(outcome).map(({ policy, size, requests, hits, missRatio, requestsPerSecond }) => [
      policy,
      ...[size, requests, hits].map(withThousands),
      missRatio.toFixed(6),
      withThousands(requestsPerSecond),
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
  return `${cells.map(line).join('\n')}\n`;
}
