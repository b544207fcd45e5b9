/** What coordinators say of groups: the facts, and the signals that are made of them. */
import { defineFact, type Fact } from '../../../kernel/fact.ts';
import { defineSignal } from '../../../statistics/signal.ts';
import { lagSignals } from './group-lag.ts';

/** A generation of the group begins. */
export const groupRebalanced = defineFact('kafka.group.rebalanced', 'All members of a group have joined anew', {
  group: 'text',
  generation: 'number',
  members: 'number',
  duration: 'duration',
});

/** Its partition of the log of offsets had it replicated, and an election cut it off: unclean, or after a loss of power. */
export const commitCut = defineFact('kafka.group.commit.cut', 'What a group had committed is not known any more', {
  group: 'text',
  partition: 'text',
  offset: 'number',
});

export const groupSignals = [
  ...lagSignals,
  defineSignal({
    name: 'kafka.consumer_group.rebalances',
    kind: 'counter',
    unit: '{rebalance}',
    help: 'Generations of the group',
    fact: groupRebalanced,
  }),
  defineSignal({
    name: 'kafka.consumer_group.rebalance.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the first who joins to the moment at which all have',
    fact: groupRebalanced,
    value: (fact: Fact<typeof groupRebalanced>) => fact.duration,
  }),
  defineSignal({
    name: 'kafka.consumer_group.commits.lost',
    kind: 'counter',
    unit: '{commit}',
    help: 'Offsets of partitions that the group had committed and that an election has cut off, unclean or after a loss of power',
    fact: commitCut,
  }),
];
