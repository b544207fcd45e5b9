/** A scenario as a user writes one, in a folder of the user's own that knows no package. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** JavaScript; with `: Simulation` and the like it is TypeScript. */
export const userScenario = (types: { readonly sim: string; readonly limit?: number } = { sim: '' }): string => `
import { atMost, constant, Database, defineScenario, Link, ms, OpenLoopClient, poisson, quantile, rate, roundRobin, s,
  zipfPopularity } from 'brownout';

export default defineScenario({
  id: 'mine',
  section: '0',
  title: 'My own',
  question: 'Does it <run> & "hold"?',
  params: { rate: rate({ help: 'Requests', default: 100, min: 1, max: 1000 }) },
  variants: { calm: {}, busy: { rate: 200 } },
  roles: { calm: 'control', busy: 'fault' },
  seed: 3,
  duration: s(5),
  warmUp: s(1),
  openAt: s(1),
  system(sim${types.sim}, p) {
    const database = new Database(sim, { name: 'database', connections: 10, queueMax: 100, cores: 4, demand: constant(ms(5)) });
    const link = new Link(sim, database, { from: 'users', delay: constant(ms(1)) });
    new OpenLoopClient(sim, {
      name: 'users', arrivals: poisson(p.rate), popularity: zipfPopularity(100, 1), target: roundRobin([link]),
    });
  },
  charts: ['http.client.request.duration'],
  expect: {
    calm: [atMost(quantile('http.client.request.duration', 'p99'), 0.1)],
    busy: [atMost(quantile('http.client.request.duration', 'p99'), ${types.limit ?? 0.1})],
  },
});
`;

export interface Folder {
  readonly path: string;
  /** Writes a file into it and returns its path. */
  write(name: string, text: string): string;
  remove(): void;
}

export function userFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'brownout-user-'));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
