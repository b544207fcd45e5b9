/** Waiting for shared processors: as long as they take, and what is begun is worked off whoever still waits. */
import { expect, it } from 'vitest';
import { spawn } from '../../../sim-core/kernel/process.ts';
import { ProcessorSharing } from '../../../sim-core/kernel/processor-sharing.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../sim-core/kernel/time.ts';
import { worked } from '../../../sim-core/kernel/worked.ts';

function workers(demands: readonly number[]) {
  const sim = new Simulation();
  const processors = new ProcessorSharing(sim, 'cpu', 1);
  const ends: number[] = [];
  const processes = demands.map((demand, number) =>
    spawn(
      sim,
      `worker ${number}`,
      (function* () {
        yield* worked(sim, processors, demand);
        ends[number] = sim.now;
      })(),
    ),
  );
  return { sim, processors, ends, processes };
}

it('two share one processor, and who is alone again has it to himself', () => {
  const { sim, ends } = workers([ms(10), ms(30)]);
  sim.runUntil(Infinity);
  expect(ends).toEqual([ms(20), ms(40)]);
});

it('what nobody waits for any more keeps the processor all the same', () => {
  const { sim, ends, processors, processes } = workers([ms(10), ms(30)]);
  sim.runUntil(ms(5));
  processes[1].cancel();
  expect(processors.active).toBe(2);
  sim.runUntil(Infinity);
  expect(ends).toEqual([ms(20)]);
  expect(sim.now).toBe(ms(40));
});

it('work of no length is done at once', () => {
  const { sim, ends } = workers([0]);
  sim.runUntil(Infinity);
  expect(ends).toEqual([0]);
});
