/** A dead man's switch: it wakes somebody when nothing is heard, once, and it is over with the next sign of life. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { s, toSeconds } from '../../../../sim-core/kernel/time.ts';
import { BackgroundRequests } from '../../../../sim-core/network/background-requests.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import type { Notification } from '../../../../sim-core/observability/slo/alert-group.ts';
import { Heartbeat } from '../../../../sim-core/observability/slo/heartbeat.ts';
import { pagerClosed, pagerOpened } from '../../../../sim-core/observability/slo/signals.ts';

/** When it woke somebody and when that was over, with notifications at these seconds. */
function heardWith(beats: readonly number[], status: Notification['status'] = 'firing'): [number, string][] {
  const sim = new Simulation();
  const heartbeat = new Heartbeat(sim, { name: 'heartbeat', patience: s(120) });
  const way = new Link<Notification, void>(sim, heartbeat, { from: 'alertmanager', delay: constant(0) });
  const heard: [number, string][] = [];
  sim.facts.channel(pagerOpened).listen(() => heard.push([toSeconds(sim.now), 'opened']));
  sim.facts.channel(pagerClosed).listen(() => heard.push([toSeconds(sim.now), 'closed']));
  const requests = new BackgroundRequests(sim);
  for (const at of beats) {
    const told: Notification = { groupKey: 'g', groupLabels: {}, status, firing: [], resolved: [] };
    sim.scheduleAt(s(at), () => way.send(told, requests.next()), undefined);
  }
  sim.runUntil(s(700));
  return heard;
}

it('wakes somebody a patience after the last sign of life, once, until the next', () => {
  expect(heardWith([60, 120, 400, 500, 600])).toEqual([
    [240, 'opened'],
    [400, 'closed'],
  ]);
});

it('takes word that something is over for no sign of life, and waits from the beginning on', () => {
  expect(heardWith([60, 120, 180], 'resolved')).toEqual([[120, 'opened']]);
  expect(heardWith([])).toEqual([[120, 'opened']]);
});

it('refuses a patience that is none', () => {
  expect(() => new Heartbeat(new Simulation(), { name: 'h', patience: 0 })).toThrow('patience: 0 ns is not above 0');
});
