/** Consumers that die, and consumers that lose their connection and work on: in turn, each at a moment of its interval. */
import type { Duration, RabbitConsumer, Simulation } from '../../../sim-core/index.ts';
import { faultCount } from './limits.ts';
import type { Values } from './params.ts';

export function befall(sim: Simulation, p: Values, consumers: readonly RabbitConsumer[]): void {
  inTurn(sim, p, 'a consumer dies', p.killEvery, consumers, (consumer) => consumer.kill(p.downtime));
  // Another than the one that dies about then, so that most are there to lose a connection.
  const others = consumers.map((_, i) => consumers[(i + Math.ceil(consumers.length / 2)) % consumers.length]);
  inTurn(sim, p, 'a connection is lost', p.disconnectEvery, others, (consumer) => consumer.disconnect());
}

function inTurn(
  sim: Simulation,
  p: Values,
  what: string,
  every: Duration,
  consumers: readonly RabbitConsumer[],
  act: (consumer: RabbitConsumer) => void,
): void {
  const kind = sim.eventKind(what);
  const moments = sim.random(what);
  for (let i = 0; i < faultCount(p, every); i++) {
    const at = p.faultsFrom + Math.floor((i + moments.next()) * every);
    sim.scheduleAt(at, act, consumers[i % consumers.length], kind);
  }
}
