/** What the limit is about: how many requests of the partner went on within one second, wherever it begins; and what users feel. */
import {
  clientOf,
  defineReading,
  defineSignal,
  rateLimitDecided,
  requestCompleted,
  s,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';

/** The stretch in which requests are counted: that of the agreement, a rate a second. */
const STRETCH = s(1);

const counted = defineReading('partner.counted', 'Requests that passed within the last second changed', {
  passed: 'number',
});

export const IN_A_SECOND = 'partner.passed_within_a_second';
export const USERS_WAIT = 'users.duration';

export const tallySignals = [
  defineSignal({
    name: IN_A_SECOND,
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests of the partner that went on to the backend within the last second',
    fact: counted,
    value: (fact) => fact.passed,
    of: () => 'partner',
  }),
  defineSignal({
    name: USERS_WAIT,
    kind: 'histogram',
    unit: 's',
    help: 'Time from a user’s request to its answer: users are limited by nobody, and share the backend with the partner',
    fact: requestCompleted,
    where: ({ request }) => clientOf(request) === 0,
    value: (fact) => fact.duration,
  }),
];

/** Counts what passes. Users come all the time, and with each of them what is older than a second is let go. */
export function countPassed(sim: Simulation): void {
  const channel = sim.facts.channel(counted);
  const times: Time[] = [];
  let first = 0;
  let told = 0;
  const tell = (): void => {
    while (first < times.length && times[first] <= sim.now - STRETCH) first++;
    const passed = times.length - first;
    if (passed === 0) first = times.length = 0;
    if (passed !== told && channel.heard) channel.emit({ passed });
    told = passed;
  };
  sim.facts.channel(rateLimitDecided).listen(({ outcome }) => {
    if (outcome === 'passed') times.push(sim.now);
    tell();
  });
  sim.facts.channel(requestCompleted).listen(tell);
}
