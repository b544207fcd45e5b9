/**
 * Last in, first out: the newest waits least, and whoever waits long is left behind. In overload that serves those who still
 * wait, without anybody knowing who does (B. Maurer, Fail at Scale, ACM Queue 13(8), 2015: https://queue.acm.org/detail.cfm?id=2839461).
 * The others stay in line, and are served when nobody new comes, or never.
 */
import type { LineDiscipline } from './line-discipline.ts';

export const lifo = (): LineDiscipline => ({ placeOf: (arrival) => -arrival, drops: () => false });
