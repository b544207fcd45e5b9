/** A twin without a server: two counters, of which the "real" one can be given a fault. */
import fc from 'fast-check';
import type { RealServer, Twin } from '../../../../scenarios/cli/twin/twin.ts';

export interface Count {
  readonly op: 'add' | 'reset';
  readonly amount: number;
}

const step = fc.record<Count>({ op: fc.constantFrom('add', 'reset'), amount: fc.nat(9) });

export const count = (script: readonly Count[], fault = false): number[] => {
  let total = 0;
  return script.map(({ op, amount }) => {
    total = op === 'reset' ? 0 : total + amount;
    // The fault: what has come to ten or more is forgotten.
    if (fault && total >= 10) total = 0;
    return total;
  });
};

export class CountingServer implements RealServer<Count> {
  readonly version = 'counter 1.0';
  stopped = false;
  readonly play: RealServer<Count>['play'];

  constructor(play: RealServer<Count>['play']) {
    this.play = play;
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }
}

export const counterTwin = (server: RealServer<Count>, program: string | undefined = 'counter'): Twin<Count> => ({
  name: 'counter',
  help: 'sums',
  package: 'counter-server',
  findProgram: () => program,
  scripts: fc.array(step, { minLength: 1, maxLength: 12 }),
  vocabulary: ['add', 'reset'],
  words: ({ op }) => [op],
  line: ({ op, amount }) => (op === 'add' ? `add ${amount}` : 'reset'),
  atOnce: 4,
  model: (script) => count(script),
  start: async () => server,
});
