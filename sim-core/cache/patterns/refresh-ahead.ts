/**
 * Refresh-ahead: as read-through, and an entry that is read after its soft time to live is served and loaded anew behind
 * the reader's back, so that keys in use never expire (handbook 1.1; Caffeine's `refreshAfterWrite` beside
 * `expireAfterWrite`). A refresh begins only when somebody reads; one that fails leaves the old entry.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import { BackgroundWork } from '../background-work.ts';
import type { PatternOptions } from './cache-pattern.ts';
import { ReadThrough } from './read-through.ts';

export class RefreshAhead extends ReadThrough {
  private readonly refreshes: BackgroundWork;

  constructor(sim: Simulation, options: PatternOptions) {
    super(sim, options);
    this.refreshes = new BackgroundWork(sim, `${options.instance} refreshes`);
  }

  override *read(key: number, request: RequestContext): Behaviour<Row> {
    const entry = (yield* this.app.look(key, request))?.entry;
    if (entry === undefined) return yield* this.guard.load(key, request);
    if (this.sim.now >= entry.softExpiresAt && !this.guard.loading(key)) {
      this.refreshes.start(this.guard.load(key, request));
    }
    return entry.value;
  }

  crash(): void {
    this.refreshes.crash();
  }
}
