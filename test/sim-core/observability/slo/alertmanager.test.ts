/** The Alertmanager and whom it tells: against what Alertmanager 0.25 sent, rules that it goes by, and a receiver that is not there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { minutes, s, toSeconds, type Time } from '../../../../sim-core/kernel/time.ts';
import type { Call, Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Notification } from '../../../../sim-core/observability/slo/alert-group.ts';
import {
  Alertmanager,
  type AlertmanagerOptions,
  type Route,
} from '../../../../sim-core/observability/slo/alertmanager.ts';
import { Pager } from '../../../../sim-core/observability/slo/pager.ts';
import type { PostedAlert } from '../../../../sim-core/observability/slo/received-alert.ts';
import { notificationSent, pagerClosed, pagerOpened } from '../../../../sim-core/observability/slo/signals.ts';

interface Told {
  readonly t: number;
  readonly status: string;
  readonly group: Readonly<Record<string, string>>;
  readonly alerts: readonly string[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../vectors/alertmanager-grouping.json'), 'utf8'),
) as { readonly notifications: readonly Told[] };

const ROUTE = { matches: {}, groupBy: ['service'], groupWait: s(2), groupInterval: s(4), repeatInterval: s(10) };
const INHIBITS = [{ source: { severity: 'critical' }, target: { severity: 'warning' }, equal: ['service'] }];

/** A lab with an Alertmanager, and what its receiver was told. Nothing takes any time on the way. */
function lab(route: Partial<Route> = {}, options: Partial<AlertmanagerOptions> = {}) {
  const sim = new Simulation();
  const told: Told[] = [];
  const isDown = { now: false };
  const receiver: Endpoint<Notification, void> = {
    name: 'receiver',
    receive(call: Call<Notification, void>) {
      if (isDown.now) {
        call.refuse('unavailable');
        return;
      }
      const { status, groupLabels, firing, resolved } = call.query;
      const words = [
        ...firing.map(({ labels }) => `${labels['alertname']}/${labels['instance']}:firing`),
        ...resolved.map(({ labels }) => `${labels['alertname']}/${labels['instance']}:resolved`),
      ];
      told.push({ t: toSeconds(sim.now), status, group: groupLabels, alerts: words.sort() });
      call.reply();
    },
  };
  const manager = new Alertmanager(sim, {
    name: 'alertmanager',
    routes: [{ ...ROUTE, receiver: new Link(sim, receiver, { from: 'alertmanager', delay: constant(0) }), ...route }],
    inhibitRules: INHIBITS,
    ...options,
  });
  const way = new Link<readonly PostedAlert[], void>(sim, manager, { from: 'prometheus', delay: constant(0) });
  let posts = 0;
  const post = (at: Time, alerts: readonly PostedAlert[]): void => {
    sim.scheduleAt(at, () => way.send(alerts, new RequestContext(posts++, at)), undefined);
  };
  return { sim, manager, told, post, isDown };
}

const alert = (
  instance: string,
  startsAt: Time,
  more: Partial<PostedAlert> = {},
  severity = 'warning',
  service = 'a',
) => ({
  labels: { alertname: severity === 'critical' ? 'Down' : 'Err', instance, service, severity },
  startsAt,
  ...more,
});

