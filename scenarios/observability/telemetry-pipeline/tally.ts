/**
 * Watches the stack of the telemetry pipeline: tells of losses wherever they are, of shares kept, of late answers, and when each of the
 * warnings was first given: the handbook's three indicators of backpressure, and how full stores are.
 */
import {
  collectorDropped,
  collectorQueue,
  collectorRetried,
  requestCompleted,
  s,
  samplesLost,
  samplesRetried,
  samplesSent,
  sdkDropped,
  storeSize,
  storeWritten,
  telemetryEmitted,
  type Simulation,
  type TelemetryKind,
  type Time,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';
import {
  KINDS,
  queryAnswered,
  telemetryKept,
  telemetryLost,
  warningGiven,
  warningLed,
  WARNINGS,
  type Warning,
} from './signals.ts';
import { megabytes, type Stack } from './stack.ts';

/** How often it is looked at what share is kept. */
const LOOK_EVERY = s(10);
/** Answers of which a twentieth may be late. */
const TAIL = 20;

/** Watches a stack: tells of losses, of shares kept, of late answers and of the first of each warning. */
export function watch(sim: Simulation, p: Values, { head }: Stack): void {
  const given = sim.facts.channel(warningGiven);
  const led = sim.facts.channel(warningLed);
  const warned = new Map<string, Time>();
  const warn = (warning: Warning | 'loss'): void => {
    if (warned.has(warning)) return;
    warned.set(warning, sim.now);
    if (given.heard) given.emit({ warning, at: sim.now });
    if (warning !== 'loss' || !led.heard) return;
    for (const one of WARNINGS) led.emit({ warning: one, lead: sim.now - (warned.get(one) ?? sim.now) });
  };
  const begin = (): void => {
    if (given.heard) for (const warning of [...WARNINGS, 'loss']) given.emit({ warning, at: p.length });
  };
  // Who records listens from the start of the run on.
  sim.schedule(0, begin, undefined, sim.eventKind('no warning is given yet'));
  watchLosses(sim, warn);
  watchShares(sim);
  watchQueries(sim, p, warn);
  sim.facts.channel(collectorRetried).listen(() => warn('retries'));
  sim.facts.channel(samplesRetried).listen(() => warn('retries'));
  sim.facts.channel(collectorQueue).listen(({ waiting }) => {
    if (waiting >= p.queueAlert) warn('queue');
  });
  sim.facts.channel(storeSize).listen(({ store, bytes, series }) => {
    if (store === 'metrics' && series >= p.fullAlert * head.seriesMax) warn('series');
    if (store === 'traces' && bytes >= p.fullAlert * megabytes(p.disk)) warn('disk');
  });
}

function watchLosses(sim: Simulation, warn: (warning: 'loss') => void): void {
  const lost = sim.facts.channel(telemetryLost);
  const lose = (kind: string, items: number, reason: string): void => {
    if (items === 0) return;
    warn('loss');
    if (lost.heard) lost.emit({ kind, items, reason });
  };
  sim.facts.channel(sdkDropped).listen(({ kind, items, reason }) => lose(kind, items, reason));
  sim.facts.channel(collectorDropped).listen(({ kind, items, reason }) => {
    // Who samples drops on purpose; what it drops against its will is judged by traces.
    if (reason !== 'sampling') lose(kind, items, reason);
  });
  sim.facts.channel(samplesLost).listen(({ samples, reason }) => lose('metrics', samples, reason));
  sim.facts.channel(samplesSent).listen(({ rejected }) => lose('metrics', rejected, 'rejected'));
}

function watchShares(sim: Simulation): void {
  const kept = sim.facts.channel(telemetryKept);
  const emitted = { traces: 0, logs: 0, metrics: 0 };
  const stored = { traces: 0, logs: 0, metrics: 0 };
  sim.facts.channel(telemetryEmitted).listen(({ kind, items }) => (emitted[kind as TelemetryKind] += items));
  sim.facts.channel(storeWritten).listen(({ store, kind, items, rejected, outcome }) => {
    if (outcome === 'ok' && store === kind) stored[kind as TelemetryKind] += items - rejected;
  });
  const event = sim.eventKind('it is looked at what is kept');
  const look = (): void => {
    for (const kind of KINDS) {
      if (kept.heard && emitted[kind] > 0) kept.emit({ kind, share: stored[kind] / emitted[kind] });
    }
    sim.schedule(LOOK_EVERY, look, undefined, event);
  };
  sim.schedule(LOOK_EVERY, look, undefined, event);
}

function watchQueries(sim: Simulation, { budget }: Values, warn: (warning: 'queries') => void): void {
  const answered = sim.facts.channel(queryAnswered);
  const lately = new Map<string, boolean[]>();
  sim.facts.channel(requestCompleted).listen(({ client: viewer, request, duration, outcome }) => {
    const isLate = duration > budget || outcome !== 'ok';
    const last = lately.get(viewer) ?? [];
    lately.set(viewer, last);
    last.push(isLate);
    if (last.length > TAIL) last.shift();
    if (last.length === TAIL && last.filter((late) => late).length > 1) warn('queries');
    if (answered.heard) answered.emit({ viewer, request, duration, isLate });
  });
}
