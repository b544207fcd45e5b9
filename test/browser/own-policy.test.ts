/**
 * A policy of one's own in a browser: written, repaired and handed in by keyboard alone; what is wrong with it is told; and what runs
 * it can be reached by nothing and reaches nothing, each wall by itself.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runInProcess } from '../../scenarios/cli/grade/policy-process.ts';
import { readPolicyAttempt } from '../../scenarios/own-policy/attempt.ts';
import { STARTERS } from '../../scenarios/own-policy/starters.ts';
import { examOf, verdictOf } from '../../scenarios/own-policy/verdict.ts';
import { checkOf } from '../../scenarios/own-policy/program.ts';
import { frameDocument } from '../../ui/policy/frame.ts';
import { SOLUTIONS } from '../scenarios/own-policy/solutions.ts';
import { address, expectNoViolationsInEitherTheme, openSession } from './session.ts';

const session = openSession();
const lru = STARTERS.lru.source;

/** Asked by whatever gets out. */
const heard: string[] = [];
let outside: Server;
beforeAll(async () => {
  outside = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.setHeader('Access-Control-Allow-Origin', '*').end('export {}');
  });
  await new Promise<void>((listening) => outside.listen(0, '127.0.0.1', listening));
});
afterAll(() => new Promise((closed) => outside.close(closed)));

const button = (name: string) => session.page.getByRole('button', { name, exact: true });
const editor = () => session.page.getByRole('textbox', { name: 'Source of your policy' });

async function tabTo(target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element.getRootNode() === document && element === document.activeElement))
      return;
    await session.page.keyboard.press('Tab');
  }
  throw new Error(`the focus never comes to ${String(target)}`);
}

/** Puts a source in place of what stands in the editor, which has the focus. */
async function write(source: string): Promise<void> {
  const { keyboard } = session.page;
  await keyboard.press('Control+A');
  await keyboard.insertText(source);
}

async function open(): Promise<void> {
  await session.page.goto(`${address}#/policy`);
  await editor().waitFor();
}

/** Runs a source, and what the page then says is wrong with it. */
async function refusalOf(source: string): Promise<string> {
  await editor().focus();
  await write(source);
  await session.page.keyboard.press('Control+Enter');
  await session.page.getByText('Running …').waitFor({ state: 'detached' });
  return (await session.page.getByRole('alert').innerText()).trim();
}

