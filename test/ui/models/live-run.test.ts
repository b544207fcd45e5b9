/** The newest request wins, results keep coming while requests do, and a stopped run says so. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveRun, type Runner } from '../../../ui/models/live-run.ts';

/** Computes "n!" in so many milliseconds, and soon has done so much of it; a cancelled run rejects. */
class SlowRunner implements Runner<number, string> {
  #reject: ((error: Error) => void) | undefined = undefined;
  readonly #ms: number;
  readonly #soon: number;

  constructor(ms: number, soon: number) {
    this.#ms = ms;
    this.#soon = soon;
  }

  run(request: number, progress: (share: number) => void): Promise<string> {
    setTimeout(() => progress(this.#soon), 50);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      setTimeout(() => (request < 0 ? reject(new RangeError('negative')) : resolve(`${request}!`)), this.#ms);
    });
  }

  cancel(): void {
    this.#reject?.(new Error('cancelled'));
  }
}

let log: string[];
function liveRun(ms: number, soon = 0.2): LiveRun<number, string> {
  log = [];
  return new LiveRun(new SlowRunner(ms, soon), {
    started: (request) => log.push(`start ${request}`),
    progress: () => {},
    finished: (result) => log.push(result),
    failed: (error) => log.push(String(error)),
    cancelled: () => log.push('stopped'),
  });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a young run is let finish, and only the newest of those that wait is run', async () => {
  const live = liveRun(100);
  for (const request of [1, 2, 3]) live.request(request);
  await vi.advanceTimersByTimeAsync(250);
  expect(log).toEqual(['start 1', '1!', 'start 3', '3!']);
});

it('a long run is cancelled in favour of a newer one, silently', async () => {
  const live = liveRun(1000);
  live.request(1);
  await vi.advanceTimersByTimeAsync(150);
  live.request(2);
  await vi.advanceTimersByTimeAsync(49);
  expect(log).toEqual(['start 1']);
  await vi.advanceTimersByTimeAsync(1100);
  expect(log).toEqual(['start 1', 'start 2', '2!']);
});

it('a run that is mostly done is let finish, so that results keep coming', async () => {
  const live = liveRun(300, 0.6);
  for (const request of [1, 2, 3, 4]) {
    live.request(request);
    await vi.advanceTimersByTimeAsync(160);
  }
  await vi.advanceTimersByTimeAsync(300);
  expect(log).toEqual(['start 1', '1!', 'start 2', '2!', 'start 4', '4!']);
});

it('one that seemed to be so and is not done after as long again is cancelled', async () => {
  const live = liveRun(1000, 0.9);
  live.request(1);
  live.request(2);
  await vi.advanceTimersByTimeAsync(399);
  expect(log).toEqual(['start 1']);
  await vi.advanceTimersByTimeAsync(1);
  expect(log).toEqual(['start 1', 'start 2']);
});

it('a failure is told, and the next request runs', async () => {
  const live = liveRun(10);
  live.request(-1);
  await vi.advanceTimersByTimeAsync(20);
  live.request(4);
  await vi.advanceTimersByTimeAsync(20);
  expect(log).toEqual(['start -1', 'RangeError: negative', 'start 4', '4!']);
});

it('cancelling stops the run and forgets what waits', async () => {
  const live = liveRun(1000);
  live.request(1);
  live.request(2);
  live.cancel();
  await vi.advanceTimersByTimeAsync(3000);
  expect(log).toEqual(['start 1', 'stopped']);
});
