/** Invalidation over a bus: who has written says so, and every instance takes its copy out. */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Endpoint } from '../../network/call.ts';
import { Link } from '../../network/link.ts';
import type { LocalCache } from '../local-cache.ts';
import { readLocally, type InvalidationChannel } from './channel.ts';
import { InvalidationBus, MESSAGE_BYTES, type Invalidation, type InvalidationBusOptions } from './invalidation-bus.ts';

export function busChannel(sim: Simulation, near: Distribution, options: InvalidationBusOptions): InvalidationChannel {
  const bus = new InvalidationBus<Invalidation>(sim, options);
  return {
    join(member) {
      const { instance, local } = member;
      const announce = new Link<Invalidation, void>(sim, bus, { from: instance, delay: near });
      bus.subscribe(new Link(sim, hearing(instance, local), { from: bus.name, delay: near }));
      return {
        read: readLocally(member),
        *wrote({ key }, request) {
          yield* announce.call({ key, bytes: MESSAGE_BYTES }, request);
        },
      };
    },
  };
}

/** Where an instance hears what has been written. */
function hearing(name: string, local: LocalCache): Endpoint<Invalidation, void> {
  return {
    name,
    receive(call) {
      local.invalidate(call.query.key);
      call.reply();
    },
  };
}
