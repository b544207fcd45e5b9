/** The experimenter's look at both ends of a pipeline: orders of the shop that the warehouse has twice, or not yet. No model reads it. */
import {
  defineReading,
  defineSignal,
  type Fact,
  type FactChannel,
  type Simulation,
  type Table,
} from '../../../sim-core/index.ts';
import { lookAgainAndAgain } from './looks.ts';

/** The warehouse's rows were held against the shop's. */
export const rowsCompared = defineReading('orders.rows.compared', 'Rows of both tables were held against each other', {
  doubled: 'number',
  missing: 'number',
});

export const ROWS_TWICE = 'orders.rows.doubled';
export const ROWS_MISSING = 'orders.rows.missing';

const ofWarehouse = (): string => 'warehouse';

export const rowSignals = [
  defineSignal({
    name: ROWS_TWICE,
    kind: 'gauge',
    unit: '{row}',
    help: 'Rows of the warehouse whose order it has in another row',
    fact: rowsCompared,
    value: (fact: Fact<typeof rowsCompared>) => fact.doubled,
    of: ofWarehouse,
  }),
  defineSignal({
    name: ROWS_MISSING,
    kind: 'gauge',
    unit: '{row}',
    help: 'Orders of the shop that the warehouse does not have',
    fact: rowsCompared,
    value: (fact: Fact<typeof rowsCompared>) => fact.missing,
    of: ofWarehouse,
  }),
];

export class RowTruth {
  private readonly shop: Table;
  private readonly warehouse: Table;
  private readonly seen = new Set<number | string>();
  private looked = 0;
  private readonly compared: FactChannel<Fact<typeof rowsCompared>>;

  constructor(sim: Simulation, shop: Table, warehouse: Table) {
    this.shop = shop;
    this.warehouse = warehouse;
    this.compared = sim.facts.channel(rowsCompared);
    lookAgainAndAgain(sim, 'rows of both tables are held against each other', this.compared, () => this.look());
  }

  private look(): void {
    // An upsert puts a row where the one before it was: only new places have new orders.
    const { rows } = this.warehouse;
    for (; this.looked < rows.length; this.looked++) this.seen.add(rows[this.looked].row['order']);
    const { size } = this.seen;
    this.compared.emit({ doubled: rows.length - size, missing: this.shop.rows.length - size });
  }
}
