/**
 * The truth beside the alerts of the telemetry pipeline: how long after its trouble began somebody was awake for it, for how much of
 * it nobody was, and how often somebody was told that it was over while it was not.
 */
import {
  defineFact,
  defineReading,
  defineSignal,
  pagerClosed,
  pagerOpened,
  SECOND,
  toSeconds,
  type Simulation,
} from '../../../sim-core/index.ts';
import { repeatedly } from '../application/repeatedly.ts';
import type { Values } from './params.ts';
import { TROUBLE_AT, troubleLasts } from './trouble.ts';

export const PAGED_AFTER = 'incident.page.after';
export const UNHEARD = 'incident.unheard';
export const CLOSED_EARLY = 'incident.closed_early';

/** `after`: from the beginning of the trouble to the first moment with somebody awake; until the end of the run while there is none. */
const troublePaged = defineReading('incident.paged', 'Somebody was awake for the trouble for the first time', {
  after: 'duration',
});
const troubleUnheard = defineFact('incident.unheard', 'For a second of the trouble nobody was awake', {
  time: 'duration',
});
const closedEarly = defineFact('incident.closed_early', 'Somebody was told that it is over, and it was not', {
  pager: 'text',
});

export const pagingSignals = [
  defineSignal({
    name: PAGED_AFTER,
    kind: 'gauge',
    unit: 's',
    help: 'From the beginning of the trouble until somebody is awake for it, by page or by a dead man’s switch; up to the end of the run while nobody is',
    fact: troublePaged,
    value: ({ after }) => toSeconds(after),
    of: () => 'all',
  }),
  defineSignal({
    name: UNHEARD,
    kind: 'counter',
    unit: 's',
    help: 'Seconds of the trouble in which no page is open',
    fact: troubleUnheard,
    amount: ({ time }) => toSeconds(time),
  }),
  defineSignal({
    name: CLOSED_EARLY,
    kind: 'counter',
    unit: '{notification}',
    help: 'Times that somebody was told that it is over, while the trouble lasted and nothing else was open',
    fact: closedEarly,
  }),
];

export function watchPaging(sim: Simulation, p: Values): void {
  const lasts = troubleLasts(p);
  if (lasts === 0) return;
  const paged = sim.facts.channel(troublePaged);
  const unheard = sim.facts.channel(troubleUnheard);
  const early = sim.facts.channel(closedEarly);
  const open = new Map<string, number>();
  let isPaged = false;
  const isOpen = (): boolean => [...open.values()].some((count) => count > 0);
  const isTrouble = (): boolean => sim.now >= TROUBLE_AT && sim.now < TROUBLE_AT + lasts;
  const look = (): void => {
    if (isPaged || sim.now < TROUBLE_AT || !isOpen()) return;
    isPaged = true;
    if (paged.heard) paged.emit({ after: sim.now - TROUBLE_AT });
  };
  sim.facts.channel(pagerOpened).listen(({ pager, open: count }) => {
    open.set(pager, count);
    look();
  });
  sim.facts.channel(pagerClosed).listen(({ pager, open: count }) => {
    open.set(pager, count);
    if (isTrouble() && !isOpen() && early.heard) early.emit({ pager });
  });
  const begin = (): void => {
    if (paged.heard) paged.emit({ after: p.length - TROUBLE_AT });
  };
  // Who records listens from the start of the run on.
  sim.schedule(0, begin, undefined, sim.eventKind('nobody is paged yet'));
  repeatedly(sim, 'it is looked whether somebody is awake', SECOND, () => {
    look();
    if (isTrouble() && !isOpen() && unheard.heard) unheard.emit({ time: SECOND });
  });
}
