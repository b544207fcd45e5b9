/** A component's row of the methods in words: what a table has in its cells. A number that there is none of is a dash. */
import { grouped, readable } from '../../statistics/figures.ts';
import { percentText, timeText } from '../health/checklist.ts';
import type { MethodsRow } from './component-methods.ts';

export interface MethodsText {
  /** RED: how many and of what, the share that failed, how long they took. Empty where there is nothing of it. */
  readonly rate: string;
  readonly errors: string;
  /** Empty where none was. */
  readonly cancelled: string;
  readonly duration: string;
  /** USE, a text a capacity. */
  readonly use: readonly string[];
}

const told = (value: number, text: (value: number) => string): string => (Number.isNaN(value) ? '–' : text(value));

export const NO_RED = 'nobody calls it, and it calls nobody';
export const NO_USE = 'none that the model measures';

export function methodsText({ name, red, use }: MethodsRow): MethodsText {
  return {
    rate: red === undefined ? NO_RED : `${readable(red.rate)}/s ${red.of}`,
    errors: red === undefined ? '' : told(red.errors, percentText),
    cancelled: red === undefined || red.cancelled === 0 ? '' : `${grouped(red.cancelled)} cancelled`,
    duration:
      red === undefined
        ? ''
        : `${told(red.mean, timeText)}${Number.isNaN(red.p95) ? '' : `, p95 ${timeText(red.p95)}`}`,
    use: use.map((one) => {
      const parts = [
        `${told(one.utilization, percentText)} of ${grouped(one.units)} in use, ${told(one.utilizationMax, percentText)} at most`,
        ...(one.waiting > 0 ? [`${readable(one.waiting)} waiting, ${readable(one.waitingMax)} at most`] : []),
        ...(one.refused > 0 ? [`${grouped(one.refused)} refused`] : []),
      ];
      return `${one.name.startsWith(`${name} `) ? one.name.slice(name.length + 1) : one.name}: ${parts.join('; ')}`;
    }),
  };
}
