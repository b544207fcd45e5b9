/** The assignors by name: `partition.assignment.strategy`. */
import type { Assignor } from './assignor.ts';
import { range } from './range.ts';
import { roundRobinAssignor } from './round-robin.ts';
import { cooperativeSticky, sticky } from './sticky.ts';

export const assignors: Readonly<Record<'range' | 'roundrobin' | 'sticky' | 'cooperative-sticky', Assignor>> = {
  range,
  roundrobin: roundRobinAssignor,
  sticky,
  'cooperative-sticky': cooperativeSticky,
};
