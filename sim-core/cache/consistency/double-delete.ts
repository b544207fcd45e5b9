/**
 * Double delete: delete, update, and once more after a delay, which the user does not wait for. The second delete takes
 * out what slow readers have put back, if they were not slower than the delay; until then it is served. It is kept in the
 * instance's memory until then, and a crash takes it away.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { BackgroundWork } from '../background-work.ts';
import type { CachePattern } from '../patterns/cache-pattern.ts';
import { readAside, type Steps } from '../patterns/steps.ts';

export function doubleDelete(app: Steps, delay: Duration): CachePattern {
  const due = new BackgroundWork(app.sim, 'second delete');
  function* later(key: number, request: RequestContext): Behaviour {
    yield delay;
    yield* app.drop(key, request);
  }
  return {
    read: (key, request) => readAside(app, key, request, (...loaded) => app.put(...loaded)),
    *write(key, request) {
      yield* app.drop(key, request);
      const row = yield* app.save(key, request);
      due.start(later(key, request));
      return row;
    },
    crash: () => due.crash(),
  };
}
