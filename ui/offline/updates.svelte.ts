/**
 * The page's side of its service worker: registers it, and knows when another version of the page is ready. It is only
 * taken when somebody asks for it, and then this tab is loaded again, with what it showed; others go on as they are.
 */

class Updates {
  /** A newer version is stored and waits. */
  ready = $state(false);
  /** The hash of the address that brings back what is shown; set by whoever shows something. */
  keep: (() => Promise<string | undefined>) | undefined = undefined;
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

  /** Lets the new version take over, and loads this tab again. */
  async apply(): Promise<void> {
    const hash = await this.keep?.().catch(() => undefined);
    if (hash !== undefined) history.replaceState(null, '', hash);
    await takeOver(this.#registration?.waiting);
    location.reload();
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const look = (): void => {
      // Without a controller it is the first one, which is what the page itself came with.
      if (registration.waiting && navigator.serviceWorker.controller) this.ready = true;
    };
    look();
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) registration.update().catch(() => {});
    });
  }
}

/** Resolves once the next page will be of the version that this worker holds. */
function takeOver(waiting: ServiceWorker | null | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!waiting) {
      resolve();
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => resolve(), { once: true });
    port1.start();
    waiting.postMessage('take over', [port2]);
  });
}

export const updates = new Updates();
