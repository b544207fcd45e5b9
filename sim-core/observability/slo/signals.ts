/** What is told of alerts on their way from a rule to a person, and the signals made of it. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/**
 * An alert became pending, firing or, as `inactive`, resolved, at an evaluation. That an evaluator forgets its alerts when it is killed is
 * no change of theirs, and is not told: one that fired becomes pending or firing anew, or is never heard of again.
 */
export const alertChanged = defineFact('alert.changed', 'An alert changed its state', {
  rule: 'text',
  alert: 'text',
  to: 'text',
});

/** How many alerts of an evaluator are pending and firing, where that has changed. */
export const alertsEvaluated = defineReading('alert.evaluated', 'Rules were evaluated, and other alerts are active', {
  evaluator: 'text',
  pending: 'number',
  firing: 'number',
});

/** An Alertmanager sent a notification, or tried to. */
export const notificationSent = defineFact('alertmanager.notified', 'An Alertmanager sent a notification', {
  receiver: 'text',
  group: 'text',
  status: 'text',
  firing: 'number',
  resolved: 'number',
  failed: 'flag',
});

/** Somebody was told of something that he did not know yet. */
export const pagerOpened = defineFact('pager.opened', 'A notification opened something new', {
  pager: 'text',
  group: 'text',
  open: 'number',
});

/** Somebody was told that it is over. */
export const pagerClosed = defineFact('pager.closed', 'A notification said that something is over', {
  pager: 'text',
  group: 'text',
  open: 'number',
  duration: 'duration',
});

export const alertSignals = [
  defineSignal({
    name: 'alert.firing',
    kind: 'gauge',
    unit: '{alert}',
    help: 'Alerts that fire',
    fact: alertsEvaluated,
    value: ({ firing }) => firing,
    of: ({ evaluator }) => evaluator,
  }),
  defineSignal({
    name: 'alert.pending',
    kind: 'gauge',
    unit: '{alert}',
    help: 'Alerts whose expression holds, but not for long enough yet',
    fact: alertsEvaluated,
    value: ({ pending }) => pending,
    of: ({ evaluator }) => evaluator,
  }),
];

export const alertmanagerSignals = [
  defineSignal({
    name: 'alertmanager.notifications',
    kind: 'counter',
    unit: '{notification}',
    help: 'Notifications that an Alertmanager sent, of groups of alerts',
    fact: notificationSent,
    where: ({ failed }) => !failed,
  }),
  defineSignal({
    name: 'alertmanager.notifications.failed',
    kind: 'counter',
    unit: '{notification}',
    help: 'Notifications that did not reach their receiver, each attempt',
    fact: notificationSent,
    where: ({ failed }) => failed,
  }),
];

export const pagerSignals = [
  defineSignal({
    name: 'pager.opened',
    kind: 'counter',
    unit: '{notification}',
    help: 'Times that somebody was bothered with something new, by page or by ticket',
    fact: pagerOpened,
  }),
  defineSignal({
    name: 'pager.open.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from a notification that something fires to the one that it is over',
    fact: pagerClosed,
    value: ({ duration }) => duration,
  }),
];
