/** What is told of the log, whatever it says itself, and the signals that are made of that; beside those that the team has of the log alone. */
import {
  defineReading,
  defineSignal,
  logStored,
  requestCompleted,
  type SignalDefinition,
} from '../../../sim-core/index.ts';

export const lineStored = defineReading('log_pipeline.stored', 'A line came into the store, and what is true of it', {
  /** By what the line says: an error of the gateway, or that an order was created. */
  isFailure: 'flag',
  isCreation: 'flag',
  standsFor: 'number',
  isCorrelated: 'flag',
  isPlainData: 'flag',
  isHiddenData: 'flag',
  isMasked: 'flag',
});
export const lineOnDisk = defineReading(
  'log_pipeline.on_disk',
  'A line with personal data in it stands on the disk of a node',
  {
    event: 'text',
  },
);
/** At the end of the run: of a statement that the code passed, whether the store has it as severe as it is meant. */
export const statementJudged = defineReading(
  'log_pipeline.judged',
  'A statement that the code passed is in the store, or not',
  {
    isSevere: 'flag',
    isDetail: 'flag',
    isStored: 'flag',
  },
);

/** At the end of the run: of an order of which the store has any INFO line. */
export const orderJudged = defineReading(
  'log_pipeline.order_judged',
  'An order has some of its INFO lines in the store, or all',
  {
    isWhole: 'flag',
  },
);

export const SEVERE_KEPT = 'log.severe.kept_ratio';
export const ORDINARY_KEPT = 'log.info.kept_ratio';
export const DETAIL_KEPT = 'log.debug.kept_ratio';
export const WHOLE = 'log.info.whole_ratio';
export const CORRELATED = 'log.correlated_ratio';
export const LEAKED = 'log.pii.stored';
export const LEAKED_HIDDEN = 'log.pii.hidden.stored';
export const ON_DISK = 'log.pii.on_disk';
export const MASKED_ORDERS = 'log.redaction.orders_masked';
export const FAILURES = 'shop.orders.failed.rate';
export const FAILURES_SEEN = 'dashboard.shop.orders.failed.rate';
export const CREATED = 'shop.orders.created.rate';
export const CREATED_SEEN = 'dashboard.shop.orders.created.rate';
export const VOLUME = 'log.stored.volume';

const kept = (name: string, help: string, where: (fact: { isSevere: boolean; isDetail: boolean }) => boolean) =>
  defineSignal({
    name,
    kind: 'ratio',
    unit: '1',
    help,
    fact: statementJudged,
    where,
    counts: ({ isStored }) => isStored,
  });
const stored = (
  name: string,
  help: string,
  where: (fact: { isPlainData: boolean; isHiddenData: boolean; isMasked: boolean }) => boolean,
) => defineSignal({ name, kind: 'counter', unit: '{line}', help, fact: lineStored, where });

export const tallySignals: readonly SignalDefinition[] = [
  kept(
    SEVERE_KEPT,
    'Share of what the code means as a warning or an error that the store has as one',
    (fact) => fact.isSevere,
  ),
  kept(
    ORDINARY_KEPT,
    'Share of the INFO statements that the code passes that are in the store',
    (fact) => !fact.isSevere && !fact.isDetail,
  ),
  kept(
    DETAIL_KEPT,
    'Share of the DEBUG statements that orders pass which fail that are in the store',
    (fact) => fact.isDetail,
  ),
  defineSignal({
    name: WHOLE,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the orders with any INFO line in the store that have all of them there',
    fact: orderJudged,
    counts: ({ isWhole }) => isWhole,
  }),
  defineSignal({
    name: CORRELATED,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the stored lines that name the trace in which they were written',
    fact: lineStored,
    counts: ({ isCorrelated }) => isCorrelated,
  }),
  stored(
    LEAKED,
    "Stored lines with a customer's mail address, telephone number, card, address or token in them, as it is",
    (fact) => fact.isPlainData,
  ),
  stored(
    LEAKED_HIDDEN,
    "Stored lines with a customer's name, telephone number without its country or encoded mail address in them",
    (fact) => fact.isHiddenData,
  ),
  stored(MASKED_ORDERS, "Stored lines whose order's number was taken for a card", (fact) => fact.isMasked),
  defineSignal({
    name: ON_DISK,
    kind: 'counter',
    unit: '{line}',
    help: 'Lines on the disks of nodes with any personal data in them',
    fact: lineOnDisk,
  }),
  defineSignal({
    name: FAILURES,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders that fail, a second',
    fact: requestCompleted,
    where: ({ outcome }) => outcome !== 'ok',
  }),
  defineSignal({
    name: FAILURES_SEEN,
    kind: 'rate',
    unit: '1/s',
    truth: { signal: FAILURES },
    help: "Orders that fail, a second, as the team's dashboard has it: errors of the gateway that come into the store",
    fact: lineStored,
    where: ({ isFailure }) => isFailure,
    amount: ({ standsFor }) => standsFor,
  }),
  defineSignal({
    name: CREATED,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders that are created, a second',
    fact: requestCompleted,
    where: ({ outcome }) => outcome === 'ok',
  }),
  defineSignal({
    name: CREATED_SEEN,
    kind: 'rate',
    unit: '1/s',
    truth: { signal: CREATED },
    help: 'Orders that are created, a second, counted from lines that come into the store, each for as many as it stands for',
    fact: lineStored,
    where: ({ isCreation }) => isCreation,
    amount: ({ standsFor }) => standsFor,
  }),
  defineSignal({
    name: 'dashboard.log.info.rate',
    kind: 'rate',
    unit: '{line}/s',
    help: 'INFO lines that come into the store a second',
    fact: logStored,
    where: ({ severity }) => severity === 'INFO',
  }),
];
