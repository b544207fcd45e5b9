/** What is told of the outbox's rows against a table of them: who is inserted, marked and deleted, and what other tables are to it. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { OutboxDepth } from '../../../../sim-core/services/outbox/outbox-depth.ts';
import { outboxChanged } from '../../../../sim-core/services/outbox/signals.ts';
import type { Change } from '../../../../sim-core/storage/relational/rows.ts';

const written = (key: number, processed: boolean): Change => ({ table: 'outbox', key, row: { processed } });
const deleted = (key: number): Change => ({ table: 'outbox', key, row: undefined });

it.each<[string, Change[], rows: number, depth: number]>([
  ['inserted', [written(1, false), written(2, false)], 2, 2],
  ['marked', [written(1, false), written(2, false), written(1, true)], 2, 1],
  ['marked twice', [written(1, true), written(1, true)], 1, 0],
  ['marked, and taken back', [written(1, true), written(1, false)], 1, 1],
  ['deleted', [written(1, false), written(2, false), deleted(1)], 1, 1],
  ['marked and deleted', [written(1, true), written(2, false), deleted(1)], 1, 1],
  ['inserted and deleted at once', [written(1, false), deleted(1)], 0, 0],
  ['deleted, and was not there', [deleted(1)], 0, 0],
  ['of another table', [{ table: 'orders', key: 1, row: { processed: false } }], 0, 0],
])('%s', (_name, changes, rows, depth) => {
  for (const inOneTransaction of [true, false]) {
    const sim = new Simulation();
    const told: unknown[] = [];
    sim.facts.channel(outboxChanged).listen((fact) => void told.push({ rows: fact.rows, depth: fact.depth }));
    const outbox = new OutboxDepth(sim);
    if (inOneTransaction) outbox.committed(changes);
    else for (const change of changes) outbox.committed([change]);
    expect(told.at(-1)).toEqual({ rows, depth });
    expect(told).toHaveLength(inOneTransaction ? 1 : changes.length);
  }
});
