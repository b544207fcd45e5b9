/**
 * The same faults, seen by RED, by USE and by the four golden signals of every component.
 *
 *     users --> app --> database, which has a pool of connections
 *
 * A fault begins at 20 s. Each method looks at the signals that it has of all three, the users having no resource, and says so when
 * one of them has been beyond its threshold for two seconds. All variants get the same requests at the same times until a fault of theirs
 * changes how many come. Where a team has one method alone, three incidents come in turn, and it is counted which of them that method says.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  detectedBy,
  firstSince,
  methodSignals,
  s,
  toSeconds,
  type Measure,
  type Method,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import * as limits from './red-use-golden/limits.ts';
import { params, type Values } from './red-use-golden/params.ts';
import { build, FAULT_AT, IN_TURN, WATCHED } from './red-use-golden/system.ts';

/** Seconds from the fault to the moment at which a method says so; to the end of the run if it never does. */
const seconds = (method: Method): Measure => ({
  text: `time from the fault to what ${method.toUpperCase()} says`,
  unit: () => 's',
  of: (evidence) => toSeconds((detectedBy(evidence, method, FAULT_AT)?.at ?? evidence.header.duration) - FAULT_AT),
});
/** Of the incidents that come in turn, how many the method that the team has says while they last. */
const found = (...names: readonly (typeof IN_TURN)[number]['name'][]): Measure => ({
  text: `incidents that the team’s method says, of ${names.join(', ')}`,
  unit: () => '{incident}',
  of: (evidence) =>
    IN_TURN.filter(({ name, from, to }) => {
      const method = evidence.header.params.method as Method;
      const among = { until: to, usualUntil: FAULT_AT };
      return names.includes(name) && detectedBy(evidence, method, from, among) !== undefined;
    }).length,
});
const untilErrors = firstSince('http.client.request.errors', { words: 'after the fault', at: () => FAULT_AT });

export default defineScenario({
  id: 'red-use-golden',
  section: '3.2',
  title: 'RED, USE and the golden signals',
  question: 'Three methods look at one system. Which of them says first that something is wrong, and which never does?',
  params,
  variants: {
    overload: {},
    'error-burst': { fault: 'error-burst' },
    'lost-traffic': { fault: 'lost-traffic' },
    quiet: { fault: 'none' },
    red: { fault: 'each-in-turn', method: 'red', length: s(140) },
    use: { fault: 'each-in-turn', method: 'use', length: s(140) },
    golden: { fault: 'each-in-turn', method: 'golden', length: s(140) },
  },
  roles: {
    overload: 'fault',
    'error-burst': 'fault',
    'lost-traffic': 'fault',
    quiet: 'control',
    red: 'alternative',
    use: 'alternative',
    golden: 'alternative',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(47),
  system: (sim: Simulation, p: Values) => build(sim, p),
  whileRunning: { rate: sentBy('rate', 'users') },
  signals: WATCHED.flatMap((component) => methodSignals(component)),
  charts: [
    'red.database.rate',
    'red.database.error_ratio',
    'red.database.duration',
    'use.database.utilization',
    'use.database.saturation',
    'use.database.errors',
    'red.users.duration',
    'red.app.error_ratio',
    'red.app.duration',
    'use.app.utilization',
  ],
  expect: {
    overload: [
      atMost(seconds('use'), limits.useMost),
      atMost(seconds('golden'), limits.useMost),
      atLeast(seconds('red'), limits.redLeast),
      atLeast(untilErrors, limits.errorsLeast),
    ],
    'error-burst': [
      atMost(seconds('red'), limits.burstMost),
      atMost(seconds('golden'), limits.burstMost),
      atLeast(seconds('use'), limits.never),
    ],
    'lost-traffic': [
      atMost(seconds('red'), limits.lostMost),
      atMost(seconds('golden'), limits.lostMost),
      atLeast(seconds('use'), limits.never),
    ],
    quiet: [
      atLeast(seconds('red'), limits.never),
      atLeast(seconds('use'), limits.never),
      atLeast(seconds('golden'), limits.never),
    ],
    red: [
      atLeast(found('error-burst', 'lost-traffic'), limits.redFinds),
      atMost(found('nearly-full'), limits.redMisses),
      atLeast(untilErrors, limits.errorsInTurn),
    ],
    use: [
      atLeast(found('nearly-full'), limits.useFinds),
      atMost(found('error-burst', 'lost-traffic'), limits.useMisses),
    ],
    golden: [atLeast(found('nearly-full', 'error-burst', 'lost-traffic'), limits.goldenFinds)],
  },
});
