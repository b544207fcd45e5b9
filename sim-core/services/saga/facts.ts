/**
 * What is told of sagas: by participants of what they did, by the experimenter's book of what became of each saga, and by
 * orchestrators of what they sent and took up, and by auditors of what they found.
 */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/**
 * A participant has carried a command out, or found that it had. `step` is its place in the definition, from 0; `change` what
 * came of it: the effect was made (1), undone (-1), or nothing happened. `steps`: who does each step of the definition, in order, by
 * commas.
 */
export const commandCarriedOut = defineFact('saga.command', 'A participant has carried out a command of a saga', {
  participant: 'text',
  command: 'text',
  request: 'request',
  step: 'number',
  change: 'number',
  answer: 'text',
  repeat: 'flag',
  steps: 'text',
});

/** An effect was undone by its compensation, after it had stood for a while. */
export const effectUndone = defineFact('saga.effect_undone', 'The effect of a step was undone', {
  participant: 'text',
  request: 'request',
  stood: 'duration',
  reads: 'number',
  deprived: 'flag',
});

/** A step found what its saga had read before to be something else by now. */
export const readChanged = defineFact('saga.read_changed', 'A saga found something else than it had read before', {
  participant: 'text',
  request: 'request',
  lost: 'flag',
});

/** What keys have more or less than is theirs, by updates that were lost. */
export const holdingsMisstated = defineReading('saga.misstated', 'What keys have too much or too little changed', {
  participant: 'text',
  amount: 'number',
});

/** All effects of a saga stand, or none does any more, `duration` after it was asked for. */
export const sagaSettled = defineFact('saga.settled', 'A saga has all of its effects, or none any more', {
  request: 'request',
  outcome: 'text',
  duration: 'duration',
});

/** Sagas of which some effects stand and others do not, and the money in them. */
export const sagasHalfDone = defineReading('saga.half_done', 'Sagas half done changed', {
  sagas: 'number',
  money: 'number',
});

/** A saga that was under way when the orchestrator died is taken up again. */
export const sagaRecovered = defineFact('saga.recovered', 'An orchestrator took up a saga of its log again', {
  orchestrator: 'text',
  request: 'request',
  phase: 'text',
});

/** Sagas that have not ended, as the log has it. */
export const sagasOpen = defineReading('saga.open', 'Sagas in the log that have not ended', {
  orchestrator: 'text',
  sagas: 'number',
});

/** A participant was asked, once more or for the first time. */
export const commandSent = defineFact('saga.command_sent', 'An orchestrator asked a participant', {
  orchestrator: 'text',
  request: 'request',
  attempt: 'number',
});

/** A saga that nobody was at was taken up again. */
export const sagaTakenUp = defineFact('saga.taken_up', 'A watchdog had a stuck saga taken up again', {
  orchestrator: 'text',
  request: 'request',
  step: 'number',
});

/** The compensations that were confirmed by a step's participant, beside its book. */
export const compensationsCompared = defineFact('saga.compared', 'An auditor compared answers with a book', {
  auditor: 'text',
  step: 'number',
  compensations: 'number',
  missing: 'number',
});

/** A compensation was confirmed, `age` ago, and was not made. */
export const compensationFound = defineFact(
  'saga.found',
  'An auditor found that a confirmed compensation was not made',
  {
    auditor: 'text',
    request: 'request',
    step: 'number',
    age: 'duration',
  },
);

export const participantSignals = [
  defineSignal({
    name: 'saga.commands',
    kind: 'counter',
    unit: '{command}',
    help: 'Commands that participants carried out, or found that they had',
    fact: commandCarriedOut,
  }),
  defineSignal({
    name: 'saga.commands.repeated',
    kind: 'counter',
    unit: '{command}',
    help: 'Commands whose idempotency key the participant knew: it answered as before, and did nothing',
    fact: commandCarriedOut,
    where: (fact) => fact.repeat,
  }),
  defineSignal({
    name: 'saga.actions.refused',
    kind: 'counter',
    unit: '{command}',
    help: 'Actions that a participant refused for good',
    fact: commandCarriedOut,
    where: (fact) => fact.answer === 'refused' && !fact.repeat,
  }),
  defineSignal({
    name: 'saga.effects.undone',
    kind: 'counter',
    unit: '{effect}',
    help: 'Effects of steps that compensations undid',
    fact: effectUndone,
  }),
  defineSignal({
    name: 'saga.effects.undone.stood',
    kind: 'histogram',
    unit: 's',
    help: 'How long an effect had stood, for all to see, when it was undone',
    fact: effectUndone,
    value: (fact) => fact.stood,
  }),
  defineSignal({
    name: 'saga.reads.dirty',
    kind: 'counter',
    unit: '{read}',
    help: 'Times that somebody was told of something as settled which was undone later',
    fact: effectUndone,
    amount: (fact) => fact.reads,
  }),
  defineSignal({
    name: 'saga.holdings.deprived',
    kind: 'counter',
    unit: '{effect}',
    help: 'Holdings that were given back after somebody had been refused for want of them',
    fact: effectUndone,
    where: (fact) => fact.deprived,
  }),
];

