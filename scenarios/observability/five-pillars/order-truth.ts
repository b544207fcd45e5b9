/**
 * What the dashboard's panel of orders ought to show, which only the experimenter knows: the 95th percentile of the durations themselves,
 * over the stretch that the panel looks back over. The panel's is interpolated within a bucket, of what was scraped.
 */
import {
  defineReading,
  defineSignal,
  toSeconds,
  type Duration,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { repeatedly } from '../application/repeatedly.ts';
import { orderAnswered } from './shop.ts';

export const ORDER_P95 = 'five_pillars.order.duration.p95';

const orderTrue = defineReading('order.true', 'What the panel of orders should have shown', { p95: 'duration' });

export const orderSignal = defineSignal({
  name: ORDER_P95,
  kind: 'gauge',
  unit: 's',
  help: "True 95th percentile of the gateway's orders, of those answered in the stretch that the dashboard looks back over",
  fact: orderTrue,
  value: ({ p95 }) => toSeconds(p95),
  of: () => 'gateway',
});

/** Of the orders answered in the last `window`, every so often. */
export function watchOrders(sim: Simulation, window: Duration, every: Duration): void {
  const told = sim.facts.channel(orderTrue);
  let lately: { readonly at: Time; readonly duration: Duration }[] = [];
  sim.facts.channel(orderAnswered).listen(({ duration }) => void lately.push({ at: sim.now, duration }));
  repeatedly(sim, 'the truth of orders is told', every, () => {
    lately = lately.filter(({ at }) => at > sim.now - window);
    const durations = Float64Array.from(lately, ({ duration }) => duration).sort();
    if (durations.length > 0) told.emit({ p95: durations[Math.ceil(0.95 * durations.length) - 1] });
  });
}
