/** The names that telemetry may have: OpenTelemetry's, as of the version in the vectors, and this project's own, as `docs/telemetry-names.md` lists them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Conventions {
  readonly attributes: readonly string[];
  readonly superseded: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, { readonly instrument: string; readonly unit: string }>>;
}

const read = (...path: string[]): string => readFileSync(join(import.meta.dirname, ...path), 'utf8');

export const conventions = JSON.parse(read('vectors', 'otel-semantic-conventions.json')) as Conventions;

/** The rows below a heading, each cell's names in backquotes. */
function rowsBelow(heading: string): string[][][] {
  const section = read('..', 'docs', 'telemetry-names.md')
    .split(/^## /m)
    .find((part) => part.startsWith(heading))!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name)),
  );
}

export const ownAttributes = rowsBelow('Attributes').flatMap(([names]) => names);
export const ownMetrics = rowsBelow('Metrics within').map(([[name], [unit]]) => ({ name, unit }));
export const ownNamespaces = rowsBelow('Namespaces').flatMap(([names]) => names);

/** Whether a listed name, with `*` at its end or not, is this one. */
export const isListed = (listed: string, name: string): boolean =>
  listed.endsWith('*') ? name.startsWith(listed.slice(0, -1)) : name === listed;

export interface NamedMetric {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'counter' | 'histogram' | 'gauge' | 'rate' | 'ratio';
}

/** UCUM as the conventions ask for it: base units, `1` for shares, things counted in braces and in the singular. */
const UNIT = /^(1|s|By|\{[a-z_]+\}|[KMG]?By)(\/(s|d))?$/;
const INSTRUMENTS = { counter: 'counter', histogram: 'histogram', gauge: 'updowncounter' } as const;
const SHARED = ['http', 'db', 'messaging', 'rpc', 'process', 'otel', 'system'];

/** What is wrong with a metric's name or unit, in words. */
export function metricProblem({ name, unit, kind }: NamedMetric): string | undefined {
  if (!/^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)*$/.test(name)) return `${name}: no name by the conventions`;
  if (!UNIT.test(unit)) return `${name}: ${unit} is no unit by the conventions`;
  const known = conventions.metrics[name];
  if (known !== undefined) {
    const instrument = INSTRUMENTS[kind as keyof typeof INSTRUMENTS];
    if (known.unit === unit && (known.instrument === instrument || (known.instrument === 'gauge' && kind === 'gauge')))
      return undefined;
    return `${name}: a ${kind} in ${unit}; by the conventions a ${known.instrument} in ${known.unit}`;
  }
  const own = ownMetrics.find((listed) => isListed(listed.name, name));
  if (own !== undefined) return own.unit === unit ? undefined : `${name}: in ${unit}; listed in ${own.unit}`;
  const [namespace] = name.split('.');
  if (SHARED.includes(namespace)) return `${name}: neither in the conventions nor listed`;
  return ownNamespaces.includes(namespace) ? undefined : `${name}: the namespace ${namespace} is not listed`;
}
