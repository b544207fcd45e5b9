/**
 * An order is committed in a database, and its event is published to Kafka: two commits, and no transaction spans them. The service,
 * the relay and the database crash, and the database refuses some commits. What is in the one and not in the other?
 *
 *     users --> orders (a service) --> database <-- relay (polls the outbox, or reads the log)
 *                       |                             |
 *                       +---> three brokers <---------+
 *                                  |
 *                                  +--> reader-1 (knows events again by their ids)
 *
 * All variants are sent orders at the same times, and the same commits are refused; in `four-relays-skip-locked` they come of fewer customers. The same crashes befall them, but that
 * in `kafka-transaction-committed-last` the service crashes more often.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  guardrail,
  mean,
  ms,
  outboxSignals,
  quantile,
  s,
  total,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import * as limits from './outbox/limits.ts';
import * as polls from './outbox/poll-limits.ts';
import { params } from './outbox/params.ts';
import { system } from './outbox/system.ts';
import { RELAY } from './outbox/wiring.ts';

const MISSING = 'events.missing';
const INVENTED = 'events.invented';
const AGAIN = 'events.doubled';
const ACTED_ON = 'events.doubled.acted_on';
const LATE = 'events.late';
const DELAY = 'events.delay';
const RELAY_CPU = 'db.cpu.busy.relay';

/** Of a service that publishes by itself, and of a relay. */
const nothingMissing = atMost(atEnd(MISSING), limits.nothingMissing);
const nothingInvented = atMost(atEnd(INVENTED), limits.nothingInvented);
const allPublished = atMost(atEnd(MISSING), limits.allPublished);
const onlyCommitted = atMost(atEnd(INVENTED), 0);
const inOrder = atMost(total(LATE), limits.inOrder);
const nothingTwice = atMost(total(ACTED_ON), limits.nothingActedOnTwice);
const ordersComeThrough = guardrail(
  atLeast(total('events.committed'), limits.committed),
  'who publishes must not stop the orders',
);
const polled = [
  atLeast(quantile(DELAY, 'p50'), polls.halfAnInterval),
  atLeast(mean(RELAY_CPU), polls.pollsCost),
  guardrail(atMost(mean(RELAY_CPU), polls.pollsCostMost), 'the price: so much of the database, and no more'),
];
/** Relays die less often here, for what they publish twice is to be told from what their deaths do. */
const TWO = { publishing: 'polling', relays: 2, relayCrashEvery: s(10) } as const;
const OF_OTHERS = 'this pitfall has none either, and the remedy must not bring any';

