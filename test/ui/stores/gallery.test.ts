/** Home's pictures give the worker up as soon as nobody looks at them. */
import { expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { run } from '../../../sim-core/index.ts';
import { listed } from '../../../ui/models/listing.ts';
import { Gallery } from '../../../ui/stores/gallery.svelte.ts';
import type { Engine } from '../../../ui/worker/engine.ts';
import type { RunRequest, RunResult } from '../../../ui/worker/simulator.ts';

const { scenario } = catalogue.find((one) => one.scenario.id === 'synchronized-expiry')!;
const entry = { scenario: listed(scenario) };

/** Answers each run when it is told to. */
class PatientEngine {
  readonly asked: RunRequest[] = [];
  #answer: ((result: RunResult) => void) | undefined = undefined;

  run(request: RunRequest): Promise<RunResult> {
    this.asked.push(request);
    return new Promise((resolve) => (this.#answer = resolve));
  }

  async answer(): Promise<void> {
    const { variant } = this.asked.at(-1)!;
    this.#answer!({ recording: run(scenario, { variant }), wallMs: 1 });
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const galleryOf = (engine: PatientEngine): Gallery => new Gallery(engine as unknown as Engine);

it('draws a pair from two runs, one after the other', async () => {
  const engine = new PatientEngine();
  const gallery = galleryOf(engine);
  gallery.wantPair(entry);
  await engine.answer();
  await engine.answer();
  expect(engine.asked).toHaveLength(2);
  expect(gallery.pairs.has(entry.scenario.id)).toBe(true);
});

it('asks for no second run once the pair has left the screen', async () => {
  const engine = new PatientEngine();
  const gallery = galleryOf(engine);
  const release = gallery.wantPair(entry);
  release();
  await engine.answer();
  expect(engine.asked).toHaveLength(1);
  expect(gallery.pictures.has(entry.scenario.id)).toBe(true);
  expect(gallery.pairs.size).toBe(0);
});
