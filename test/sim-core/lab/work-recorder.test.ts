/** Processor time by whose it was and what it was for: nothing is missed or counted twice, and it is as much as the signals say. */
import { expect, it } from 'vitest';
import tracePropagation from '../../../scenarios/observability/trace-propagation.ts';
import { ProcessorSharing } from '../../../sim-core/kernel/processor-sharing.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s, SECOND } from '../../../sim-core/kernel/time.ts';
import { ExportedRun } from '../../../sim-core/lab/export/exported-run.ts';
import { speedscopeProfile } from '../../../sim-core/lab/export/profile.ts';
import { run } from '../../../sim-core/lab/run.ts';
import { WorkRecorder } from '../../../sim-core/lab/work-recorder.ts';
import { processOf } from '../observability/processes.ts';

it('adds up what each was given, an application by frames and its instruments apart', () => {
  const sim = new Simulation();
  const recorder = new WorkRecorder(sim);
  const process = processOf(sim, 'app-1');
  const database = new ProcessorSharing(sim, 'database', 2);
  sim.inject(() => {
    process.charge(ms(1));
    process.work(ms(5), 'orders.create');
    process.work(ms(3), 'orders.read');
    process.work(ms(2), 'orders.create');
    process.background(ms(4));
    for (const demand of [ms(7), ms(8)]) database.work(demand, () => {}, undefined);
  }, 0);
  sim.runUntil(s(1));
  expect(recorder.finish()).toEqual([
    { processors: 'app-1', frame: 'orders.create', time: ms(7) },
    { processors: 'app-1', frame: 'telemetry', time: ms(5) },
    { processors: 'app-1', frame: 'orders.read', time: ms(3) },
    { processors: 'database', frame: '', time: ms(15) },
  ]);
});

it('keeps a thousand pairs and adds up the rest', () => {
  const sim = new Simulation();
  const recorder = new WorkRecorder(sim);
  const process = processOf(sim, 'app-1');
  sim.inject(() => {
    for (let i = 0; i < 1200; i++) process.work(ms(1), `frame ${i}`);
  }, 0);
  sim.runUntil(s(1));
  const work = recorder.finish();
  expect(work).toHaveLength(1001);
  expect(work.at(-1)).toEqual({
    processors: '(all beyond 1000 pairs of processors and frame)',
    frame: '',
    time: ms(200),
  });
});

it('is what the signals say, and a profile has it by components and frames', () => {
  const recording = run(tracePropagation, { variant: 'propagated', params: { rate: 10, length: s(20) } });
  const work = recording.work!;
  const total = (name: string): number =>
    recording.signals.find((one) => one.name === name)!.columns.count.reduce((sum, count) => sum + count, 0);
  const timeOf = (isIt: (frame: string) => boolean): number =>
    work.reduce((sum, { frame, time }) => sum + (isIt(frame) ? time / SECOND : 0), 0);
  expect(timeOf((frame) => frame === 'telemetry')).toBeCloseTo(total('telemetry.cpu.time'), 9);
  expect(timeOf((frame) => frame !== '')).toBeCloseTo(total('process.cpu.time'), 9);
  const file = JSON.parse(speedscopeProfile(new ExportedRun(recording, tracePropagation))) as {
    shared: { frames: { name: string }[] };
    profiles: { name: string; samples: number[][]; endValue: number }[];
  };
  const { name, samples, endValue } = file.profiles.at(-1)!;
  expect(name).toBe('processor time of the run');
  const stacks = samples.map((stack) => stack.map((frame) => file.shared.frames[frame].name).join(' > '));
  expect(stacks).toEqual(
    expect.arrayContaining([
      'database > works',
      'orders > orders.create',
      'orders > telemetry',
      'edge > edge.checkout',
    ]),
  );
  expect(endValue).toBeCloseTo(
    work.reduce((sum, { time }) => sum + time, 0),
    3,
  );
});
