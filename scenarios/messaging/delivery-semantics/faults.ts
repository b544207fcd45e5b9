/** Consumers that die, and consumers that lose their connection and work on: in turn, each at a moment of its interval. */
import type { Duration, RabbitConsumer, Simulation } from '../../../sim-core/index.ts';
import { inTurn } from '../../application/faults.ts';
import { faultsEvery } from './limits.ts';
import type { Values } from './params.ts';

export function befall(sim: Simulation, p: Values, consumers: readonly RabbitConsumer[]): void {
  killInTurn(sim, p, consumers);
  // Another than the one that dies about then, so that most are there to lose a connection.
  const others = consumers.map((_, i) => consumers[(i + Math.ceil(consumers.length / 2)) % consumers.length]);
  const intervals = faultsEvery(p, p.disconnectEvery);
  inTurn(sim, 'a connection is lost', intervals, others, (consumer) => consumer.disconnect());
}

/** What a consumer without a connection can suffer. */
export function killInTurn(sim: Simulation, p: Values, consumers: readonly Mortal[]): void {
  inTurn(sim, 'a consumer dies', faultsEvery(p, p.killEvery), consumers, (consumer) => consumer.kill(p.downtime));
}

interface Mortal {
  kill(downtime: Duration): void;
}
