/** A script for an Alertmanager played on the model. One answer a step. */
import {
  Alertmanager,
  constant,
  Link,
  ms,
  RequestContext,
  Simulation,
  type Notification,
  type Endpoint,
  type PostedAlert,
  type Silence,
} from '../../../../sim-core/index.ts';
import type { Answer } from '../twin.ts';
import {
  GROUP_WAIT_MS,
  inOrder,
  LOOK_MS,
  REPEAT_LOOKS,
  toldAlert,
  type AlertmanagerScript,
  type AlertName,
  type Told,
} from './steps.ts';

const LOOK = ms(LOOK_MS);

export function modelOf(script: AlertmanagerScript): readonly Answer[] {
  const sim = new Simulation();
  let told: Told[] = [];
  const receiver = (name: Told['receiver']): Link<Notification, void> => {
    const endpoint: Endpoint<Notification, void> = {
      name,
      receive(call) {
        const { status, groupLabels, firing, resolved } = call.query;
        const alerts = [
          ...firing.map(({ labels }) => toldAlert(labels as unknown as AlertName, 'firing')),
          ...resolved.map(({ labels }) => toldAlert(labels as unknown as AlertName, 'resolved')),
        ];
        told.push({ receiver: name, status, service: groupLabels['service'] ?? '', alerts: alerts.toSorted() });
        call.reply();
      },
    };
    return new Link(sim, endpoint, { from: 'alertmanager', delay: constant(0) });
  };
  const times = { groupWait: ms(GROUP_WAIT_MS), groupInterval: LOOK, repeatInterval: REPEAT_LOOKS * LOOK };
  const manager = new Alertmanager(sim, {
    name: 'alertmanager',
    routes: [
      { matches: { team: 'own' }, receiver: receiver('own'), groupBy: [], ...times },
      { matches: {}, receiver: receiver('all'), groupBy: ['service'], ...times },
    ],
    inhibitRules: [{ source: { severity: 'critical' }, target: { severity: 'warning' }, equal: ['service'] }],
    silences: silencesOf(script),
  });
  const way = new Link<readonly PostedAlert[], void>(sim, manager, { from: 'client', delay: constant(0) });
  let posts = 0;
  const post = (alert: AlertName, endsAt?: number): string => {
    const labels = { alertname: 'Trouble', ...alert };
    const posted = { labels, startsAt: sim.now, ...(endsAt !== undefined && { endsAt }) };
    way.send([posted], new RequestContext(posts++, sim.now));
    return 'posted';
  };
  return script.map((step): Answer => {
    switch (step.op) {
      case 'fire':
        return post(step.alert, step.looks === undefined ? undefined : sim.now + step.looks * LOOK);
      case 'resolve':
        return post(step.alert, sim.now);
      case 'silence':
        return 'silenced';
      case 'look': {
        sim.runUntil(sim.now + LOOK);
        const seen = inOrder(told);
        told = [];
        return seen;
      }
    }
  });
}

/** The model has its silences from the beginning. */
function silencesOf(script: AlertmanagerScript): Silence[] {
  let now = 0;
  const silences: Silence[] = [];
  for (const step of script) {
    if (step.op === 'look') now += LOOK;
    if (step.op !== 'silence') continue;
    silences.push({ matches: { service: step.service }, startsAt: now, endsAt: now + step.looks * LOOK });
  }
  return silences;
}
