/**
 * Cache-aside: the application asks the cache, on a miss reads the store and puts the value into the cache (handbook
 * 1.1: `GET -> Cache ? Hit -> Return; Miss -> DB -> Cache.put -> Return`). A write goes to the store, and then to the
 * cache as `onWrite` says: the entry is deleted, or put there anew, or left to its time to live.
 *
 * What happens when many miss at once is left to a load guard, and how long an entry lives to a rule of expiry; see
 * `stampede/`. That there is no row under a key is kept for a time of its own, or not at all, as in the handbook's
 * `orElseThrow`. Nothing orders a load and a write of one key, so a reader may put a value there that a writer has just
 * replaced.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import { BackgroundWork } from '../background-work.ts';
import { updateThenDelete } from '../consistency/update-then-delete.ts';
import { writeThrough } from '../consistency/write-through.ts';
import type { ExpiryRule } from '../stampede/expiry-rule.ts';
import type { LoadGuard, LoadGuardFactory } from '../stampede/load-guard.ts';
import { sayStampedeControl } from '../stampede/stampede-control.ts';
import type { CachePattern, PatternOptions } from './cache-pattern.ts';
import { Loader } from './loads.ts';
import { Steps } from './steps.ts';

/** What a write does to the entry in the cache once the store has it. */
export type OnWrite = 'delete' | 'update' | 'nothing';

const writers: Readonly<Record<OnWrite, (app: Steps) => Pick<CachePattern, 'write'>>> = {
  delete: updateThenDelete,
  update: writeThrough,
  nothing: (app) => ({ write: (key, request) => app.save(key, request) }),
};

export interface CacheAsideOptions extends PatternOptions {
  readonly guard: LoadGuardFactory;
  /** `delete` without it. */
  readonly onWrite?: OnWrite;
}

export class CacheAside implements CachePattern {
  private readonly sim: Simulation;
  private readonly app: Steps;
  private readonly expiry: ExpiryRule;
  private readonly writes: Pick<CachePattern, 'write'>;
  private readonly guard: LoadGuard;
  private readonly refreshes: BackgroundWork;

  constructor(sim: Simulation, options: CacheAsideOptions) {
    const { instance, cache, expiry, onWrite = 'delete' } = options;
    this.sim = sim;
    this.app = new Steps(sim, options);
    this.expiry = expiry;
    if (expiry.control !== undefined) sayStampedeControl(sim, instance, expiry.control);
    this.writes = writers[onWrite](this.app);
    const loader = new Loader(this.app, options);
    this.guard = options.guard({
      sim,
      instance,
      cache,
      loadAndStore: (key, request, terms) => loader.load(key, request, terms?.fence),
    });
    this.refreshes = new BackgroundWork(sim, `${instance} refreshes`);
  }

  *read(key: number, request: RequestContext): Behaviour<Row> {
    const entry = (yield* this.app.look(key, request))?.entry;
    if (entry === undefined) return yield* this.guard.load(key, request);
    const verdict = this.expiry.judge(entry, this.sim.now, request);
    if (verdict === 'reload') return yield* this.guard.load(key, request, { replaces: entry });
    if (verdict === 'refresh' && !this.guard.loading(key)) {
      this.refreshes.start(this.guard.load(key, request, { replaces: entry }));
    }
    return entry.value;
  }

  write(key: number, request: RequestContext): Behaviour<Row> {
    return this.writes.write(key, request);
  }

  crash(): void {
    this.refreshes.crash();
  }
}
