/**
 * Tables of `../shared/data/vectors`, which lie beside a checkout and are no part of it; `BROWNOUT_SHARED` names another
 * place for them. A test that compares with one is left out, by its name, where the table is not there. In CI it never is.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(process.env.BROWNOUT_SHARED ?? join(import.meta.dirname, '../../shared'), 'data/vectors');

export interface SharedVectors<Table> {
  /** Whether tests are to do without it. */
  readonly isLeftOut: boolean;
  read(): Table;
}

export function sharedVectors<Table>(name: string): SharedVectors<Table> {
  const file = join(folder, name);
  return {
    isLeftOut: !existsSync(file) && process.env.CI === undefined,
    read: () => JSON.parse(readFileSync(file, 'utf8')) as Table,
  };
}
