/**
 * Staleness, measured exactly: what a read returned beside what had been committed when the read was sent.
 *
 * A read is stale if a newer version of its key was committed before the read began; one that overlaps a write may
 * return either version and is not (the register that Lamport calls regular: On Interprocess Communication, 1986). Its age is the time
 * from the commit that replaced what it returned to the start of the read. A cache that keeps entries for a time to live,
 * however they came in, can not return anything older than that and the time of a load.
 */
import { defineFact, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { RequestContext } from '../network/request-context.ts';
import { defineSignal } from '../statistics/signal.ts';
import type { Row } from './queries.ts';
import type { VersionHistory } from './version-history.ts';

/**
 * A read returned a row. `behind`: newer versions that had been committed when it was sent; `age`: since when; `phantom`:
 * whether its transaction has been rolled back.
 */
export const rowReturned = defineFact('read.returned', 'A read returned a row to who had asked', {
  reader: 'text',
  request: 'request',
  key: 'key',
  version: 'number',
  behind: 'number',
  age: 'duration',
  phantom: 'flag',
});

export const stalenessSignals = [
  defineSignal({
    name: 'read.stale_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of reads that returned a value which had been replaced before they were sent',
    fact: rowReturned,
    counts: (fact) => fact.behind > 0,
  }),
  defineSignal({
    name: 'read.stale',
    kind: 'counter',
    unit: '{read}',
    help: 'Reads that returned a value which had been replaced before they were sent',
    fact: rowReturned,
    where: (fact) => fact.behind > 0,
  }),
  defineSignal({
    name: 'read.staleness',
    kind: 'histogram',
    unit: 's',
    help: 'How long ago the value of a stale read had been replaced when the read was sent',
    fact: rowReturned,
    where: (fact) => fact.behind > 0,
    value: (fact) => fact.age,
  }),
  defineSignal({
    name: 'read.phantoms',
    kind: 'counter',
    unit: '{read}',
    help: 'Reads that returned what a transaction had written that was rolled back',
    fact: rowReturned,
    where: (fact) => fact.phantom,
  }),
];

export class StalenessMeter {
  private readonly history: VersionHistory;
  private readonly returned: FactChannel<Fact<typeof rowReturned>>;

  constructor(sim: Simulation, history: VersionHistory) {
    this.history = history;
    this.returned = sim.facts.channel(rowReturned);
  }

  /** Measures what a read of a request returned; call it where the reader has its row. */
  measure(reader: string, { key, version }: Row, request: RequestContext): void {
    if (!this.returned.heard) return;
    const behind = this.history.newer(key, version, request.started);
    const age = behind === 0 ? 0 : request.started - this.history.supersededAt(key, version)!;
    const phantom = this.history.isPhantom(key, version);
    this.returned.emit({ reader, request: request.id, key, version, behind, age, phantom });
  }
}