describe('an Alertmanager', () => {
  it('groups, repeats and inhibits as Alertmanager 0.25 did, to the second', () => {
    const { sim, told, post } = lab();
    const ofB = alert('i1', s(1), {}, 'warning', 'b');
    const [i1, i2, i3] = [alert('i1', 0), alert('i2', s(1)), alert('i3', s(3.5))];
    const down = alert('i9', s(26.5), {}, 'critical');
    post(0, [i1]);
    post(s(1), [i2]);
    post(s(1), [ofB]);
    post(s(3.5), [i3]);
    post(s(4.5), [i1, i2, i3]);
    post(s(18.5), [{ ...i2, endsAt: s(18.5) }]);
    post(s(26.5), [down]);
    post(
      s(33.5),
      [down, i1, i3].map((one) => ({ ...one, endsAt: s(33.5) })),
    );
    sim.runUntil(s(40));
    const inOrder = (list: readonly Told[]): Told[] => list.map((one) => ({ ...one, alerts: one.alerts.toSorted() }));
    expect(inOrder(told)).toEqual(inOrder(recorded.notifications));
  });

  it('repeats on the grid of the group interval only, whatever the repeat interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 20 }), (repeat, interval) => {
        const { sim, told, post } = lab({ repeatInterval: s(repeat), groupInterval: s(interval) });
        post(0, [alert('i1', 0, { endsAt: s(1000) })]);
        sim.runUntil(s(200));
        // Exactly a repeat interval ago is not before it: the next look is the first that finds it so.
        const step = (Math.floor(repeat / interval) + 1) * interval;
        expect(told.map(({ t }) => t)).toEqual(Array.from({ length: Math.ceil(198 / step) }, (_, i) => 2 + i * step));
      }),
    );
  });

  it('says that an alert is over when its client has not told of it for the resolve timeout', () => {
    const { sim, told, post } = lab({}, { resolveTimeout: s(9) });
    post(0, [alert('i1', 0)]);
    sim.runUntil(s(60));
    expect(told.map(({ t, status }) => [t, status])).toEqual([
      [2, 'firing'],
      [10, 'resolved'],
    ]);
  });

  it('says nothing of what was over before the first look', () => {
    const { sim, told, post } = lab();
    post(0, [alert('i1', 0)]);
    post(s(1), [alert('i1', 0, { endsAt: s(1) })]);
    sim.runUntil(s(60));
    expect(told).toEqual([]);
  });

  it('looks at once at a group whose first alert has been firing for longer than the wait', () => {
    const { sim, told, post } = lab();
    post(s(10), [alert('i1', s(3))]);
    sim.runUntil(s(11));
    expect(told.map(({ t }) => t)).toEqual([10]);
  });

  it('has an alert wait for the next look while an empty group is still there, and for the group wait after that', () => {
    const back = (at: Time): number => {
      const { sim, told, post } = lab();
      post(0, [alert('i1', 0)]);
      post(s(3), [alert('i1', 0, { endsAt: s(3) })]);
      post(at, [alert('i2', at)]);
      sim.runUntil(s(60));
      return told.find(({ alerts }) => alerts.includes('Err/i2:firing'))!.t;
    };
    // The group is empty from 6 s on, is looked at every 4 s and put away at 30 s.
    expect(back(s(23))).toBe(26);
    expect(back(s(31))).toBe(33);
  });

  it('tries again what its receiver did not take, with the same alerts, and tells it once', () => {
    const { sim, told, post, isDown } = lab();
    const attempts: [number, boolean][] = [];
    sim.facts.channel(notificationSent).listen(({ failed }) => attempts.push([toSeconds(sim.now), failed]));
    isDown.now = true;
    sim.scheduleAt(s(3), () => (isDown.now = false), undefined);
    post(0, [alert('i1', 0)]);
    sim.runUntil(s(10));
    expect(attempts).toEqual([
      [2, true],
      [2.5, true],
      [3.25, false],
    ]);
    expect(told.map(({ t }) => t)).toEqual([3.25]);
  });

  it('gives a notification up at the next look, and then says what is so by then', () => {
    const { sim, told, post, isDown } = lab();
    isDown.now = true;
    sim.scheduleAt(s(9), () => (isDown.now = false), undefined);
    post(0, [alert('i1', 0)]);
    post(s(3), [alert('i2', s(3))]);
    post(s(7), [alert('i1', 0, { endsAt: s(7) })]);
    sim.runUntil(s(13));
    expect(told).toEqual([
      { t: 10, status: 'firing', group: { service: 'a' }, alerts: ['Err/i1:resolved', 'Err/i2:firing'] },
    ]);
  });

  describe('that crashes', () => {
    it('takes nothing while it is down, and tells at once of what is told of again', () => {
      const { sim, manager, told, post } = lab();
      sim.scheduleAt(s(1), () => manager.crash(s(10)), undefined);
      for (const at of [0, 5, 12]) post(s(at), [alert('i1', 0)]);
      sim.runUntil(s(20));
      expect(told.map(({ t }) => t)).toEqual([12]);
    });

    it('never says that something is over of which its log has no word', () => {
      const { sim, manager, told, post } = lab();
      sim.scheduleAt(s(4), () => manager.crash(s(1)), undefined);
      post(0, [alert('i1', 0)]);
      post(s(6), [alert('i1', 0, { endsAt: s(6) })]);
      sim.runUntil(s(60));
      expect(told.map(({ status }) => status)).toEqual(['firing']);
    });

    it('tells again what was told since the last snapshot of its log, and not what stood in it', () => {
      const toldAfter = (crash: Time): number => {
        const { sim, manager, told, post } = lab({ repeatInterval: minutes(240) });
        sim.scheduleAt(crash, () => manager.crash(s(1)), undefined);
        for (const at of [0, 1000]) post(s(at), [alert('i1', 0, { endsAt: minutes(60) })]);
        sim.runUntil(minutes(20));
        return told.length;
      };
      expect(toldAfter(minutes(14))).toBe(2);
      expect(toldAfter(minutes(16))).toBe(1);
    });
  });

  describe('with a silence', () => {
    const silenced = (startsAt: Time, endsAt: Time, matches = {}) => ({ silences: [{ matches, startsAt, endsAt }] });

    it('says nothing while it lasts, and at the next look after it what still fires', () => {
      const { sim, told, post } = lab({}, silenced(s(1), s(11)));
      post(0, [alert('i1', 0, { endsAt: s(1000) })]);
      sim.runUntil(s(13));
      expect(told).toEqual([]);
      sim.runUntil(s(20));
      expect(told.map(({ t, status }) => [t, status])).toEqual([[14, 'firing']]);
    });

    it('says of an alert that was told of before neither that it is silenced nor that it is over', () => {
      const { sim, told, post } = lab({}, silenced(s(3), s(20)));
      post(0, [alert('i1', 0)]);
      post(s(8), [alert('i1', 0, { endsAt: s(8) })]);
      sim.runUntil(s(60));
      expect(told.map(({ t, status }) => [t, status])).toEqual([[2, 'firing']]);
    });

    it('says what its labels do not match', () => {
      const { sim, told, post } = lab({}, silenced(0, s(60), { instance: 'i1' }));
      post(
        0,
        ['i1', 'i2'].map((instance) => alert(instance, 0, { endsAt: s(1000) })),
      );
      sim.runUntil(s(5));
      expect(told.map(({ alerts }) => alerts)).toEqual([['Err/i2:firing']]);
    });

    it('can be given one in the midst of a run', () => {
      const { sim, manager, told, post } = lab();
      sim.scheduleAt(s(1), () => manager.interventions['silence'].apply([1]), undefined);
      post(0, [alert('i1', 0, { endsAt: s(1000) })]);
      sim.runUntil(s(70));
      expect(told.map(({ t }) => t)).toEqual([62]);
      expect(() => lab({}, silenced(s(2), s(2)))).toThrow('silences[0].endsAt: 2000000000 ns is not after startsAt');
    });
  });

  it('does not say that what is inhibited is over', () => {
    const { sim, told, post } = lab({ groupBy: ['alertname'] });
    post(0, [alert('i1', 0, { endsAt: s(1000) })]);
    post(s(3), [alert('i9', s(3), { endsAt: s(1000) }, 'critical')]);
    sim.runUntil(s(9));
    expect(told.map(({ t, alerts }) => [t, ...alerts])).toEqual([
      [2, 'Err/i1:firing'],
      [5, 'Down/i9:firing'],
    ]);
  });

  it('has told its receiver at the end what fires, whatever was posted', () => {
    const deed = fc.record({ at: fc.nat(60), instance: fc.nat(3), isOver: fc.boolean() });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 20 }), (deeds) => {
        const { sim, manager, told, post } = lab();
        for (const { at, instance, isOver } of deeds.toSorted((one, other) => one.at - other.at)) {
          post(s(at), [alert(`i${instance}`, s(at), { endsAt: isOver ? s(at) : minutes(60) })]);
        }
        sim.runUntil(s(100));
        expect(manager.violations()).toEqual([]);
        const last = told.at(-1)?.alerts.filter((one) => one.endsWith(':firing')) ?? [];
        expect(last.length).toBe(Number(manager.state()['alerts firing']));
        for (let i = 1; i < told.length; i++) expect(told[i].t - told[i - 1].t).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('refuses times that are none', () => {
    expect(() => lab({ groupInterval: 0 })).toThrow('routes[0].groupInterval: 0 ns is not above 0');
    expect(() => lab({ groupWait: -1 })).toThrow('routes[0].groupWait: -1 ns is less than 0');
    expect(() => lab({ repeatInterval: NaN })).toThrow('routes[0].repeatInterval: NaN ns is not above 0');
  });
});

