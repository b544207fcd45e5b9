/** A closer look at a long run: the same run, other events of it; what overtakes it, what is stopped and what does not agree. */
import { describe, expect, it } from 'vitest';
import scenario from '../../../scenarios/caching/stampede.ts';
import { eventIndex, ms, run, s, type Recording } from '../../../sim-core/index.ts';
import { closeUpFrom, isKept, keptText } from '../../../ui/models/close-up.ts';
import { chainTo } from '../../../ui/models/causes.ts';
import { Particles } from '../../../ui/models/particles.ts';
import { layOut } from '../../../ui/models/topology.ts';
import { trafficOf } from '../../../ui/models/traffic.ts';
import { CloseUp } from '../../../ui/stores/close-up.svelte.ts';
import type { Engine } from '../../../ui/worker/engine.ts';
import type { RunRequest, RunResult } from '../../../ui/worker/simulator.ts';

const params = { length: s(9), ttl: s(5), timeout: ms(900), rate: 200 };
const request: RunRequest = { scenario: scenario.id, variant: 'none', params, seed: 1, interventions: [] };
const all = run(scenario, { variant: 'none', params });
const AT = 6e9;

/** As if no more than the first few could be kept. */
const whole: Recording = { ...all, events: { ...all.events, kept: Math.floor(all.events.total / 4) } };

interface Asked {
  readonly request: RunRequest;
  readonly answer: (recording: Recording) => void;
  readonly fail: (error: Error) => void;
}

function engine(): { readonly asked: Asked[]; readonly cancelled: () => number; readonly it: Engine } {
  const asked: Asked[] = [];
  let cancelled = 0;
  const it = {
    run: (what: RunRequest, progress: (share: number) => void) => {
      progress(0.5);
      return new Promise<RunResult>((resolve, fail) => {
        asked.push({ request: what, answer: (recording) => resolve({ recording, wallMs: 1 }), fail });
      });
    },
    cancel: () => (cancelled += 1),
  };
  return { asked, cancelled: () => cancelled, it: it as unknown as Engine };
}

const windowed = ({ window }: RunRequest): Recording => run(scenario, { variant: 'none', params, window: window! });

describe('a look beyond what was kept', () => {
  it('has the run computed again, from a little before the cursor, and shows what the whole run’s events say', async () => {
    const { asked, it: by } = engine();
    const closeUp = new CloseUp(by);
    const looked = closeUp.look(whole, request, AT);
    expect(closeUp.progress).toBe(0.5);
    const from = closeUpFrom(whole, AT);
    expect(asked[0].request).toEqual({ ...request, window: { from, to: Infinity } });
    asked[0].answer(windowed(asked[0].request));
    expect(await looked).toBe(true);
    expect(closeUp.progress).toBeUndefined();
    const { events } = closeUp.recording!;
    const place = all.events.times.findIndex((time) => time >= from);
    expect(events.ids).toEqual(all.events.ids.slice(place));
    expect(keptText(events, all.header.duration)).toMatch(
      /events are kept, from 5\.\d+\s?s to 9(\.0+)?\s?s; who came before 5\.\d+\s?s is not shown$/,
    );

    const topology = layOut(all.components);
    const traffics = [closeUp.recording!, all].map((recording) => trafficOf(recording, topology));
    const [near, complete] = traffics.map((one) => new Particles(one, topology.nodes.length, topology.edges.length));
    const { arrivals, ends } = traffics[1].stays;
    for (const time of [AT, 7e9, 8e9]) {
      near.look(time);
      complete.look(time);
      const longThere = arrivals.filter((arrival, stay) => arrival < from && time < ends[stay]).length;
      expect(near.total).toBe(complete.total - longThere);
    }
    expect(near.total).toBeGreaterThan(0);
    near.look(from - 1);
    expect(near.total).toBe(0);
    // What happened before the first of them is not made up: a chain says that it is not kept.
    const last = eventIndex(events).placeOf(all.events.ids[all.events.kept - 1]);
    expect(chainTo(events, last).end).toBe('not-kept');
    expect(closeUp.recording!.header.digest).toBe(all.header.digest);
  });

  it('begins at the cursor where those before it were too many', async () => {
    const { asked, it: by } = engine();
    const closeUp = new CloseUp(by);
    const looked = closeUp.look(whole, request, AT);
    const first = windowed(asked[0].request);
    const until = AT - 1;
    asked[0].answer({ ...first, events: { ...first.events, window: { from: AT - 1e9, until } } });
    await expect.poll(() => asked.length).toBe(2);
    expect(asked[1].request.window!.from).toBe(AT);
    asked[1].answer(windowed(asked[1].request));
    expect(await looked).toBe(true);
    expect(isKept(closeUp.recording!.events, AT)).toBe(true);
  });

  it('of what was kept first computes nothing', async () => {
    const { asked, it: by } = engine();
    expect(await new CloseUp(by).look(whole, request, 1e8)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('that is stopped changes nothing, and a run that is another one is refused', async () => {
    const { asked, cancelled, it: by } = engine();
    const closeUp = new CloseUp(by);
    const stopped = closeUp.look(whole, request, AT);
    closeUp.stop();
    expect(cancelled()).toBe(1);
    asked[0].fail(new Error('the run was cancelled'));
    expect(await stopped).toBe(false);
    expect([closeUp.recording, closeUp.progress, closeUp.failure]).toEqual([undefined, undefined, '']);
    const other = closeUp.look(whole, request, AT);
    asked[1].answer({ ...windowed(asked[1].request), header: { ...all.header, digest: 'sha256:0' } });
    expect(await other).toBe(false);
    expect([closeUp.recording, closeUp.failure]).toEqual([
      undefined,
      'computed again the run is another one: sha256:0',
    ]);
  });
});
