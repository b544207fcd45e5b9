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
  readonly byteMissRatio?: number;
  readonly requestsPerSecond: number;
}

const rowsOf = ({ caches }: ReplayOutcome): Row[] =>
  caches.map(({ policyName, size, requests, hits, bytes, seconds }) => ({
    policy: policyName,
    size,
    requests,
    hits,
    missRatio: (requests - hits) / Math.max(requests, 1),
    ...(bytes && { byteMissRatio: (bytes.asked - bytes.hit) / Math.max(bytes.asked, 1) }),
    requestsPerSecond: Math.round(requests / Math.max(seconds, 1e-6)),
  }));

function json(outcome: ReplayOutcome): string {
  const { requests, objects, bytes } = outcome;
  const trace = { requests, objects, ...(bytes !== undefined && { bytes }) };
  return `${JSON.stringify({ trace, results: rowsOf(outcome) })}\n`;
}

function csv(outcome: ReplayOutcome): string {
  const lines = rowsOf(outcome).map((row) => Object.values(row).join(','));
  const ofBytes = outcome.bytes === undefined ? '' : 'byte_miss_ratio,';
  return [`policy,size,requests,hits,miss_ratio,${ofBytes}requests_per_second`, ...lines, ''].join('\n');
}

function table(outcome: ReplayOutcome): string {
  const [inBytes, ofBytes] = outcome.bytes === undefined ? ['', []] : [', bytes', ['of bytes']];
  const cells = [
    ['policy', `size${inBytes}`, 'requests', 'hits', 'miss ratio', ...ofBytes, 'requests/s'],
    ...rowsOf(outcome).map(({ policy, size, requests, hits, missRatio, byteMissRatio, requestsPerSecond }) => [
      policy,
      ...[size, requests, hits].map(withThousands),
      missRatio.toFixed(6),
      ...(byteMissRatio === undefined ? [] : [byteMissRatio.toFixed(6)]),
      withThousands(requestsPerSecond),
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
  return `${cells.map(line).join('\n')}\n`;
}
