/**
 * A profile of processor time: how often a profiler found each stack on a processor, looking at a steady pace. So many samples
 * of a period each are that much processor time, give or take what chance does to a count. Written down it is folded, a stack a line
 * and its count (B. Gregg, https://www.brendangregg.com/FlameGraphs/cpuflamegraphs.html).
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { Resource } from '../signals/telemetry.ts';

export interface Profile {
  readonly resource: Resource;
  readonly from: Time;
  readonly to: Time;
  /** Between two looks. */
  readonly period: Duration;
  /** How often each stack was found; functions from the outermost on, joined by semicolons. */
  readonly samples: ReadonlyMap<string, number>;
}

/** `orders.place;price;tax.compute 12` */
export const folded = ({ samples }: Pick<Profile, 'samples'>): string =>
  Array.from(samples, ([stack, count]) => `${stack} ${count}\n`).join('');

/** The function that was being executed: the innermost of a stack. */
export const innermost = (stack: string): string => stack.slice(stack.lastIndexOf(';') + 1);