describe('a pager', () => {
  it('opens a matter once, whatever else is said of it, and closes it when nothing fires any more', () => {
    const sim = new Simulation();
    const pager = new Pager(sim, { name: 'pager', help: 'Wakes somebody' });
    const way = new Link(sim, pager, { from: 'alertmanager', delay: constant(s(1)) });
    const heard: [number, string][] = [];
    sim.facts.channel(pagerOpened).listen(({ group }) => heard.push([toSeconds(sim.now), `${group} opened`]));
    sim.facts
      .channel(pagerClosed)
      .listen(({ group, duration }) => heard.push([toSeconds(duration), `${group} closed`]));
    const tell = (at: Time, groupKey: string, status: Notification['status']): void => {
      const notification = { groupKey, groupLabels: {}, status, firing: [], resolved: [] };
      sim.scheduleAt(at, () => way.send(notification, new RequestContext(0, at)), undefined);
    };
    tell(s(1), 'x', 'firing');
    tell(s(2), 'y', 'resolved');
    tell(s(3), 'x', 'firing');
    tell(s(5), 'x', 'resolved');
    tell(s(7), 'x', 'firing');
    sim.runUntil(s(10));
    expect(heard).toEqual([
      [2, 'x opened'],
      [4, 'x closed'],
      [8, 'x opened'],
    ]);
    expect(pager.state()).toEqual({ open: 1 });
  });
});
