/** The line disciplines by name; the names are the values that a scenario's parameter takes. */
import { codelRfc8289 } from './codel-rfc8289.ts';
import { codel } from './codel.ts';
import { deadline } from './deadline.ts';
import { fifo } from './fifo.ts';
import { lifo } from './lifo.ts';
import type { LineDisciplineFactory } from './line-discipline.ts';

export const lineDisciplines = { fifo, deadline, lifo, codel, 'codel-rfc8289': codelRfc8289 } satisfies Record<
  string,
  LineDisciplineFactory
>;

export type LineDisciplineName = keyof typeof lineDisciplines;
