/**
 * What is claimed of the telemetry pipeline, worked out from the parameters and not from a run:
 * what stores reject or have no room for, and how full they are before.
 */
import { STREAM_LIMIT, minutes, toSeconds } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';
import { BLOCK, EXPORT_EVERY, SCRAPE_EVERY, SDK_QUEUE, SERVICES, SPAN_BYTES, megabytes } from './stack.ts';
import { deploysOf } from './trouble.ts';
import {
  SHARDS,
  TTL,
  all,
  collectorHolds,
  end,
  exportEvery,
  fleet,
  generation,
  items,
  keepsUp,
  limit,
  logBatch,
  logBytes,
  sdkHolds,
  soft,
} from './volumes.ts';

const room = (p: Values): number => p.shards * p.seriesMax;
/** The head is not truncated before so long, and old series stay. */
const HEAD_COVERS = minutes(180);
/** A scrape of every instance, what it waits for to be sent, and its way. */
const seen = toSeconds(SCRAPE_EVERY) + 5 + 1;

/** When the first deploy comes after which there are so many series that something holds of them; undefined if none does. */
function deployAt(p: Values, holds: (series: number) => boolean): number | undefined {
  const deploys = deploysOf(p);
  const first = deploys.findIndex((_, i) => holds((i + 2) * generation(p)));
  return first < 0 || p.length > HEAD_COVERS ? undefined : toSeconds(deploys[first]);
}

/** Each scrape of instances whose series found no room is lost: of the first generation for which there is not enough, a part. */
export const churnLost = limit((p) => {
  const deploys = deploysOf(p).map(toSeconds);
  if (p.length > HEAD_COVERS) return 0;
  let lost = 0;
  deploys.forEach((at, i) => {
    const missing = Math.min(generation(p), Math.max(0, (i + 2) * generation(p) - room(p)));
    const until = Math.min(deploys[i + 1] ?? Infinity, end(p) - seen);
    lost += missing * Math.max(0, Math.floor((until - at) / toSeconds(SCRAPE_EVERY)) - 1);
  });
  return lost;
});

/** Series are at the alert after one deploy, and at their limit after a later one, which is the first loss if collectors keep up. */
export const churnLead = limit((p) => {
  if (!keepsUp(p, items(p))) return 0;
  const warned = deployAt(p, (series) => series >= p.fullAlert * room(p));
  const lost = deployAt(p, (series) => series > room(p));
  return warned === undefined || lost === undefined ? 0 : Math.max(0, lost - warned - seen);
});

export const churnNoneLost = limit((p) => {
  const shards = p.shards === 1 ? SHARDS : p.shards;
  return generation(p) * (1 + deploysOf(p).length) <= room({ ...p, shards }) ? 0 : generation(p) * end(p);
});
/** No more than there is room for. */
export const seriesMost = limit(room);

const isOneStream = (p: Values): boolean => p.partitioning !== 'time-and-label';
const streams = (p: Values): number => (isOneStream(p) ? 1 : SERVICES.length);

/** What is more than one stream takes, less all that may be held. */
export const logsLost = limit((p) => {
  const { perSecond, burst } = STREAM_LIMIT;
  const tooMany = logBytes(p) * end(p) - streams(p) * (perSecond * end(p) + burst);
  return Math.max(0, tooMany / p.logSize - collectorHolds(p, p.logSize) - sdkHolds(p));
});

/** With a stream for each service. */
const isTakenByStreams = (p: Values): boolean => {
  const { perSecond, burst } = STREAM_LIMIT;
  return logBytes(p) < 0.9 * perSecond * SERVICES.length && fleet(p) * logBatch(p) < burst * SERVICES.length;
};
export const logsNoneLost = limit((p) => (isTakenByStreams(p) && keepsUp(p, items(p)) ? 0 : all(p)));

const spanBytes = (p: Values): number => p.spanRate * SPAN_BYTES;
const fullAt = (p: Values): number => megabytes(p.disk) / spanBytes(p);
const isForEver = (p: Values): boolean => p.traceTtl >= p.length && p.trouble === 'none';

/** What comes after the disk is full, less all that may be held. */
export const tracesLost = limit((p) =>
  isForEver(p) ? Math.max(0, (end(p) - fullAt(p)) * p.spanRate - collectorHolds(p, SPAN_BYTES) - sdkHolds(p)) : 0,
);

/** Once the spans that nobody takes have filled the memory, collectors refuse logs as well. */
export const logsTakenAlong = limit((p) => {
  const filled = (p.collectors * soft(p)) / spanBytes(p);
  // An SDK's queue is full by then, or five attempts are over.
  const given = (SDK_QUEUE * fleet(p)) / p.logRate + 60;
  return isForEver(p) && !p.isPersistent && fullAt(p) + filled + given < end(p) ? 1 : 0;
});

/** The disk is at the alert first, if collectors keep up and so lose nothing before. */
export const diskLead = limit((p) => {
  if (!keepsUp(p, items(p))) return 0;
  const under = exportEvery + 2;
  return isForEver(p) && fullAt(p) < end(p) ? Math.max(0, (1 - p.fullAlert) * fullAt(p) - under) : 0;
});

/** With a TTL there is what came in it, a block more at most and what was under way. */
const tracesKept = (p: Values): number => {
  const ttl = p.traceTtl >= p.length ? TTL : p.traceTtl;
  return spanBytes(p) * toSeconds(ttl + BLOCK + 2 * EXPORT_EVERY);
};
export const tracesMost = limit((p) => Math.min(megabytes(p.disk), tracesKept(p)));
export const tracesNoneLost = limit((p) => (tracesKept(p) < megabytes(p.disk) && keepsUp(p, items(p)) ? 0 : all(p)));
