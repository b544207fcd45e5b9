/** What asking for new events again and again costs the database, and how late it makes them: derived from the parameters, as in `limits.ts`. */
import { toSeconds } from '../../../sim-core/index.ts';
import { limit, ordersMost, pollsLeast, relayDeaths, ROW, STATEMENT } from './limits.ts';
import type { Values } from './params.ts';

/** Half of an interval in the mean: commits come at any moment of it. A relay that is up again polls at once. */
export const halfAnInterval = limit(
  (p) => (toSeconds(p.pollInterval) / 2) * Math.max(0, 1 - p.pollInterval / p.relayCrashEvery),
);

/** Polls in a run if each takes no time beside the pause, with those that follow at once. */
const pollsMost = (p: Values): number => p.length / p.pollInterval + 2 * relayDeaths(p) + ordersMost(p) / p.batch + 1;
/** It polls whether there is anything or not. The demand of a statement varies by a fifth, of some hundred by nothing to speak of. */
export const pollsCost = limit((p) => (0.9 * pollsLeast(p) * toSeconds(STATEMENT)) / toSeconds(p.length));
/**
 * A poll, the account of it, and of each event two rows that are visited, by each relay; a transaction to claim them begins and ends by
 * two more statements. A poll without an index looks at all rows, and one that leaves out what others have locked at those.
 */
export const pollsCostMost = limit((p) => {
  const polls = p.relays * pollsMost(p);
  const statements = p.claims === 'nothing' ? 2 : 4;
  const locked = p.claims === 'rows' ? polls * (p.relays - 1) * p.batch : 0;
  const rows = p.polling === 'as-printed' ? polls * ordersMost(p) : 2 * p.relays * ordersMost(p) + locked;
  return (1.1 * polls * statements * toSeconds(STATEMENT) + rows * toSeconds(ROW)) / toSeconds(p.length);
});
