/** What becomes of the work of the last tier: asked for how often, and done for somebody, or for nobody. */
import {
  attemptMade,
  defineFact,
  defineSignal,
  requestCompleted,
  type RequestContext,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { recoverySignal, watchRecovery } from '../../application/recovery.ts';
import { isBetween } from '../../application/trouble.ts';

/** The stock was looked at; `doomed` if nobody waited for it any more when that was done. */
export const stockRead = defineFact('doomed_work.done', 'The stock was looked at, perhaps for nobody', {
  request: 'request',
  doomed: 'flag',
});
const answeredInTrouble = defineFact('doomed_work.answered', 'A user was answered while the trouble lasted', {
  request: 'request',
});
const answeredAtLast = defineFact(
  'doomed_work.answered_at_last',
  'A user was answered after the load was let in again',
  {
    request: 'request',
  },
);

/** Until when somebody waits for what is done for a request, which the experimenter knows where a tier has forgotten it. */
export class Wanted {
  private readonly forgotten = new WeakMap<RequestContext, Time>();

  /** The request as a tier hands it on that makes its calls anew. */
  forget(request: RequestContext): RequestContext {
    const anew = request.withoutDeadline();
    this.forgotten.set(anew, request.deadline);
    return anew;
  }

  until(request: RequestContext): Time {
    return this.forgotten.get(request) ?? request.deadline;
  }
}

export const GOODPUT = 'doomed_work.goodput';
export const DOOMED = 'doomed_work.doomed';
export const DOOMED_RATIO = 'doomed_work.doomed_ratio';
export const IN_TROUBLE = 'doomed_work.answered_in_trouble';
export const AT_LAST = 'doomed_work.answered_at_last';
export const DONE = 'doomed_work.done';
export const ASKED = 'doomed_work.asked';
export const RECOVERY = 'doomed_work.recovery.time';

/** Who asks the stock. */
export const LAST_TIER = 'prices';

export const tallySignals = [
  defineSignal({
    name: GOODPUT,
    kind: 'rate',
    unit: '1/s',
    help: 'Requests answered while their users still wait, a second',
    fact: requestCompleted,
    where: ({ outcome }) => outcome === 'ok',
  }),
  defineSignal({
    name: ASKED,
    kind: 'counter',
    unit: '{attempt}',
    help: 'Attempts that reach the line before the stock',
    fact: attemptMade,
    where: ({ caller }) => caller === LAST_TIER,
  }),
  defineSignal({
    name: 'doomed_work.asked.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Attempts that reach the line before the stock, a second',
    fact: attemptMade,
    where: ({ caller }) => caller === LAST_TIER,
  }),
  defineSignal({
    name: DONE,
    kind: 'counter',
    unit: '{operation}',
    help: 'Looks at the stock that are done',
    fact: stockRead,
  }),
  defineSignal({
    name: 'doomed_work.done.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Looks at the stock that are done, a second',
    fact: stockRead,
  }),
  defineSignal({
    name: DOOMED,
    kind: 'counter',
    unit: '{operation}',
    help: 'Looks at the stock that were done when nobody waited for them any more',
    fact: stockRead,
    where: ({ doomed }) => doomed,
  }),
  defineSignal({
    name: DOOMED_RATIO,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the looks at the stock that were done when nobody waited for them any more',
    fact: stockRead,
    counts: ({ doomed }) => doomed,
  }),
  defineSignal({
    name: IN_TROUBLE,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests answered in time from a second after the stock became slow until it was fast again',
    fact: answeredInTrouble,
  }),
  defineSignal({
    name: AT_LAST,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests answered in time once all are let in again, or would be: later than a cut of the load is over, by one patience',
    fact: answeredAtLast,
  }),
  recoverySignal(RECOVERY, 'request that failed'),
];

/** Tells of failures after the trouble, of answers from `from` to its end, and of those later than `letIn`. */
export function watchUsers(
  sim: Simulation,
  { from, end, letIn }: Readonly<Record<'from' | 'end' | 'letIn', Time>>,
): void {
  const failed = watchRecovery(sim, end);
  const answered = sim.facts.channel(answeredInTrouble);
  const atLast = sim.facts.channel(answeredAtLast);
  sim.facts.channel(requestCompleted).listen(({ request, outcome }) => {
    if (outcome !== 'ok') failed();
    else if (isBetween(sim.now, from, end) && answered.heard) answered.emit({ request });
    else if (sim.now > letIn && atLast.heard) atLast.emit({ request });
  });
}
