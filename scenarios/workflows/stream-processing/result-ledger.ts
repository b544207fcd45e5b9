/** What becomes of results that each order has by itself, one or one a line: the ledger of those that are read. */
import { EffectLedger, fieldsOf, RequestContext, type Simulation, type ValuedRecord } from '../../../sim-core/index.ts';
import { LINES_MAX, type Placed, type TillsObserver } from './orders.ts';
import { RESULTS, resultsOf } from './topologies.ts';

/** Who is told of orders, and of results that are read. */
export interface ResultObserver extends TillsObserver {
  result(record: ValuedRecord): void;
}

export class ResultLedger implements ResultObserver {
  private readonly sim: Simulation;
  private readonly processing: string;
  private readonly ledger: EffectLedger;

  constructor(sim: Simulation, processing: string) {
    this.sim = sim;
    this.processing = processing;
    this.ledger = new EffectLedger(sim, RESULTS);
  }

  placed(): void {}

  sent({ request, order }: Placed): void {
    const lines = resultsOf(this.processing, order);
    for (let line = 0; line < lines; line++) this.ledger.confirmed(resultId(request, line));
  }

  result(record: ValuedRecord): void {
    const line = fieldsOf(record)['line'] as number | undefined;
    const id = resultId(record.request, line ?? 0);
    this.ledger.applied({ id, key: id, request: new RequestContext(record.request, this.sim.now) });
  }
}

const resultId = (request: number, line: number): number => request * (LINES_MAX + 1) + line;
