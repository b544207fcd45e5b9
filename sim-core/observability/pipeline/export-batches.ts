/**
 * Export requests as a pipeline handles them: counted, put together and cut in two. Nothing looks into what they carry, so
 * that whatever is put in comes out: the counts and the bytes of the parts add up to those of the whole.
 */
import type { ExportRequest, TelemetryBundle, TelemetryKind } from './export-request.ts';

/** Spans, log records or data points in it. */
export function countOf({ items, bundles = [] }: ExportRequest): number {
  let count = items.length;
  for (let i = 0; i < bundles.length; i++) count += bundles[i].count;
  return count;
}

/** One request with what is in all of them, which are one at least and of one kind. */
export function merged<Kind extends TelemetryKind>(requests: readonly ExportRequest<Kind>[]): ExportRequest<Kind> {
  if (requests.length === 1) return requests[0];
  return {
    kind: requests[0].kind,
    items: requests.flatMap(({ items }) => items),
    bundles: requests.flatMap(({ bundles = [] }) => bundles),
    bytes: requests.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Two requests of which the first has `count` items: from 1 to one less than there are. */
export function cut<Kind extends TelemetryKind>(
  request: ExportRequest<Kind>,
  count: number,
): [ExportRequest<Kind>, ExportRequest<Kind>] {
  const all = countOf(request);
  if (!(Number.isInteger(count) && count >= 1 && count < all)) {
    throw new RangeError(`cut: count is ${count}; it must be an integer from 1 to ${all - 1}`);
  }
  const { kind, items, bundles = [] } = request;
  const first = items.slice(0, count);
  const [taken, left] = cutBundles(bundles, count - first.length);
  const itemBytes = request.bytes - bytesOf(bundles);
  const firstBytes = items.length === 0 ? 0 : Math.floor((itemBytes * first.length) / items.length);
  return [
    { kind, items: first, bundles: taken, bytes: firstBytes + bytesOf(taken) },
    { kind, items: items.slice(count), bundles: left, bytes: itemBytes - firstBytes + bytesOf(left) },
  ];
}

/** Of what comes beside the items. */
export const bytesOf = (bundles: readonly TelemetryBundle[]): number =>
  bundles.reduce((sum, { bytes }) => sum + bytes, 0);

function cutBundles(bundles: readonly TelemetryBundle[], count: number): [TelemetryBundle[], TelemetryBundle[]] {
  const [taken, left]: [TelemetryBundle[], TelemetryBundle[]] = [[], []];
  let missing = count;
  for (const bundle of bundles) {
    const part = Math.min(missing, bundle.count);
    missing -= part;
    const bytes = Math.floor((bundle.bytes * part) / bundle.count);
    if (part > 0) taken.push({ ...bundle, count: part, bytes });
    if (part < bundle.count) left.push({ ...bundle, count: bundle.count - part, bytes: bundle.bytes - bytes });
  }
  return [taken, left];
}
