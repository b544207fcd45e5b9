/**
 * The log of changes: every instance follows it, and takes out what it finds there, or goes on with the row that it finds. The
 * log has the rows of a key in their order; but a load may have brought a newer one than the log has told of yet.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Link } from '../../network/link.ts';
import { BACKGROUND, BACKGROUND_BLOCK } from '../../network/request-context.ts';
import { ChangeLog, followLog } from './change-log.ts';
import { readLocally, type InvalidationChannel } from './channel.ts';
import { newerWins } from './push-channel.ts';

export interface LogChannelOptions {
  /** Changes at least that the log keeps. */
  readonly kept: number;
  /** Time between two looks of an instance. */
  readonly poll: Duration;
  readonly copies: 'are-taken-out' | 'are-updated';
}

export function logChannel(
  sim: Simulation,
  near: Distribution,
  { kept, poll, copies }: LogChannelOptions,
): InvalidationChannel {
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
        changed: (row, look) => {
          if (copies === 'are-taken-out') local.invalidate(row.key);
          else local.revise(row.key, look, (copy) => newerWins.becomes(copy, row, 1));
        },
        missed: () => local.clear(),
      });
      return { read: readLocally(member), *wrote() {} };
    },
  };
}
