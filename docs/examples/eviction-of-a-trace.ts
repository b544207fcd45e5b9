/**
 * Eviction policies on the keys of a trace of your own, as a scenario: the curves of a policy, of another one, and of OPT,
 * and the hit ratio over time, which `cachesim` does not tell. Any format that `cachesim` reads, plain or in gzip; the whole
 * trace is kept in memory. A file is read, so it runs from the command line and not in the page:
 *
 *     TRACE=keys.txt.gz npx brownout run docs/examples/eviction-of-a-trace.ts --set eviction=w-tinylfu:climb
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  atLeast,
  CacheBank,
  choice,
  constant,
  defineScenario,
  difference,
  evictionChoices,
  formatOfFileName,
  inTurn,
  KeyTable,
  Link,
  mean,
  MISS_RATIO_CURVE,
  ms,
  OpenLoopClient,
  s,
  traceFormats,
  uniformArrivals,
  type Simulation,
} from 'brownout';

/** Shares of the trace's objects that the caches have room for. */
const SIZES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** Requests a second: what the clock of the charts counts. */
const RATE = 1000;

const path = process.env.TRACE;
if (path === undefined) throw new Error('TRACE: which file? as TRACE=keys.txt.gz npx brownout run …');
const bytes = readFileSync(path);
const { keys, objects } = read(path.endsWith('.gz') ? gunzipSync(bytes) : bytes, basename(path));

const policy = (fallback: string, help: string) => choice({ help, default: fallback, choices: [...evictionChoices] });
const nameOf = (line: string, share: number): string => `${line}.${100 * share}`;
const misses = (line: string) => mean(`${MISS_RATIO_CURVE}.${nameOf(line, 0.1)}`);

export default defineScenario({
  id: 'eviction-of-a-trace',
  section: '1.3',
  title: `Eviction of ${basename(path)}`,
  question: 'Which policy keeps what this trace will ask for?',
  params: { eviction: policy('lru', 'The policy looked at'), beside: policy('w-tinylfu', 'Another one') },
  variants: { trace: {} },
  roles: { trace: 'control' },
  seed: 1,
  duration: s((keys.length + 0.9) / RATE),
  warmUp: 0,
  openAt: 0,
  system(sim: Simulation, { eviction, beside }) {
    const lines = { policy: eviction, beside, opt: 'opt-bypass' };
    const bank = new CacheBank(sim, {
      name: 'caches',
      caches: SIZES.flatMap((size) =>
        Object.entries(lines).map(([line, name]) => {
          const capacity = Math.max(1, Math.round(size * objects));
          return { name: nameOf(line, size), eviction: name, capacity, line: `${line}: ${name}`, size };
        }),
      ),
      serving: nameOf('policy', 0.1),
      ahead: keys.length,
    });
    const users = new OpenLoopClient<boolean>(sim, {
      name: 'users',
      arrivals: uniformArrivals(RATE),
      popularity: inTurn(keys),
      target: () => link,
    });
    const link = new Link<number, boolean>(sim, bank, { from: 'users', delay: constant(ms(0.5)) });
    bank.foresee(users);
  },
  charts: [MISS_RATIO_CURVE, 'cache.hit_ratio', 'cache.evictions', 'cache.bookkeeping.steps'],
  expect: { trace: [atLeast(difference(misses('policy'), misses('opt')), 0)] },
});

/** The keys of a trace as whole numbers from 0, in the order requested. */
function read(trace: Uint8Array, name: string): { keys: number[]; objects: number } {
  const table = new KeyTable();
  const reader = traceFormats[formatOfFileName(name)].create();
  const requested: number[] = [];
  for (const batches of [reader.read(trace), reader.end()]) {
    for (const batch of batches) {
      const ids = new Int32Array(batch.count);
      table.intern(batch, ids, 0);
      for (const id of ids) requested.push(id);
    }
  }
  if (requested.length === 0) throw new Error(`TRACE: ${name} holds no requests`);
  return { keys: requested, objects: table.size };
}
