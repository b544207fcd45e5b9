/**
 * Pushing: who has written sends every instance what the row is now, over a bus that waits for all of them, and an instance
 * that keeps the row goes on with that and need not load it again. Infinispan's replicated mode sends the value; TAO sends the
 * change and has the follower compare versions, since its copy may lack an earlier one (Bronson et al., USENIX ATC 2013, section 6.1).
 *
 * Two messages of one key may overtake each other, for their writers do not wait for one another. What an instance makes of what
 * it is sent is the rule. Rows that it does not keep it does not take in.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Endpoint } from '../../network/call.ts';
import { Link } from '../../network/link.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { Row } from '../../storage/queries.ts';
import type { LocalCache } from '../local-cache.ts';
import { readLocally, type InvalidationChannel } from './channel.ts';
import { InvalidationBus, MESSAGE_BYTES, type Invalidation } from './invalidation-bus.ts';

/** What a row was for who heard of it. `late`: older than what it keeps; `gap`: a change to what it does not have. */
type PushOutcome = 'absent' | 'applied' | 'known' | 'late' | 'gap';

/** An instance heard what a row is now. */
export const pushHeard = defineFact('invalidation.push', 'An instance was sent what a row is now', {
  instance: 'text',
  request: 'request',
  key: 'key',
  outcome: 'text',
});

export const pushSignals = [
  defineSignal({
    name: 'invalidation.pushes.late',
    kind: 'counter',
    unit: '{message}',
    help: 'Pushed rows that came to an instance which already kept a newer one',
    fact: pushHeard,
    where: ({ outcome }) => outcome === 'late',
  }),
  defineSignal({
    name: 'invalidation.pushes.gaps',
    kind: 'counter',
    unit: '{message}',
    help: 'Pushed changes that do not follow on what the instance kept, which it therefore dropped',
    fact: pushHeard,
    where: ({ outcome }) => outcome === 'gap',
  }),
];

export interface PushRule {
  /** Whether it looks at versions. */
  readonly compares: boolean;
  /**
   * What becomes of the row that is kept when another is sent, so many changes after the one that it follows on; nothing, if
   * only a load can tell.
   */
  readonly becomes: (kept: Row, sent: Row, changes: number) => Row | undefined;
}

/** Whatever comes last is believed. */
export const lastComes: PushRule = { compares: false, becomes: (_, sent) => sent };
/** The value with the higher version. */
export const newerWins: PushRule = {
  compares: true,
  becomes: (kept, sent) => (sent.version > kept.version ? sent : kept),
};
/** A change to the version before it: it can be made to that one alone. */
export const changeFollows: PushRule = {
  compares: true,
  becomes(kept, sent, changes) {
    if (kept.version >= sent.version) return kept;
    return kept.version === sent.version - changes ? sent : undefined;
  },
};

interface Push extends Invalidation {
  readonly row: Row;
  readonly changes: number;
}

/** `payload`: bytes of the value, or of the change, that a message carries. */
export function pushChannel(sim: Simulation, near: Distribution, rule: PushRule, payload: number): InvalidationChannel {
  const bus = new InvalidationBus<Push>(sim, { delivery: 'acknowledged', lossShare: 0 });
  const heard = sim.facts.channel(pushHeard);
  return {
    join(member) {
      const { instance, local } = member;
      const announce = new Link<Push, void>(sim, bus, { from: instance, delay: near });
      bus.subscribe(new Link(sim, hearing(instance, local, rule, heard), { from: bus.name, delay: near }));
      return {
        read: readLocally(member),
        *wrote(row, request, changes = 1) {
          yield* announce.call({ key: row.key, row, changes, bytes: MESSAGE_BYTES + payload }, request);
        },
      };
    },
  };
}

/** Where an instance hears what a row is now. */
function hearing(
  instance: string,
  local: LocalCache,
  rule: PushRule,
  heard: FactChannel<Fact<typeof pushHeard>>,
): Endpoint<Push, void> {
  return {
    name: instance,
    receive(call) {
      const { row: sent, changes } = call.query;
      let outcome: PushOutcome = 'absent';
      const becomes = (kept: Row): Row | undefined => {
        const row = rule.becomes(kept, sent, changes);
        outcome = outcomeOf(kept, sent, row);
        return row;
      };
      local.revise(sent.key, call.request, becomes, rule.compares ? sent.version : undefined);
      if (heard.heard) heard.emit({ instance, request: call.request.id, key: sent.key, outcome });
      call.reply();
    },
  };
}

function outcomeOf(kept: Row, sent: Row, row: Row | undefined): PushOutcome {
  if (row === undefined) return 'gap';
  if (sent.version === kept.version) return 'known';
  return sent.version < kept.version ? 'late' : 'applied';
}
