/** What is measured of writes that are acknowledged before they are stored. */
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import { writeAcknowledged, writeLost, writesExposed, writeStored, type LossCause } from './write-book.ts';
import { writesBuffered } from './write-buffer.ts';

const lost = (cause: LossCause, help: string): SignalDefinition =>
  defineSignal({
    name: `cache.writes.lost.${cause}`,
    kind: 'counter',
    unit: '{write}',
    help,
    fact: writeLost,
    where: (fact) => fact.cause === cause,
  });

export const writeBehindSignals = [
  defineSignal({
    name: 'cache.writes.buffered',
    kind: 'gauge',
    unit: '{write}',
    help: 'Writes waiting in the buffers of all instances',
    fact: writesBuffered,
    value: (fact) => fact.writes,
    of: (fact) => fact.instance,
  }),
  defineSignal({
    name: 'cache.writes.exposed',
    kind: 'gauge',
    unit: '{write}',
    help: 'Acknowledged writes that a crash at this moment would lose',
    fact: writesExposed,
    value: (fact) => fact.writes,
    of: () => 'all',
  }),
  defineSignal({
    name: 'cache.writes.acknowledged',
    kind: 'counter',
    unit: '{write}',
    help: 'Writes that were acknowledged to who had sent them',
    fact: writeAcknowledged,
  }),
  defineSignal({
    name: 'cache.writes.stored.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Writes that the database committed for the first time',
    fact: writeStored,
    where: (fact) => !fact.again,
  }),
  defineSignal({
    name: 'cache.writes.stored',
    kind: 'counter',
    unit: '{write}',
    help: 'Writes that the database committed for the first time',
    fact: writeStored,
    where: (fact) => !fact.again,
  }),
  defineSignal({
    name: 'cache.writes.repeated',
    kind: 'counter',
    unit: '{write}',
    help: 'Writes that the database committed once more, since nobody knew that it had them',
    fact: writeStored,
    where: (fact) => fact.again,
  }),
  defineSignal({
    name: 'cache.writes.delay',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the beginning of a write to its commit by the database: how far the store lags behind',
    fact: writeStored,
    where: (fact) => !fact.again,
    value: (fact) => fact.delay,
  }),
  defineSignal({
    name: 'cache.writes.lost',
    kind: 'counter',
    unit: '{write}',
    help: 'Writes that were acknowledged and never stored, whatever the cause',
    fact: writeLost,
  }),
  lost('refused', 'Acknowledged writes that a full buffer had refused without anybody looking'),
  lost('batch', 'Acknowledged writes lost with a batch that failed'),
  lost('crash', 'Acknowledged writes lost by a crash'),
];
