/**
 * Keeps the page working without a network: on the first visit all files of this version are stored, and from then on
 * answered from there. A newer version is stored beside it and waits until the page chooses it, so that nothing is swapped
 * under somebody who is at work. Pages of the version before may still stand open in other tabs and ask for parts of
 * theirs: its files are kept as long as it is the last one but this.
 *
 * A browser lets a new worker take over while tabs of the old one are open only after minutes, or at once if that is asked
 * for, and then what pages have just asked the old one for may never be answered (Chromium stops it with the request
 * still in hand). So which version a new page gets does not hang on which worker is at work: it is written down in a store
 * that both read, and no worker is ever hurried.
 *
 * There is nothing else to it: the page asks nobody for anything but its own files.
 */
import { assets, version } from 'virtual:brownout/assets';

/** What the page may send with a port for the answer, which is whether new pages get this version. */
export type Question = 'choose' | 'chosen?';

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const { scope } = worker.registration;
const PREFIX = `brownout ${scope} `;
const FILES = PREFIX + version;
/** The store that holds the name of the version that new pages get. */
const CHOICE = `${PREFIX}choice`;

worker.addEventListener('install', (event) => event.waitUntil(store()));
worker.addEventListener('activate', (event) => event.waitUntil(begin()));
worker.addEventListener('message', (event) => event.waitUntil(reply(event.data as Question, event.ports[0])));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && request.url.startsWith(scope)) event.respondWith(answer(request));
});

/** All files or none: half a version is no version. */
async function store(): Promise<void> {
  const files = await caches.open(FILES);
  await files.addAll(assets.map((path) => new Request(path, { cache: 'no-cache' })));
}

/** The page wants this version from now on, or asks whether it is the one that new pages get. */
async function reply(question: Question, port: MessagePort | undefined): Promise<void> {
  if (question === 'choose') await choose();
  port?.postMessage((await chosen()) === FILES);
}

async function begin(): Promise<void> {
  await choose();
  // In the order in which they were made.
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== FILES && name !== CHOICE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function choose(): Promise<void> {
  await (await caches.open(CHOICE)).put(scope, new Response(FILES));
}

async function chosen(): Promise<string | undefined> {
  return (await (await caches.open(CHOICE)).match(scope))?.text();
}

async function answer(request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  const place = `${origin}${pathname}`.replace(/\/index\.html$/, '/');
  // The names of all files but the page's own hold a hash of what is in them: in whichever store it is, it is the one.
  for (const name of [(await chosen()) ?? FILES, ...(await caches.keys())]) {
    const found = name !== CHOICE && name.startsWith(PREFIX) && (await (await caches.open(name)).match(place));
    if (found) return found;
  }
  return fetch(request);
}
