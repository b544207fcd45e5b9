/** A table beside a list of rows and a map of places. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import type { Waiter } from '../../../sim-core/kernel/wait.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Table, type StoredRow, type TableCommand } from '../../../sim-core/storage/table.ts';

const row = fc.record({ n: fc.nat(9) });
const command: fc.Arbitrary<TableCommand> = fc.oneof(
  row.map((one) => ({ command: 'insert' as const, row: one })),
  fc.tuple(fc.nat(3), row).map(([key, one]) => ({ command: 'upsert' as const, key, row: one })),
  fc.tuple(fc.nat(6), fc.nat(4)).map(([identity, count]) => ({ command: 'after' as const, identity, count })),
);

it('inserts, replaces by key and reads on, one statement after the other', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
      const sim = new Simulation();
      const table = new Table(sim, 'table', constant(10));
      const link = new Link<TableCommand, readonly StoredRow[]>(sim, table, { from: 'client', delay: constant(0) });
      const answers: [number, readonly StoredRow[]][] = [];
      commands.forEach((asked, i) => {
        const waiter: Waiter = {
          resume: ({ result }) => answers.push([sim.now, result as readonly StoredRow[]]),
          fail: () => expect.unreachable(),
        };
        link.call(asked, new RequestContext(i, 0)).begin(waiter);
      });
      sim.runUntil(1000);
      const rows: unknown[] = [];
      const places = new Map<unknown, number>();
      commands.forEach((asked, i) => {
        const [at, answer] = answers[i];
        expect(at).toBe(10 * (i + 1));
        if (asked.command === 'after') {
          expect(answer.map((one) => one.row)).toEqual(rows.slice(asked.identity, asked.identity + asked.count));
          return;
        }
        expect(answer).toEqual([]);
        const place = asked.command === 'upsert' ? places.get(asked.key) : undefined;
        if (place !== undefined) rows[place] = asked.row;
        else {
          if (asked.command === 'upsert') places.set(asked.key, rows.length);
          rows.push(asked.row);
        }
      });
      expect(table.rows.map((one) => one.row)).toEqual(rows);
      expect(table.rows.map(({ identity }) => identity)).toEqual(rows.map((_, i) => i + 1));
    }),
  );
});
