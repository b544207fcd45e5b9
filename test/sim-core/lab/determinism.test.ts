/**
 * A run is a pure function: one digest for one input, whatever ran before, beside or in which slices, on the main thread
 * or in a worker; and another digest for another input.
 */
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import stampede from '../../../scenarios/caching/stampede.ts';
import {
  encodeRecording,
  firstDifference,
  messageSent,
  ms,
  Run,
  run,
  s,
  type ParameterValues,
  type RunOptions,
  type Scenario,
} from '../../../sim-core/index.ts';

const variants = Object.keys(stampede.variants);

/** Any short run of the stampede. */
const inputs: fc.Arbitrary<RunOptions> = fc.record({
  variant: fc.constantFrom(...variants),
  seed: fc.oneof(fc.nat(), fc.string({ unit: 'binary', minLength: 1 })),
  params: fc.record({
    length: fc.constant(s(6)),
    rate: fc.integer({ min: 20, max: 200 }),
    ttl: fc.integer({ min: 200, max: 6000 }).map(ms),
    loadTime: fc.integer({ min: 1, max: 200 }).map(ms),
    hotShare: fc.double({ min: 0, max: 1, noNaN: true }),
    keys: fc.integer({ min: 1, max: 300 }),
    exponent: fc.double({ min: 0, max: 3, noNaN: true }),
    capacity: fc.integer({ min: 1, max: 200 }),
    eviction: fc.constantFrom('lru', 'fifo', 'random', 'clock', 'slru'),
  }),
  interventions: fc.oneof(
    fc.constant([]),
    fc
      .integer({ min: 0, max: s(6) - 1 })
      .map((at) => [{ at, action: 'slow', target: 'database', args: { factor: 3 } }]),
  ),
});

const digestOf = (options: RunOptions, scenario: Scenario = stampede): string => run(scenario, options).header.digest;

describe('one digest for one input', () => {
  it('again, after another run, and in slices of any size while another run is advanced in turn', () => {
    fc.assert(
      fc.property(
        inputs,
        inputs,
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }),
        (one, other, slices) => {
          const [first, second] = [run(stampede, one), run(stampede, other)];
          const beside = [new Run(stampede, other), new Run(stampede, one)];
          const running = new Set(beside);
          for (let turn = 0; running.size > 0; turn++) {
            for (const each of running) if (each.advance(slices[turn % slices.length])) running.delete(each);
          }
          const [secondAgain, firstAgain] = beside.map((each) => each.finish());
          expect(firstDifference(first, firstAgain)).toBeUndefined();
          expect(firstDifference(second, secondAgain)).toBeUndefined();
          expect([firstAgain.header.digest, secondAgain.header.digest]).toEqual([
            first.header.digest,
            second.header.digest,
          ]);
          // And not by the digest alone: everything that is kept, byte for byte.
          expect(Buffer.compare(encodeRecording(firstAgain), encodeRecording(first))).toBe(0);
          expect(Buffer.compare(encodeRecording(secondAgain), encodeRecording(second))).toBe(0);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('for a seed written as a number or as text, and for parameters given or left at their default', () => {
    const params = { length: s(6), rate: 50 };
    for (const seed of [0, 1, 42, 2 ** 40]) {
      expect(digestOf({ variant: 'none', params, seed: String(seed) })).toBe(
        digestOf({ variant: 'none', params, seed }),
      );
    }
    const full = run(stampede, { variant: 'none', params }).header.params;
    const pinned = digestOf({ variant: 'none', params });
    expect(digestOf({ variant: 'none', params: full, seed: stampede.seed })).toBe(pinned);
    expect(digestOf({ variant: 'none', params: { rate: 50, length: s(6) } })).toBe(pinned);
  });

  it('whatever is kept of the events, and whoever listens to the facts', () => {
    let heard = 0;
    const listened: Scenario = {
      ...stampede,
      system(sim, params) {
        stampede.system(sim, params);
        // Nobody hears messages otherwise.
        sim.facts.channel(messageSent).listen(() => heard++);
        sim.facts.onChannel((channel) => channel.listen(() => heard++));
      },
    };
    fc.assert(
      fc.property(inputs, fc.nat(s(6)), fc.nat(s(6)), (options, from, to) => {
        const digest = digestOf(options);
        expect(digestOf({ ...options, window: { from, to } })).toBe(digest);
        expect(digestOf(options, listened)).toBe(digest);
        expect(digestOf({ ...options, definition: 'sha256:other', budget: { eventsMax: 1e7 } })).toBe(digest);
      }),
      { numRuns: 6 },
    );
    expect(heard).toBeGreaterThan(1000);
  });

  it('in a worker thread and on the main one', async () => {
    const list = fc.sample(inputs, { numRuns: 4, seed: 20 });
    const here = [...list, { variant: 'none' }].map((options) => digestOf(options));
    expect(await digestsInWorker([...list, { variant: 'none' }])).toEqual(here);
  });
});

describe('another digest for another input', () => {
  it('for any other seed, variant, or one parameter that is changed', () => {
    fc.assert(
      fc.property(inputs, (options) => {
        const digest = digestOf(options);
        const params: ParameterValues = { ...options.params, rate: Number(options.params!['rate']) + 1 };
        expect(digestOf({ ...options, params })).not.toBe(digest);
        expect(digestOf({ ...options, seed: `${options.seed} ` })).not.toBe(digest);
        const next = variants[(variants.indexOf(options.variant) + 1) % variants.length];
        expect(digestOf({ ...options, variant: next })).not.toBe(digest);
      }),
      { numRuns: 5 },
    );
  });

  it('for each parameter, though it may change nothing that happens', () => {
    const options = { variant: 'none', params: { length: s(6), rate: 20 } };
    const recording = run(stampede, options);
    const digests = new Set([recording.header.digest]);
    for (const [name, parameter] of Object.entries(stampede.params)) {
      const value = recording.header.params[name];
      const other =
        parameter.type === 'choice'
          ? parameter.choices.find((choice) => choice !== value)!
          : parameter.type === 'flag'
            ? !value
            : Number(value) + (parameter.max - Number(value)) / 2;
      const isWhole = parameter.type === 'integer' || parameter.type === 'duration';
      const small = name === 'length' ? s(7) : name === 'rate' ? 21 : name === 'keys' ? 501 : other;
      digests.add(
        digestOf({ ...options, params: { ...options.params, [name]: isWhole ? Math.floor(Number(small)) : small } }),
      );
    }
    expect(digests.size).toBe(Object.keys(stampede.params).length + 1);
  });
});

/** The same runs, computed by a worker thread that loads the sources itself. */
async function digestsInWorker(list: readonly RunOptions[]): Promise<string[]> {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { createJiti } = require(workerData.jiti);
    const jiti = createJiti(workerData.here);
    (async () => {
      const { run } = await jiti.import(workerData.library);
      const { default: scenario } = await jiti.import(workerData.scenario);
      parentPort.postMessage(workerData.list.map((options) => run(scenario, options).header.digest));
    })();
  `;
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  const worker = new Worker(source, {
    eval: true,
    workerData: {
      jiti: createRequire(import.meta.url).resolve('jiti'),
      here: path('./determinism.test.ts'),
      library: path('../../../sim-core/index.ts'),
      scenario: path('../../../scenarios/caching/stampede.ts'),
      list,
    },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the worker ended with code ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}
