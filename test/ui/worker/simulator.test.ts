/** The simulator that the page talks to: the same run as anywhere, in slices, cancellable, and fit to be sent. */
import { expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { run, s } from '../../../sim-core/index.ts';
import { RunCancelled, Simulator, type RunRequest } from '../../../ui/worker/simulator.ts';
import { buffersOf, compactCopy } from '../../../ui/worker/transferables.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const [variant] = Object.keys(scenario.variants);
const request: RunRequest = { scenario: scenario.id, variant, params: {}, seed: 3, interventions: [] };
const nothing = (): void => {};

it('computes the recording that the library computes', async () => {
  const { recording } = await new Simulator().run(request, nothing);
  expect(recording.header.digest).toBe(run(scenario, { variant, seed: 3 }).header.digest);
});

it('tells its progress and stops between two slices when it is cancelled', async () => {
  const simulator = new Simulator();
  const shares: number[] = [];
  const running = simulator.run(request, (share) => {
    shares.push(share);
    if (shares.length === 2) simulator.cancel();
  });
  await expect(running).rejects.toThrow(RunCancelled);
  expect(shares).toHaveLength(2);
  expect(shares[0]).toBeGreaterThan(0);
  expect(shares[1]).toBeGreaterThan(shares[0]);
});

it('a newer run ends the one before it', async () => {
  const simulator = new Simulator();
  const older = simulator.run(request, nothing);
  const newer = simulator.run({ ...request, seed: 4 }, nothing);
  await expect(older).rejects.toThrow(RunCancelled);
  expect((await newer).recording.header.seed).toBe(4);
});

it('says what is wrong with a request', async () => {
  const simulator = new Simulator();
  await expect(simulator.run({ ...request, scenario: 'nowhere' }, nothing)).rejects.toThrow('no scenario nowhere');
  await expect(simulator.run({ ...request, variant: 'nothing' }, nothing)).rejects.toThrow('no variant nothing');
});

it('a result is moved as it is, with every buffer of it', async () => {
  const result = await new Simulator().run(request, nothing);
  const before = result.recording.signals.map(({ columns }) => Object.values(columns).map((values) => values.length));
  const { digest } = result.recording.header;
  const transfer = buffersOf(result);
  expect(new Set(transfer).size).toBe(transfer.length);
  const moved = structuredClone(result, { transfer });
  expect(result.recording.events.times).toHaveLength(0);
  expect(moved.recording.header.digest).toBe(digest);
  expect(moved.recording.signals.map(({ columns }) => Object.values(columns).map((values) => values.length))).toEqual(
    before,
  );
  expect(moved.recording.events.times.subarray(0, moved.recording.events.kept).at(-1)).toBeLessThanOrEqual(
    moved.recording.header.duration + s(0),
  );
});

it('a copy holds the same in memory of its own, and no more of it than that', () => {
  const numbers = Float64Array.from([1, NaN, 3, 4]);
  const value = { part: numbers.subarray(1, 3), list: [{ text: 'a', kinds: Uint16Array.of(7) }], none: undefined };
  const copy = compactCopy(value);
  expect(copy).toEqual(value);
  expect(buffersOf(copy).map(({ byteLength }) => byteLength)).toEqual([16, 2]);
  numbers.fill(0);
  expect([...copy.part]).toEqual([NaN, 3]);
});
