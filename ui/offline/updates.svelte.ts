/**
 * The page's side of its service worker: registers it, and knows when another version of the page is ready. It is only
 * taken when somebody asks for it, and then this tab is loaded again, with what it showed; others go on as they are.
 */

import type { Question } from './service-worker.ts';

class Updates {
  /** A newer version is stored and waits. */
  ready = $state(false);
  /** The hash of the address that brings back what is shown; set by whoever shows something. */
  keep: (() => Promise<string | undefined>) | undefined = undefined;
  /** Why what is shown cannot be brought back, once it was tried. */
  unkept = $state('');
  #registration: ServiceWorkerRegistration | undefined = undefined;

  /** Browsers have service workers in secure contexts only: https, or this machine. */
  async register(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    try {
      const registration = await navigator.serviceWorker.register('./service-worker.js');
      this.#registration = registration;
      this.#watch(registration);
    } catch {
      // The browser may forbid it, in private windows for instance; the page then works as long as there is a network.
    }
  }

  /**
   * Chooses the new version, if there is one, for pages from now on, and loads this tab again with what it shows. If that cannot be
   * kept, it says why instead, and loads without it when it is asked again.
   */
  async reload(): Promise<void> {
    if (this.unkept === '') {
      try {
        const hash = await this.keep?.();
        if (hash !== undefined) history.replaceState(null, '', hash);
      } catch (error) {
        this.unkept = error instanceof Error ? error.message : String(error);
        return;
      }
    }
    const waiting = this.#registration?.waiting;
    if (waiting) await ask(waiting, 'choose');
    location.reload();
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const offer = (): void => {
      // Without a controller it is the first one, which is what the page itself came with.
      if (registration.waiting && navigator.serviceWorker.controller) this.ready = true;
    };
    // A version that was chosen goes on waiting while other tabs are open; then it is what this page is of already.
    if (registration.waiting) void ask(registration.waiting, 'chosen?').then((chosen) => chosen || offer());
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', offer));
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) registration.update().catch(() => {});
    });
  }
}

/** Resolves to whether the next page will be of the version that this worker holds. */
function ask(worker: ServiceWorker, question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', ({ data }) => resolve(data === true), { once: true });
    port1.start();
    worker.postMessage(question, [port2]);
  });
}

export const updates = new Updates();
