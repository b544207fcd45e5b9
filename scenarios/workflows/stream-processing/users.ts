/** Users who place orders at tills; all kinds of processing have the same. */
import {
  during,
  Link,
  OpenLoopClient,
  poisson,
  roundRobin,
  zipfPopularity,
  type Simulation,
} from '../../../sim-core/index.ts';
import { faraway } from '../../application/distances.ts';
import * as limits from './limits.ts';
import { Tills, type SendOn, type TillsObserver } from './orders.ts';
import type { Values } from './params.ts';

export function users(
  sim: Simulation,
  p: Values,
  sendOnFrom: (tills: string) => SendOn,
  observer: TillsObserver,
): void {
  const tills = new Tills(sim, p, sendOnFrom, observer);
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - limits.DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(p.customers, 0),
    target: roundRobin([new Link<number, void>(sim, tills, { from: 'users', delay: faraway })]),
  });
}
