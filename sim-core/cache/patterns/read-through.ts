/**
 * Read-through: the application asks a facade, which loads what it does not have (handbook 1.1: "cache loader/provider
 * fetches"). The facade lets one load of a key through at a time, and orders loads and writes of one key, as Caffeine's
 * `LoadingCache` does: a computation of an entry and an explicit write of it wait for each other. The write path is that
 * of cache-aside, inside the facade: the store first, then the entry is deleted.
 *
 * The order holds within one instance. Another one's facade knows nothing of it.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import { updateThenDelete } from '../consistency/update-then-delete.ts';
import type { LoadGuard } from '../stampede/load-guard.ts';
import { singleFlight } from '../stampede/single-flight.ts';
import type { CachePattern, PatternOptions } from './cache-pattern.ts';
import { KeyTurns } from './key-turns.ts';
import { Loader } from './loads.ts';
import { Steps } from './steps.ts';

export class ReadThrough implements CachePattern {
  protected readonly sim: Simulation;
  protected readonly app: Steps;
  protected readonly turns: KeyTurns;
  protected readonly loader: Loader;
  protected readonly guard: LoadGuard;
  private readonly writes: Pick<CachePattern, 'write'>;

  constructor(sim: Simulation, options: PatternOptions) {
    const { instance, cache } = options;
    this.sim = sim;
    this.app = new Steps(sim, options);
    this.writes = this.writing();
    this.turns = new KeyTurns(sim, instance);
    this.loader = new Loader(this.app, options);
    this.guard = singleFlight({
      sim,
      instance,
      cache,
      loadAndStore: (key, request) => this.turns.inTurn(key, () => this.load(key, request)),
    });
  }

  *read(key: number, request: RequestContext): Behaviour<Row> {
    const entry = (yield* this.app.look(key, request))?.entry;
    return entry === undefined ? yield* this.guard.load(key, request) : entry.value;
  }

  write(key: number, request: RequestContext): Behaviour<Row> {
    return this.turns.inTurn(key, () => this.writes.write(key, request));
  }

  /** What a miss does when it is its turn. */
  protected load(key: number, request: RequestContext): Behaviour<Row> {
    return this.loader.load(key, request);
  }

  /** What a write does when it is its turn. */
  protected writing(): Pick<CachePattern, 'write'> {
    return updateThenDelete(this.app);
  }
}
