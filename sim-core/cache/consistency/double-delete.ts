/**
 * Double delete: delete, update, and once more after a delay, which the user does not wait for. The second delete takes
 * out what slow readers have put back, if they were not slower than the delay; until then it is served.
 */
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Duration } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Protocol, Steps } from './protocol.ts';
import { readAside } from './protocol.ts';

export function doubleDelete(app: Steps, delay: Duration): Protocol {
  function* later(key: number, request: RequestContext): Behaviour {
    yield delay;
    yield* app.drop(key, request);
  }
  return {
    read: (key, request) => readAside(app, key, request, (row) => app.put(row, request)),
    *write(key, request) {
      yield* app.drop(key, request);
      const row = yield* app.save(key, request);
      spawn(app.sim, 'second delete', later(key, request));
      return row;
    },
  };
}
