/** Invalidation by the log of changes: every instance follows it, and takes out what it finds there. */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Link } from '../../network/link.ts';
import { BACKGROUND, BACKGROUND_BLOCK } from '../../network/request-context.ts';
import { ChangeLog, followLog } from './change-log.ts';
import { readLocally, type InvalidationChannel } from './channel.ts';

/** `kept`: changes at least that the log keeps; `poll`: time between two looks of an instance. */
export function logChannel(sim: Simulation, near: Distribution, kept: number, poll: Duration): InvalidationChannel {
  const log = new ChangeLog(sim, kept);
  let members = 0;
  return {
    committed: (row) => log.append(row),
    join(member) {
      const { instance, local } = member;
      followLog(sim, {
        name: instance,
        log: new Link(sim, log, { from: instance, delay: near }),
        poll,
        firstRequest: BACKGROUND + members++ * BACKGROUND_BLOCK,
        from: log.end,
        changed: ({ key }) => local.invalidate(key),
        missed: () => local.clear(),
      });
      return { read: readLocally(member), *wrote() {} };
    },
  };
}
