/** The benchmarks of `brownout bench`, by name. */
import type { Benchmark } from './benchmark.ts';
import { cachesim } from './cachesim.ts';
import { hold } from './hold.ts';
import { mm1, processSwitch } from './kernel.ts';
import { page } from './page.ts';
import { memory, requests } from './requests.ts';

export const benchmarks: Readonly<Record<string, Benchmark>> = {
  hold,
  'process-switch': processSwitch,
  mm1,
  requests,
  page,
  memory,
  cachesim,
};
