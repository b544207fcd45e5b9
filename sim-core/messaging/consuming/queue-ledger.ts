/**
 * A ledger that sees for itself where messages are: a message is in somebody's hands while a copy of it is in any queue,
 * whoever put it there: orders, a queue of delays, dead letters, what was set aside. What a strategy, a redrive or the broker
 * lets fall on the way from one queue to another is lost, whatever they believe.
 *
 * It listens to what queues say of each copy, so that it is for brokers whose queues say it.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import { messageEnqueued, messageSettled } from '../channels/facts.ts';
import { EffectLedger } from './ledger.ts';

export class QueueLedger extends EffectLedger {
  constructor(sim: Simulation, name: string) {
    super(sim, name);
    sim.facts.channel(messageEnqueued).listen(({ request }) => this.taken(request));
    const goneKind = sim.eventKind(`${name}: a copy has left its queue`);
    sim.facts.channel(messageSettled).listen(({ request, fate, cause }) => {
      // A dead letter that has been sent arrives at the same instant, by an event that was planned before this one; and what
      // needs no acknowledgement is handed out at the instant at which its queue is done with it.
      if (fate === 'dead-lettered' || cause === 'no ack asked')
        sim.schedule(0, () => this.released(request), undefined, goneKind, request);
      else this.released(request);
    });
  }
}