it('is written, repaired, checked on other seeds and saved by keyboard alone; Node comes to the same digest', async () => {
  const { page } = session;
  await page.goto(address);
  await page.getByRole('link', { name: 'An eviction policy of your own' }).focus();
  await page.keyboard.press('Enter');
  await editor().waitFor();
  await tabTo(button('FIFO with gaps'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  // Within the editor Tab writes, and Esc leads out of it.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect.poll(() => button('Run it').evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByText('it then holds 18 entries, and has room for 11').waitFor();
  await page.getByText('Before it, by its own account, it held 18 entries: 3, 49, ').waitFor();
  await expectNoViolationsInEitherTheme(page);

  await page.keyboard.press('Shift+Tab');
  await write(SOLUTIONS.slru);
  await page.keyboard.press('Control+Enter');
  await page.getByText('It keeps the contract').waitFor();
  await page.keyboard.press('Escape');
  await tabTo(button('Check on 10 other seeds'));
  await page.keyboard.press('Enter');
  await page.getByText('All goals hold on 10 of 10 other seeds').waitFor({ timeout: 90_000 });
  await expectNoViolationsInEitherTheme(page);
  await tabTo(page.getByRole('textbox', { name: /^Explain/ }));
  await page.keyboard.type('Newcomers wait.');
  await tabTo(button('Save attempt'));
  const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  const attempt = readPolicyAttempt(readFileSync(await saved.path(), 'utf8'))!;
  expect(attempt).toMatchObject({ source: SOLUTIONS.slru, solved: true, seed: 1, explanation: 'Newcomers wait.' });
  // What is typed afterwards takes nothing from what was run.
  await editor().focus();
  await page.keyboard.type(' ');
  const [again] = await Promise.all([page.waitForEvent('download'), button('Save attempt').click()]);
  expect(readFileSync(await again.path(), 'utf8')).toBe(readFileSync(await saved.path(), 'utf8'));
  const exam = examOf(1);
  expect(attempt.digest).toBe(verdictOf(exam, await runInProcess(attempt.source, exam)).digest);

  const forged = JSON.stringify({ policyAttempt: 1, ...attempt, source: lru });
  await page
    .getByLabel('Open attempt')
    .setInputFiles({ name: 'a.attempt.json', mimeType: 'application/json', buffer: Buffer.from(forged) });
  await page.getByText('Not verified: the file says something else').waitFor();
  await page.getByText('the goals hold on 0 of 11 seeds').waitFor();
  // Eleven frames, each a process of its own, take their time on a busy machine.
}, 150_000);

it('tells by line what does not run, by request what breaks the contract, and stops what does not end', async () => {
  const { page } = session;
  await open();
  expect(await refusalOf('class Policy {\n  request(id) {\n    let = ;\n  }\n}\n')).toMatch(/^Line 3: SyntaxError/);
  expect(await refusalOf(lru.replace('this.makeRoom(1);', 'this.makeSpace(1);'))).toMatch(
    /step 1 of 3,000, line 34: request 3: TypeError: this\.makeSpace is not a function/,
  );
  const cheat = lru
    .replace('request(id) {', 'request(id) { return true;')
    .replace('has(id) {', 'has(id) { return true;');
  expect(await refusalOf(cheat)).toMatch(/it says hit for 3, which it does not hold/);
  expect(await refusalOf(lru.replace('this.onEvict(victim)', 'this.onEvict(victim + 1000)'))).toMatch(
    /it evicts 1\d\d\d, which it does not hold/,
  );
  expect(await refusalOf('new Float64Array(2 ** 40);')).toMatch(/^Line 1: RangeError/);
  // It would be there before the realm is bare, hear the task, and answer in the policy's place.
  const breakout = `${lru}\n}); function addEventListener() { this.postMessage({ refused: { message: 'out' } }) } (function () {`;
  expect(await refusalOf(breakout)).toMatch(/^Line \d+: SyntaxError/);
  expect(await refusalOf('for (;;);')).toMatch(
    /^Not judged: it did not end within 5 s, or used up its memory, and was stopped\. A loop without an end does that/,
  );
  expect(page.frames()).toHaveLength(1);
  // What a source puts off is done nowhere before it is played: Node runs all in one turn, too.
  const late = 'let late = false; (async () => { await 0; late = true; })();\n';
  await editor().focus();
  await write(late + lru.replace('request(id) {', 'request(id) { if (late) throw new Error();'));
  await button('Run it').click();
  await page.getByText('It keeps the contract').waitFor();
});

const NAMES =
  'fetch XMLHttpRequest WebSocket EventSource WebTransport importScripts indexedDB caches localStorage Worker SharedWorker ' +
  'BroadcastChannel navigator location self parent top opener document postMessage addEventListener onmessage close URL Blob ' +
  'Date performance crypto setTimeout setInterval queueMicrotask requestAnimationFrame Intl WeakRef FinalizationRegistry ' +
  'SharedArrayBuffer Atomics WebAssembly eval Function console structuredClone';

it('leaves a source nothing but the language, frozen, and draws that come again', async () => {
  await open();
  const probe = `
    const there = ${JSON.stringify(NAMES.split(' '))}.filter((name) => name in globalThis && name !== 'Function');
    const made = ['return 1', ''].map((text) => { try { return (() => {}).constructor(text); } catch (error) { return error.name; } });
    const late = Object.isFrozen(Array.prototype) && Object.isFrozen(Promise_()) && Math.sin === undefined;
    function Promise_() { return Object.getPrototypeOf((async () => {})()); }
    throw new Error([there.join(), made, late, Math.random(), Math.log(10)].join(' '));`;
  const first = await refusalOf(probe);
  expect(first).toMatch(/Error: EvalError,EvalError true 0\.\d+ 2\.302585092994046$/);
  await session.page.reload();
  await editor().waitFor();
  expect(await refusalOf(probe)).toBe(first);
  session.complaints = session.complaints.filter((one) => !/Evaluating a string as JavaScript violates/.test(one));
});

it('lets nothing out of its frame, even where a source had everything that a worker has', async () => {
  const { page } = session;
  await open();
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  const [hash] = /'sha256-[^']+'/.exec(policy!)!;
  const out = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const program = `
    const asked = (name, ask) => new Promise((told) => {
      const say = (what) => told(name + ' ' + what);
      try { ask(say); } catch (error) { say(error.name); }
    });
    const nested = URL.createObjectURL(new Blob(["fetch('${out}/nested').then(() => postMessage('out'), () => postMessage('refused'))"]));
    onmessage = async () => postMessage(await Promise.all([
      asked('fetch', (say) => fetch('${out}/fetch').then(() => say('out'), () => say('refused'))),
      asked('own origin', (say) => fetch('${address}icon.svg').then(() => say('out'), () => say('refused'))),
      asked('request', (say) => { const it = new XMLHttpRequest(); it.onload = () => say('out'); it.onerror = () => say('refused'); it.open('GET', '${out}/xhr'); it.send(); }),
      asked('socket', (say) => { const it = new WebSocket('${out.replace('http', 'ws')}/ws'); it.onopen = () => say('out'); it.onerror = () => say('refused'); }),
      asked('events', (say) => { const it = new EventSource('${out}/events'); it.onopen = () => say('out'); it.onerror = () => say('refused'); }),
      asked('scripts', (say) => { importScripts('${out}/script'); say('out'); }),
      asked('module', (say) => import('${out}/module').then(() => say('out'), () => say('refused'))),
      asked('blob', (say) => import(nested).then(() => say('out'), () => say('refused'))),
      asked('string', (say) => { eval('1'); say('out'); }),
      asked('database', (say) => { indexedDB.open('x').onerror = () => say('refused'); }),
      asked('store', (say) => caches.open('x').then(() => say('out'), () => say('refused'))),
      asked('nested worker', (say) => { const it = new Worker(nested); it.onmessage = ({ data }) => say(data); it.onerror = () => say('refused'); }),
      asked('page', (say) => say([typeof parent, typeof top, typeof document, typeof localStorage, origin].join())),
    ]));`;
  const answers = await page.evaluate(
    ([html, check, text]) =>
      new Promise((told) => {
        const frame = document.createElement('iframe');
        const { port1, port2 } = new MessageChannel();
        port1.addEventListener('message', ({ data }) => (frame.remove(), told(data.answer ?? data.error)));
        port1.start();
        frame.sandbox.add('allow-scripts');
        frame.srcdoc = html;
        addEventListener('message', () => frame.contentWindow!.postMessage([check, text, {}], '*', [port2]), {
          once: true,
        });
        document.body.append(frame);
      }),
    [frameDocument(hash), checkOf(''), program] as const,
  );
  expect(answers).toEqual([
    'fetch refused',
    'own origin refused',
    'request refused',
    'socket refused',
    'events refused',
    'scripts NetworkError',
    'module refused',
    'blob refused',
    'string EvalError',
    'database SecurityError',
    expect.stringMatching(/^store (refused|ReferenceError|SecurityError)$/),
    'nested worker refused',
    'page undefined,undefined,undefined,undefined,null',
  ]);
  expect(heard).toEqual([]);
  // The frame cannot lead the page away, nor itself.
  await page.evaluate(
    ([hashed, to]) => {
      const frame = document.createElement('iframe');
      frame.sandbox.add('allow-scripts');
      frame.srcdoc = `<meta http-equiv="refresh" content="0; url=${to}/refresh">${hashed}`;
      document.body.append(frame);
    },
    [frameDocument(hash), out] as const,
  );
  await page.waitForTimeout(300);
  expect(heard).toEqual([]);
  expect(page.url()).toBe(`${address}#/policy`);
  session.complaints = session.complaints.filter(
    (one) => !/Content Security Policy|violates|^left the origin: \S+\/(xhr|module|events)$/.test(one),
  );
});
