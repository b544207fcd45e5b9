/** What can be done to a stage of a pipeline while it runs. */
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Intervention } from '../../network/component.ts';

interface Subject {
  readonly sim: Simulation;
  slow(factor: number): void;
  pause(until: Time): void;
  limit(bound: number): void;
  crash(downtime: Duration): void;
}

const seconds = (help: string) => ({ name: 'seconds', help, min: 0.001, max: 1e6, default: 3 });

export const stageInterventions = (stage: Subject): Readonly<Record<string, Intervention>> => ({
  slow: {
    help: 'An item takes so many times as long from now on; 1 is as it was',
    arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 3 }],
    apply: ([factor]) => stage.slow(factor),
  },
  pause: {
    help: 'Takes up nothing new for so long; what it works at is finished',
    arguments: [seconds('how long it pauses')],
    apply: ([length]) => stage.pause(stage.sim.now + Math.round(length * SECOND)),
  },
  bound: {
    help: 'As many items wait in its buffer from now on at most; those inside stay',
    arguments: [{ name: 'items', help: 'how many', min: 1, max: 1e6, default: 256 }],
    apply: ([items]) => stage.limit(Math.round(items)),
  },
  crash: {
    help: 'Kills the process with all that it holds; it is up again after so long',
    arguments: [seconds('how long it is down')],
    apply: ([length]) => stage.crash(Math.round(length * SECOND)),
  },
});
