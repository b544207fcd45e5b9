/** The line disciplines by name; the names are the values that a scenario's parameter takes. */
import { codel } from './codel.ts';
import { deadline } from './deadline.ts';
import { fifo } from './fifo.ts';
import { lifo } from './lifo.ts';
import type { LineDisciplineFactory } from './line-discipline.ts';

export const lineDisciplines = { fifo, deadline, lifo, codel } satisfies Record<string, LineDisciplineFactory>;

export type LineDisciplineName = keyof typeof lineDisciplines;
