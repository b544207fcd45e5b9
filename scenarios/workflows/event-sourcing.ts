/**
 * Event sourcing: accounts whose state is nowhere but in their bookings. To decide the next one the service reads all that there were
 * and adds them up. What does that cost as the log grows, what do two do who decide at once, and what becomes of old events
 * when the code changes?
 *
 *     customers --\
 *                  accounts (load, fold, decide) --> event-store (streams, snapshots)
 *     auditors ---/
 *
 * All variants are asked for the same bookings at the same times.
 */
import {
  aggregateSignals,
  atLeast,
  atMost,
  defineScenario,
  EventStore,
  gamma,
  guardrail,
  hotKey,
  Link,
  mean,
  ms,
  OpenLoopClient,
  poisson,
  roundRobin,
  s,
  summary,
  total,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { accountHistory, accountSnapshots } from './application/account-book.ts';
import { LATEST } from './application/bookings.ts';
import { Accounts, SERVICE, STARTS_WITH, type AccountQuery } from './event-sourcing/accounts-service.ts';
import * as limits from './event-sourcing/limits.ts';
import { params, type Values } from './event-sourcing/params.ts';
import { accountSignals, MISREAD, OVERDRAWN, WRONGED } from './event-sourcing/tally.ts';

const EVENTS = 'aggregate.load.events';
const LOAD = 'aggregate.load.duration';
const PAST = 'aggregate.load_past.events';
const CONFLICTS = 'event_store.conflicts';
const OUTDATED = 'aggregate.commands.outdated';
const UNREADABLE = 'aggregate.commands.unreadable';

const nothingIsMisread = atMost(total(MISREAD), 0);

export default defineScenario({
  id: 'event-sourcing',
  section: '2.7',
  title: 'Event sourcing',
  question:
    'The state of an account is the sum of its events. What does it cost to know it, and can new code still read old events?',
  params,
  variants: {
    'rebuild-from-start': {},
    snapshots: { snapshots: true },
    'unchecked-append': { versionCheck: false },
    'defaults-as-printed': { snapshots: true, oldEvents: 'defaults' },
    'upcaster-missing': { snapshots: true, oldEvents: 'nothing' },
    upcasting: { snapshots: true, oldEvents: 'upcasters' },
  },
  roles: {
    'rebuild-from-start': 'pitfall',
    snapshots: 'remedy',
    'unchecked-append': 'fault',
    'defaults-as-printed': 'pitfall',
    'upcaster-missing': 'fault',
    upcasting: 'remedy',
  },
  repairs: { snapshots: 'rebuild-from-start', upcasting: 'defaults-as-printed' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  // So wide that a row has enough loads for its percentiles.
  interval: ms(500),
  openAt: s(20),
  system,
  signals: [...aggregateSignals, ...accountSignals],
  whileRunning: { rate: sentBy('rate', 'customers'), auditRate: sentBy('auditRate', 'auditors') },
  charts: [
    EVENTS,
    LOAD,
    'http.client.request.duration',
    CONFLICTS,
    OUTDATED,
    OVERDRAWN,
    MISREAD,
    WRONGED,
    UNREADABLE,
    PAST,
    'db.client.operation.duration',
    'event_store.head',
  ],
  expect: {
    'rebuild-from-start': [
      atLeast(mean(EVENTS), limits.eventsLeast),
      atLeast(mean(LOAD), limits.rebuildTime),
      atLeast(summary(LOAD, 'max'), limits.rebuildTimeAtEnd),
      atLeast(total(CONFLICTS), limits.conflictsLeast),
      atMost(total(OVERDRAWN), 0),
    ],
    snapshots: [
      atMost(mean(EVENTS), limits.eventsMost),
      atMost(mean(LOAD), limits.loadTime),
      guardrail(
        atLeast(mean(PAST), limits.pastLeast),
        'The limit of the remedy: a snapshot that was taken later is of no use to a balance of before',
      ),
      guardrail(nothingIsMisread, 'A snapshot and the events behind it are the same as all events'),
      guardrail(atMost(total(OVERDRAWN), 0), 'Whoever is late decides again, with or without snapshots'),
    ],
    'unchecked-append': [
      atLeast(total(OUTDATED), limits.outdatedLeast),
      atLeast(total(OVERDRAWN), limits.overdraftsLeast),
      nothingIsMisread,
    ],
    'defaults-as-printed': [
      atLeast(total(MISREAD), limits.misreadLeast),
      atLeast(total(WRONGED), limits.wrongedLeast),
      atMost(total(UNREADABLE), 0),
    ],
    'upcaster-missing': [atLeast(total(UNREADABLE), limits.unreadableLeast), nothingIsMisread],
    upcasting: [
      nothingIsMisread,
      atMost(total(WRONGED), 0),
      guardrail(atMost(total(UNREADABLE), 0), 'What was misread without an error is not mended by an error'),
      guardrail(
        atLeast(summary(EVENTS, 'max'), limits.coldLoad),
        'The price of any new version of the code: the snapshots of the one before are of no use to it',
      ),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const history = accountHistory(sim, p.accounts, p.history);
  const store = new EventStore(sim, {
    name: 'event-store',
    connections: 200,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, limits.QUERY_TIME / SHAPE),
    readTime: p.readTime,
    writeTime: limits.WRITE_TIME,
    log: history.log,
    snapshots: p.snapshots ? accountSnapshots(history, p.accounts, p.snapshotEvery, STARTS_WITH) : [],
  });
  const accounts = new Accounts(sim, p, { store, book: history.book, delay: nearby });
  const popularity = hotKey(p.hotShare, zipfPopularity(p.accounts - 1, 0));
  const client = (name: string, rate: number, operation: AccountQuery['operation']): void => {
    new OpenLoopClient<number, AccountQuery>(sim, {
      name,
      arrivals: poisson(rate),
      popularity,
      asks: (account) => ({ operation, account }),
      target: roundRobin([new Link(sim, accounts.service, { from: name, delay: faraway, timeout: s(5) })]),
    });
  };
  client('customers', p.rate, 'book');
  client('auditors', p.auditRate, 'balance');
  const { oldEvents } = p;
  if (oldEvents === 'not-deployed') return;
  const kind = sim.eventKind(`${SERVICE} has new code`);
  sim.scheduleAt(p.deployAt, () => accounts.deploy(LATEST, oldEvents), undefined, kind);
}
