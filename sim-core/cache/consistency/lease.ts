/**
 * Update, then delete, with leases (Nishtala et al., NSDI 2013): a miss brings a token, and what was loaded is stored by it.
 * The writer's delete makes all tokens that are out worthless, so a late store of an old value is refused. Readers that
 * miss while another has the token take the value that was just deleted, where that is allowed, or look again after a while.
 */
import type { Duration } from '../../kernel/time.ts';
import type { CachePattern } from '../patterns/cache-pattern.ts';
import type { LeaseTerms } from './leases.ts';
import type { Steps } from '../patterns/steps.ts';
import { sayStampedeControl } from '../stampede/stampede-control.ts';

export interface LeaseOptions extends LeaseTerms {
  /** Time between two looks of those who got neither a token nor a value. */
  readonly poll: Duration;
}

export function lease(app: Steps, { poll, ...lease }: LeaseOptions): CachePattern {
  sayStampedeControl(app.sim, app.instance, 'leases');
  return {
    *read(key, request) {
      for (;;) {
        const reply = yield* app.ask({ command: 'lease-get', key, lease }, request);
        if (reply === undefined) return yield* app.load(key, request);
        if (reply.entry !== undefined) return reply.entry.value;
        if (reply.token !== undefined) {
          const started = app.sim.now;
          const row = yield* app.load(key, request);
          const entry = app.entryOf(row, request, app.sim.now - started);
          yield* app.ask({ command: 'lease-set', entry, token: reply.token }, request);
          return row;
        }
        yield poll;
      }
    },
    *write(key, request) {
      const row = yield* app.save(key, request);
      yield* app.drop(key, request);
      return row;
    },
  };
}