export default defineScenario({
  id: 'outbox',
  section: '2.7',
  title: 'Outbox',
  question:
    'A database commits an order, and Kafka its event. Somebody dies between the two. What is in one and not in the other?',
  params,
  variants: {
    'dual-write': {},
    'publish-first': { publishing: 'before-commit' },
    'kafka-transaction-inside-db-transaction': { publishing: 'kafka-transaction' },
    // The moment between its commits is the shortest: it takes more deaths to find orders in it.
    'kafka-transaction-committed-last': { publishing: 'kafka-transaction', kafkaCommit: 'last', crashEvery: ms(500) },
    'outbox-polling': { publishing: 'polling' },
    'outbox-log-tailing': { publishing: 'log-tailing' },
    'outbox-as-printed': { publishing: 'polling', polling: 'as-printed' },
    'log-tailing-short-memory': { publishing: 'log-tailing', remembers: ms(100) },
    'polling-by-position': { publishing: 'polling', polling: 'position' },
    'polling-by-settled-position': { publishing: 'polling', polling: 'settled-position' },
    'two-relays': { ...TWO },
    'two-relays-skip-locked': { ...TWO, claims: 'rows' },
    'two-relays-in-turn': { ...TWO, claims: 'turn' },
    // Many at once, with little each, of few customers: then they overtake each other often enough to be seen.
    'four-relays-skip-locked': { ...TWO, claims: 'rows', relays: 4, batch: 3, pollInterval: ms(100), customers: 4 },
  },
  roles: {
    'dual-write': 'pitfall',
    'publish-first': 'fault',
    'kafka-transaction-inside-db-transaction': 'pitfall',
    'kafka-transaction-committed-last': 'fault',
    'outbox-polling': 'remedy',
    'outbox-log-tailing': 'remedy',
    'outbox-as-printed': 'fault',
    'log-tailing-short-memory': 'fault',
    'polling-by-position': 'pitfall',
    'polling-by-settled-position': 'remedy',
    'two-relays': 'pitfall',
    'two-relays-skip-locked': 'remedy',
    'two-relays-in-turn': 'remedy',
    'four-relays-skip-locked': 'fault',
  },
  repairs: {
    'outbox-polling': 'dual-write',
    'outbox-log-tailing': 'kafka-transaction-inside-db-transaction',
    'polling-by-settled-position': 'polling-by-position',
    'two-relays-skip-locked': 'two-relays',
    'two-relays-in-turn': 'two-relays',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  // The service is about to die, at 13.72 s.
  openAt: s(13.7),
  system,
  signals: outboxSignals(RELAY),
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    MISSING,
    INVENTED,
    AGAIN,
    ACTED_ON,
    LATE,
    DELAY,
    'outbox.depth',
    'outbox.rows',
    'db.cpu.busy',
    RELAY_CPU,
    'db.wal.retained',
    'events.remembered',
  ],
  places: {
    users: { x: 0, y: 0 },
    orders: { x: 1, y: 0 },
    database: { x: 2, y: 0 },
    relay: { x: 3, y: 0 },
    'orders-producer': { x: 1, y: 1.2 },
    'tx-orders': { x: 1, y: 1.2 },
    'relay-producer': { x: 3, y: 1.2 },
    broker: { x: 2, y: 1.2 },
    controllers: { x: 2, y: 2.2 },
    reader: { x: 0, y: 1.2 },
    readers: { x: 0, y: 2.2 },
  },
  expect: {
    'dual-write': [atLeast(atEnd(MISSING), limits.lost), nothingInvented],
    'publish-first': [atLeast(atEnd(INVENTED), limits.inventedByRefusals), nothingMissing],
    'kafka-transaction-inside-db-transaction': [atLeast(atEnd(INVENTED), limits.inventedByRefusals), nothingMissing],
    'kafka-transaction-committed-last': [atLeast(atEnd(MISSING), limits.lostBetweenCommits), nothingInvented],
    'outbox-polling': [
      allPublished,
      guardrail(onlyCommitted, OF_OTHERS),
      guardrail(inOrder, OF_OTHERS),
      guardrail(nothingTwice, OF_OTHERS),
      ordersComeThrough,
      ...polled,
    ],
    'outbox-log-tailing': [
      onlyCommitted,
      guardrail(allPublished, OF_OTHERS),
      guardrail(inOrder, OF_OTHERS),
      atLeast(total(AGAIN), limits.publishedAgain),
      guardrail(nothingTwice, OF_OTHERS),
      ordersComeThrough,
    ],
    'outbox-as-printed': [atLeast(total(LATE), limits.outOfOrder), allPublished, onlyCommitted],
    'log-tailing-short-memory': [atLeast(total(ACTED_ON), limits.actedOnAgain), allPublished, onlyCommitted],
    'polling-by-position': [atLeast(atEnd(MISSING), limits.skipped), onlyCommitted],
    'polling-by-settled-position': [
      allPublished,
      guardrail(onlyCommitted, OF_OTHERS),
      guardrail(inOrder, OF_OTHERS),
      ordersComeThrough,
    ],
    'two-relays': [atLeast(total(AGAIN), limits.publishedByBoth), allPublished, onlyCommitted],
    'two-relays-skip-locked': [
      atMost(total(AGAIN), limits.againByDeaths),
      guardrail(allPublished, OF_OTHERS),
      guardrail(onlyCommitted, OF_OTHERS),
      ordersComeThrough,
    ],
    'four-relays-skip-locked': [atLeast(total(LATE), limits.overtaken), allPublished, onlyCommitted],
    'two-relays-in-turn': [
      atMost(total(AGAIN), limits.againByDeaths),
      guardrail(inOrder, OF_OTHERS),
      guardrail(allPublished, OF_OTHERS),
      guardrail(onlyCommitted, OF_OTHERS),
      ordersComeThrough,
    ],
  },
});
