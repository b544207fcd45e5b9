/** `run --health` for the eye: a line a check; of several seeds, how often each check came out how. */
import type { HealthCheck, HealthStatus } from '../../../sim-core/index.ts';
import type { RunResult } from './report.ts';
import { columns, type Style } from './style.ts';

const MARKS: Readonly<Record<HealthStatus, (style: Style) => string>> = {
  good: (style) => style.good('✓'),
  doubt: () => '?',
  bad: (style) => style.bad('✗'),
  untold: (style) => style.faint('–'),
};

/** The lines of a variant's runs; none if nothing was asked for. */
export function healthLines(runs: readonly RunResult[], style: Style): string[] {
  const [first] = runs;
  if (first?.health === undefined) return [];
  if (runs.length === 1) {
    const cells = columns(first.health.map(({ name, text }) => [name, text]));
    return [
      style.faint('    health'),
      ...first.health.map(({ status }, i) => `    ${MARKS[status](style)} ${cells[i]}`),
    ];
  }
  const seeds = runs.map(({ seed, health }) => ({ seed, health: health ?? [] }));
  const cells = columns(first.health.map(({ name }, place) => [name, outcomes(seeds, place)]));
  const worst = first.health.map((_, place) => worstOf(seeds.map(({ health }) => health[place])));
  return [style.faint('    health'), ...worst.map((status, i) => `    ${MARKS[status](style)} ${cells[i]}`)];
}

interface SeedHealth {
  readonly seed: number | string;
  readonly health: readonly HealthCheck[];
}

/** Worst first. */
const ORDER: readonly HealthStatus[] = ['bad', 'doubt', 'untold', 'good'];

const worstOf = (checks: readonly HealthCheck[]): HealthStatus =>
  ORDER.find((status) => checks.some((check) => check.status === status)) ?? 'untold';

function outcomes(runs: readonly SeedHealth[], place: number): string {
  const found = ORDER.flatMap((status) => {
    const seeds = runs.filter(({ health }) => health[place].status === status).map(({ seed }) => seed);
    if (seeds.length === 0) return [];
    return status === 'good' || seeds.length === runs.length
      ? [`${status} with ${seeds.length} of ${runs.length} seeds`]
      : [`${status} with ${seeds.join(', ')}`];
  });
  return found.join('; ');
}
