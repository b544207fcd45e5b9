/**
 * Keeps a result in step with its input: the newest request wins, and while somebody drags a slider results keep
 * coming. A run that has just begun, or is mostly done, is let finish, and the newest request waits for it; one that has
 * already taken long and has long to go is cancelled in its favour. Knows neither worker nor page.
 */

/** Whoever computes; `cancel` makes a run in progress reject soon. */
export interface Runner<Request, Result> {
  run(request: Request, progress: (share: number) => void): Promise<Result>;
  cancel(): void;
}

export interface Listener<Request, Result> {
  started(request: Request): void;
  progress(share: number): void;
  finished(result: Result, request: Request): void;
  failed(error: unknown, request: Request): void;
  /** Stopped on demand, with nothing waiting. */
  cancelled(): void;
}

/** A run younger than this, in milliseconds, is let finish before a newer request begins. */
const PATIENCE_MS = 200;
/** One that has done this share by then is given as long again: it should be done sooner than a newer one would be. */
const MOSTLY = 0.5;

export class LiveRun<Request, Result> {
  readonly #runner: Runner<Request, Result>;
  readonly #listener: Listener<Request, Result>;
  #running = false;
  #stopped = false;
  #waiting: { readonly request: Request } | undefined = undefined;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #since = 0;
  #share = 0;

  constructor(runner: Runner<Request, Result>, listener: Listener<Request, Result>) {
    this.#runner = runner;
    this.#listener = listener;
  }

  request(request: Request): void {
    if (!this.#running) {
      void this.#start(request);
      return;
    }
    this.#waiting = { request };
    const age = performance.now() - this.#since;
    this.#timer ??= setTimeout(() => this.#reconsider(), Math.max(0, PATIENCE_MS - age));
  }

  /** Stops what runs and forgets what waits. */
  cancel(): void {
    this.#waiting = undefined;
    if (!this.#running) return;
    this.#stopped = true;
    this.#runner.cancel();
  }

  /** The run has taken so long, and a newer request waits. */
  #reconsider(): void {
    if (this.#share < MOSTLY) this.#runner.cancel();
    else this.#timer = setTimeout(() => this.#runner.cancel(), PATIENCE_MS);
  }

  async #start(request: Request): Promise<void> {
    this.#running = true;
    this.#stopped = false;
    this.#since = performance.now();
    this.#share = 0;
    this.#listener.started(request);
    const outcome = await this.#settle(request);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = false;
    const next = this.#waiting;
    this.#waiting = undefined;
    outcome(next !== undefined);
    if (next) this.request(next.request);
  }

  /** Runs, and says what to tell; a failure that a newer request has overtaken is nobody's business. */
  async #settle(request: Request): Promise<(overtaken: boolean) => void> {
    try {
      const result = await this.#runner.run(request, (share) => {
        this.#share = share;
        this.#listener.progress(share);
      });
      return () => this.#listener.finished(result, request);
    } catch (error) {
      return (overtaken) => {
        if (this.#stopped) this.#listener.cancelled();
        else if (!overtaken) this.#listener.failed(error, request);
      };
    }
  }
}
