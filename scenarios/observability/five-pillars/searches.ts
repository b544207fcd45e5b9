/** What is looked for in traces, logs, profiles and changes. */
import {
  ms,
  type ChangeEvent,
  type Duration,
  type LogStore,
  type ProfileStore,
  type SpanData,
  type Time,
  type TraceIndex,
} from '../../../sim-core/index.ts';
import { COMPLETED } from './shop.ts';

export interface SlowRequest {
  readonly user: string;
  readonly tenant: string;
  /** Of its trace, if it was found there. */
  readonly root?: SpanData;
}

/** Traces that began after a time and took too long. */
export function slowRequests(traces: TraceIndex, from: Time, target: Duration): readonly SlowRequest[] {
  const slow: SlowRequest[] = [];
  for (const id of traces.traceIds()) {
    const root = traces.spansOf(id).find(({ parentSpanId }) => parentSpanId === '');
    if (root === undefined || root.start < from || root.end - root.start <= target) continue;
    const { 'user.id': user, 'tenant.id': tenant } = root.attributes;
    slow.push({ user: String(user), tenant: String(tenant), root });
  }
  return slow;
}

/** Lines of the gateway in that time that tell of a request that took too long. */
export function slowRequestsByLogs(logs: LogStore, from: Time, to: Time, target: Duration): readonly SlowRequest[] {
  const named = `"event":"${COMPLETED.event}"`;
  const { records } = logs.query({
    labels: { service: 'gateway' },
    from,
    to,
    matches: ({ body, attributes }) => body.includes(named) && Number(attributes['duration_ms']) * ms(1) > target,
  });
  return records.map(({ attributes }) => ({
    user: String(attributes['user.id']),
    tenant: String(attributes['tenant.id']),
  }));
}

/** The service that itself takes most of the time of slow traces: of each span what its children do not take. */
export function slowHop(traces: TraceIndex, slow: readonly SlowRequest[]): string | undefined {
  const taken = new Map<string, Duration>();
  for (const { root } of slow) {
    if (root === undefined) continue;
    const tree = traces.treeOf(root.context.traceId);
    for (const span of traces.spansOf(root.context.traceId)) {
      const below = tree.children(span).reduce((sum, { start, end }) => sum + end - start, 0);
      const service = span.resource['service.name'];
      taken.set(service, (taken.get(service) ?? 0) + span.end - span.start - below);
    }
  }
  return largest(taken);
}

/** The function that takes by how much most more processor time than before. */
export function burningCode(profiles: ProfileStore, since: Time, now: Time): string | undefined {
  const before = profiles.selfTime(0, since);
  const more = Array.from(profiles.selfTime(since, now), ([name, share]): [string, number] => [
    name.slice(name.indexOf(' ') + 1),
    share - (before.get(name) ?? 0),
  ]);
  return largest(new Map(more));
}

/** The change nearest to a time, of a service if that is known. */
export function nearestChange(
  changes: readonly ChangeEvent[],
  time: Time,
  service: string | undefined,
): ChangeEvent | undefined {
  const far = (change: ChangeEvent): Duration => Math.abs(change.time - time);
  return changes
    .filter((change) => service === undefined || change.service === service)
    .reduce<ChangeEvent | undefined>(
      (nearest, one) => (nearest === undefined || far(one) < far(nearest) ? one : nearest),
      undefined,
    );
}

function largest(values: ReadonlyMap<string, number>): string | undefined {
  let [name, most]: [string | undefined, number] = [undefined, 0];
  for (const [one, value] of values) if (value > most) [name, most] = [one, value];
  return name;
}
