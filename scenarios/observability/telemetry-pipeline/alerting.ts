/**
 * Who is told of the pipeline's own trouble: rules over what collectors, remote write and stores say of themselves, an Alertmanager,
 * a pager, and a dead man's switch beside them if there is one.
 *
 *     rules --> alertmanager --> pager
 *                           \--> heartbeat
 *
 * The rules are evaluated as often as is scraped, by the process that remote write is part of; what they look at is read at that
 * instant, without a scrape's way.
 */
import {
  Alertmanager,
  AlertingRule,
  collectorQueue,
  collectorReceived,
  Heartbeat,
  Link,
  minutes,
  ms,
  Pager,
  ROUTE_DEFAULTS,
  RuleEvaluator,
  s,
  spansDiscarded,
  uniform,
  type AlertLabels,
  type Collector,
  type EvaluatedRule,
  type Notification,
  type RemoteWriter,
  type SeriesHead,
  type Simulation,
  type TraceBlocks,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

export const EVALUATE_EVERY = s(15);
/** Remote write is so far behind. */
export const LAG_ALERT = minutes(2);
/** The dead man's switch is told once a minute, and wakes somebody after two without. */
export const BEAT_EVERY = minutes(1);
export const HEARTBEAT_PATIENCE = minutes(2);
export const PAGER = 'pager';

export interface Alerting {
  readonly rules: RuleEvaluator;
  readonly alertmanager: Alertmanager;
}

/** What the rules look at. */
export interface Watched {
  readonly collectors: readonly Collector[];
  readonly writer: RemoteWriter;
  readonly head: SeriesHead;
  readonly blocks: TraceBlocks;
  readonly diskMax: number;
}

/** Whether a counter is higher than at the last evaluation. */
function increases(counter: () => number): () => readonly AlertLabels[] {
  let seen = 0;
  return () => {
    const isMore = counter() > seen;
    seen = counter();
    return when(isMore);
  };
}

const when = (holds: boolean): readonly AlertLabels[] => (holds ? [{}] : []);

export function alertingOf(sim: Simulation, p: Values, watched: Watched): Alerting {
  const way = uniform(ms(1), ms(3));
  const to = (receiver: Pager | Heartbeat): Link<Notification, void> =>
    new Link(sim, receiver, { from: 'alertmanager', delay: way, timeout: s(10) });
  const pager = new Pager(sim, { name: PAGER, help: 'Wakes whoever is on call for the pipeline' });
  const heartbeat = p.heartbeat ? new Heartbeat(sim, { name: 'heartbeat', patience: HEARTBEAT_PATIENCE }) : undefined;
  const beats = { groupBy: [], groupWait: 0, groupInterval: BEAT_EVERY, repeatInterval: BEAT_EVERY - s(10) };
  const alertmanager = new Alertmanager(sim, {
    name: 'alertmanager',
    routes: [
      ...(heartbeat === undefined ? [] : [{ ...beats, matches: { severity: 'none' }, receiver: to(heartbeat) }]),
      { ...ROUTE_DEFAULTS, matches: { severity: 'page' }, receiver: to(pager), groupBy: ['alertname'] },
    ],
    inhibitRules: [],
  });
  const rules = new RuleEvaluator(sim, {
    name: 'rules',
    help: 'Prometheus evaluates what collectors, remote write and stores say of themselves',
    interval: EVALUATE_EVERY,
    rules: rulesOf(sim, p, watched),
    alertmanager: new Link(sim, alertmanager, { from: 'rules', delay: way, timeout: s(10) }),
  });
  return { rules, alertmanager };
}

function rulesOf(sim: Simulation, p: Values, { collectors, writer, head, blocks, diskMax }: Watched): EvaluatedRule[] {
  const waiting = new Map<string, number>();
  sim.facts.channel(collectorQueue).listen(({ exporter, waiting: count }) => waiting.set(exporter, count));
  let refused = 0;
  sim.facts.channel(collectorReceived).listen(({ outcome, items }) => {
    if (outcome === 'refused') refused += items;
  });
  const rule = (
    name: string,
    severity: string,
    holding: EvaluatedRule['holding'],
    waits = p.alertFor,
  ): EvaluatedRule => ({
    rule: new AlertingRule({ name, labels: { severity }, for: waits }),
    holding,
  });
  let tooEarly = 0;
  sim.facts.channel(spansDiscarded).listen(({ reason, spans }) => {
    if (reason === 'dropped too early') tooEarly += spans;
  });
  const watchdog = p.heartbeat ? [rule('Watchdog', 'none', () => when(true), 0)] : [];
  return [
    rule('ExportQueueGrows', 'page', () =>
      [...waiting].flatMap(([exporter, count]) => (count >= p.queueAlert ? [{ exporter }] : [])),
    ),
    rule(
      'CollectorRefuses',
      'page',
      increases(() => refused),
    ),
    rule(
      'TracesDroppedTooEarly',
      'page',
      increases(() => tooEarly),
    ),
    rule('CollectorDown', 'page', () => collectors.flatMap(({ isUp, name }) => (isUp ? [] : [{ collector: name }]))),
    rule('RemoteWriteBehind', 'page', () => when(writer.lag > LAG_ALERT)),
    rule('SeriesNearLimit', 'page', () => when(head.series >= p.fullAlert * head.seriesMax)),
    rule('TraceDiskNearFull', 'page', () => when(blocks.bytes >= p.fullAlert * diskMax)),
    ...watchdog,
  ];
}
