/** Consumers that die, and consumers that lose their connection and work on: in turn, each at a moment of its interval. */
import type { Duration, RabbitConsumer, Simulation } from '../../../sim-core/index.ts';
import { faultCount } from './limits.ts';
import type { Values } from './params.ts';

export function befall(sim: Simulation, p: Values, consumers: readonly RabbitConsumer[]): void {
  killInTurn(sim, p, consumers);
  // Another than the one that dies about then, so that most are there to lose a connection.
  const others = consumers.map((_, i) => consumers[(i + Math.ceil(consumers.length / 2)) % consumers.length]);
  inTurn(sim, p, 'a connection is lost', p.disconnectEvery, others, (consumer) => consumer.disconnect());
}

/** What a consumer without a connection can suffer. */
export function killInTurn(sim: Simulation, p: Values, consumers: readonly Mortal[]): void {
  inTurn(sim, p, 'a consumer dies', p.killEvery, consumers, (consumer) => consumer.kill(p.downtime));
}

interface Mortal {
  kill(downtime: Duration): void;
}

function inTurn<Consumer>(
  sim: Simulation,
  p: Values,
  what: string,
  every: Duration,
  consumers: readonly Consumer[],
  act: (consumer: Consumer) => void,
): void {
  const kind = sim.eventKind(what);
  const moments = sim.random(what);
  for (let i = 0; i < faultCount(p, every); i++) {
    const at = p.faultsFrom + Math.floor((i + moments.next()) * every);
    sim.scheduleAt(at, act, consumers[i % consumers.length], kind);
  }
}
