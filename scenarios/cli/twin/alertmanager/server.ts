/** A script for an Alertmanager played on a real one, by its API, with a receiver of webhooks: https://prometheus.io/docs/alerting/latest/. */
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort, ServerProcess } from '../server-process.ts';
import type { Answer, RealServer } from '../twin.ts';
import {
  GROUP_WAIT_MS,
  inOrder,
  LOOK_MS,
  REPEAT_LOOKS,
  toldAlert,
  type AlertmanagerScript,
  type AlertmanagerStep,
  type AlertName,
  type Told,
} from './steps.ts';

/** What an Alertmanager posts to a webhook, as far as it is read. */
interface Webhook {
  readonly receiver: Told['receiver'];
  readonly status: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly { readonly status: 'firing' | 'resolved'; readonly labels: AlertName & { play: string } }[];
}

/** Times are set by routes: one for each factor by which a play may be slower. */
const SLOWNESSES = [1, 2];
/** Of a look: a machine that is later than that with what it does at a point of the grid may be too late for a flush. */
const LATE = 0.3;
/** How often a play that was late is played, at most. */
const ATTEMPTS_MAX = 3;
/** Plays at once. They begin one after another, so that they do not all post at one instant. */
export const AT_ONCE = 160;

export async function startAlertmanager(program: string): Promise<RealServer<AlertmanagerStep>> {
  const process = new ServerProcess('alertmanager');
  const inboxes = new Map<string, Told[]>();
  const receiver = await receive((webhook) => {
    const [{ labels }] = webhook.alerts;
    const alerts = webhook.alerts.map((alert) => toldAlert(alert.labels, alert.status)).toSorted();
    const { receiver: name, status, groupLabels } = webhook;
    inboxes.get(labels.play)?.push({ receiver: name, status, service: groupLabels['service'] ?? '', alerts });
  });
  try {
    const port = await freePort();
    const file = join(process.folder, 'alertmanager.json');
    writeFileSync(file, JSON.stringify(configuration((receiver.address() as AddressInfo).port)));
    const words = [
      `--config.file=${file}`,
      `--storage.path=${join(process.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ];
    const isReady = (output: string): boolean => output.includes('Listening on');
    await process.start({ program, words, isReady, patienceMs: 10_000 });
    const api = `http://127.0.0.1:${port}/api/v2`;
    const status = (await (await fetch(`${api}/status`)).json()) as { versionInfo: { version: string } };
    let plays = 0;
    return {
      version: `Alertmanager ${status.versionInfo.version}`,
      play: async (script, slowness) => {
        const number = ++plays;
        await pause(((number % AT_ONCE) / AT_ONCE) * LOOK_MS);
        for (let attempt = 1; ; attempt++) {
          const slower = Math.min(slowness, SLOWNESSES.at(-1)!);
          const played = await play(api, inboxes, `play-${number}-${attempt}`, script, slower);
          if (!played.isLate || attempt === ATTEMPTS_MAX) return played.answers;
        }
      },
      stop: async () => {
        receiver.closeAllConnections();
        receiver.close();
        await process.stop();
      },
    };
  } catch (error) {
    receiver.close();
    await process.stop();
    throw error;
  }
}

async function receive(hear: (webhook: Webhook) => void): Promise<Server> {
  const server = createServer((request, response) => {
    bodyOf(request).then(
      (body) => {
        hear(JSON.parse(body) as Webhook);
        response.end();
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part as string;
  return body;
}

/** JSON is YAML. Plays are kept apart by a label that everything is grouped by. */
function configuration(port: number): object {
  const webhook = (name: string): object => ({
    name,
    webhook_configs: [{ url: `http://127.0.0.1:${port}/`, send_resolved: true, max_alerts: 0 }],
  });
  return {
    receivers: [webhook('all'), webhook('own')],
    route: {
      receiver: 'all',
      group_by: ['play', 'service'],
      routes: SLOWNESSES.map((slowness) => ({
        matchers: [`slowness="${slowness}"`],
        group_wait: `${GROUP_WAIT_MS * slowness}ms`,
        group_interval: `${LOOK_MS * slowness}ms`,
        repeat_interval: `${REPEAT_LOOKS * LOOK_MS * slowness}ms`,
        routes: [{ matchers: ['team="own"'], receiver: 'own', group_by: ['play'] }],
      })),
    },
    inhibit_rules: [
      { source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ['play', 'service'] },
    ],
  };
}

async function play(
  api: string,
  inboxes: Map<string, Told[]>,
  name: string,
  script: AlertmanagerScript,
  slowness: number,
): Promise<{ readonly answers: readonly Answer[]; readonly isLate: boolean }> {
  const lookMs = LOOK_MS * slowness;
  const startedMs = Date.now();
  const answers: Answer[] = [];
  let looks = 0;
  let isLate = false;
  const after = (more: number, nowMs = Date.now()): string => new Date(nowMs + more * lookMs).toISOString();
  /** `lasts`: so many looks, 0 for what is over now. An end that is before the beginning is refused: both are of one instant. */
  const post = async (alert: AlertName, lasts?: number): Promise<Answer> => {
    const nowMs = Date.now();
    const labels = { alertname: 'Trouble', play: name, slowness: `${slowness}`, ...alert };
    const posted = { labels, startsAt: after(0, nowMs), ...(lasts !== undefined && { endsAt: after(lasts, nowMs) }) };
    return (await ask(`${api}/alerts`, [posted])) ?? 'posted';
  };
  inboxes.set(name, []);
  for (const step of script) {
    if (step.op === 'fire') answers.push(await post(step.alert, step.looks));
    else if (step.op === 'resolve') answers.push(await post(step.alert, 0));
    else if (step.op === 'silence') {
      const matchers = Object.entries({ play: name, service: step.service }).map(([label, value]) => ({
        name: label,
        value,
        isRegex: false,
        isEqual: true,
      }));
      const silence = { matchers, startsAt: after(0), endsAt: after(step.looks), createdBy: 'twin', comment: 'twin' };
      answers.push((await ask(`${api}/silences`, silence)) ?? 'silenced');
    } else {
      await pause(startedMs + ++looks * lookMs - Date.now());
      answers.push(inOrder(inboxes.get(name)!));
      inboxes.set(name, []);
    }
    isLate ||= Date.now() - startedMs - looks * lookMs > LATE * lookMs;
  }
  inboxes.delete(name);
  return { answers, isLate };
}

/** What is refused is told: an end that has passed before it is heard of, say, which a slow machine comes by. */
async function ask(url: string, body: object): Promise<{ readonly error: string } | undefined> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  return response.ok ? undefined : { error: text };
}

const pause = (timeMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs)));
