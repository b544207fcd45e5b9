/** The monitor of a dead-letter queue against a plain reading of the same times: when its alert has to begin. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { s } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { Queue } from '../../../../sim-core/messaging/channels/queue.ts';
import { QUEUE_DEFAULTS } from '../../../../sim-core/messaging/channels/queue-options.ts';
import { deadLettersAlerted } from '../../../../sim-core/messaging/dead-letter/signals.ts';
import { DeadLetterWatch } from '../../../../sim-core/messaging/dead-letter/watch.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const EVERY = 5;
const WINDOW = 20;

/** Alerts of a queue to which messages come in the middle of these seconds and that is emptied in these. */
function alertsOf(comes: readonly number[], emptied: readonly number[], rate: number, age: number): [number, string][] {
  const sim = new Simulation();
  const queue = new Queue(sim, { ...QUEUE_DEFAULTS, name: 'dead' });
  const alerts: [number, string][] = [];
  sim.facts.channel(deadLettersAlerted).listen(({ cause }) => alerts.push([sim.now / s(1), cause]));
  const alert = { rate, window: s(WINDOW), age: s(age), onAlert: () => {} };
  new DeadLetterWatch(sim, { name: 'monitor', help: 'looks', queue, every: s(EVERY), alert });
  const publish = (): void =>
    void queue.publish(makeMessage({ request: new RequestContext(0, sim.now), content: 0, sent: sim.now }));
  for (const second of comes) sim.scheduleAt(s(second + 0.5), publish, undefined, sim.eventKind('comes'));
  for (const second of emptied)
    sim.scheduleAt(s(second + 0.7), () => void queue.purge(), undefined, sim.eventKind('purge'));
  sim.runUntil(s(120) + 1);
  return alerts;
}

function expected(comes: readonly number[], emptied: readonly number[], rate: number, age: number): [number, string][] {
  const alerts: [number, string][] = [];
  let wasFiring = false;
  for (let look = 0; look <= 120; look += EVERY) {
    const before = comes.filter((at) => at + 0.5 < look);
    const inWindow = before.filter((at) => at + 0.5 > look - WINDOW).length;
    const lastPurge = Math.max(-1, ...emptied.map((at) => at + 0.7).filter((at) => at < look));
    const oldest = Math.min(look, ...before.map((at) => at + 0.5).filter((at) => at > lastPurge));
    const cause = inWindow / WINDOW > rate ? 'rate' : look - oldest > age ? 'age' : undefined;
    if (cause !== undefined && !wasFiring) alerts.push([look, cause]);
    wasFiring = cause !== undefined;
  }
  return alerts;
}

it('fires at the first look at which a window holds too many or the oldest is too old, and again after it was quiet', () => {
  const seconds = fc.array(fc.nat(115), { maxLength: 40 });
  fc.assert(
    fc.property(
      seconds,
      fc.array(fc.nat(115), { maxLength: 3 }),
      fc.constantFrom(0.1, 0.3, 1),
      fc.integer({ min: 8, max: 60 }),
      (...given) => {
        expect(alertsOf(...given)).toEqual(expected(...given));
      },
    ),
  );
});