/** Of who relies on what a saga read before. */
export const earlyReadSignals = [
  defineSignal({
    name: 'saga.reads.fuzzy',
    kind: 'counter',
    unit: '{read}',
    help: 'Times that a saga found an account changed by another since it had read it',
    fact: readChanged,
  }),
  defineSignal({
    name: 'saga.updates.lost',
    kind: 'counter',
    unit: '{update}',
    help: 'Times that a saga wrote an account by what it had read, over what another had made of it since',
    fact: readChanged,
    where: (fact) => fact.lost,
  }),
  defineSignal({
    name: 'saga.money.misstated',
    kind: 'gauge',
    unit: '{euro}',
    help: 'Money that accounts have more, or less, than their charges leave them, all together',
    fact: holdingsMisstated,
    value: (fact) => fact.amount,
    of: (fact) => fact.participant,
  }),
];

export const sagaSignals = [
  defineSignal({
    name: 'saga.half_done',
    kind: 'gauge',
    unit: '{saga}',
    help: 'Sagas of which some effects stand and others do not: under way, or broken',
    fact: sagasHalfDone,
    value: (fact) => fact.sagas,
    of: () => 'book',
  }),
  defineSignal({
    name: 'saga.money.unsettled',
    kind: 'gauge',
    unit: '{euro}',
    help: 'Money of customers that stands in sagas half done: charged, and for nothing so far',
    fact: sagasHalfDone,
    value: (fact) => fact.money,
    of: () => 'book',
  }),
  defineSignal({
    name: 'saga.completed',
    kind: 'counter',
    unit: '{saga}',
    help: 'Sagas that have all of their effects',
    fact: sagaSettled,
    where: (fact) => fact.outcome === 'completed',
  }),
  defineSignal({
    name: 'saga.compensated',
    kind: 'counter',
    unit: '{saga}',
    help: 'Sagas that had some effects and have none any more',
    fact: sagaSettled,
    where: (fact) => fact.outcome === 'compensated',
  }),
  defineSignal({
    name: 'saga.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from a request until its saga had all of its effects, or none any more',
    fact: sagaSettled,
    value: (fact) => fact.duration,
  }),
];

export const orchestratorSignals = [
  defineSignal({
    name: 'saga.open',
    kind: 'gauge',
    unit: '{saga}',
    help: 'Sagas in the log of an orchestrator that have not ended',
    fact: sagasOpen,
    value: (fact) => fact.sagas,
    of: (fact) => fact.orchestrator,
  }),
  defineSignal({
    name: 'saga.recovered',
    kind: 'counter',
    unit: '{saga}',
    help: 'Sagas that an orchestrator took up again from its log after a crash',
    fact: sagaRecovered,
  }),
  defineSignal({
    name: 'saga.commands.retried',
    kind: 'counter',
    unit: '{command}',
    help: 'Commands that an orchestrator sent again because there was no answer',
    fact: commandSent,
    where: (fact) => fact.attempt > 1,
  }),
  defineSignal({
    name: 'saga.taken_up',
    kind: 'counter',
    unit: '{saga}',
    help: 'Stuck sagas that a watchdog had taken up again',
    fact: sagaTakenUp,
  }),
];

export const auditorSignals = [
  defineSignal({
    name: 'saga.audit.compared',
    kind: 'counter',
    unit: '{compensation}',
    help: 'Confirmed compensations that an auditor compared with the books of participants',
    fact: compensationsCompared,
    amount: (fact) => fact.compensations,
  }),
  defineSignal({
    name: 'saga.audit.found',
    kind: 'counter',
    unit: '{compensation}',
    help: 'Confirmed compensations that an auditor found not made, and had made',
    fact: compensationFound,
  }),
];
