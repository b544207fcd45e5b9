/**
 * A worker that is started when it is first asked something, and again after it was lost. One that runs out of memory just
 * stops, without any event: while somebody waits for an answer it is asked now and then whether it is still there.
 */
import { releaseProxy, wrap, type Remote } from 'comlink';

/** Time between two questions whether the worker is still there, in milliseconds. */
const PULSE_MS = 8_000;
/** Questions that may stand open: building a large system, or hashing a long run, takes a while. */
const OPEN_MAX = 3;

/** The worker stopped answering: its script failed to load, it died of an error outside any run, or without a word. */
export class WorkerFailed extends Error {
  constructor(name: string, reason: string) {
    super(
      `the ${name}'s worker failed (${reason || 'its script could not be loaded'}); the next ${name} starts a new one`,
    );
    this.name = 'WorkerFailed';
  }
}

/** What every worker of the page answers. */
export interface Answering {
  /** At once, or between two pieces of its work: one that takes longer than all questions may stand open passes for lost. */
  isThere(): true;
}

interface Connection<Service> {
  readonly service: Remote<Service>;
  /** Rejects when the worker is lost; never resolves. */
  readonly lost: Promise<never>;
  lose(reason: string): void;
}

export class OnDemandWorker<Service extends Answering> {
  readonly #name: string;
  readonly #start: () => Worker;
  #connection: Connection<Service> | undefined = undefined;

  /** `name` says what it is for: a run, a reading. */
  constructor(name: string, start: () => Worker) {
    this.#name = name;
    this.#start = start;
  }

  /** What the worker answers; rejects with its error by its own name and message, or with `WorkerFailed`. */
  async ask<Answer>(question: (service: Remote<Service>) => Promise<Answer>): Promise<Answer> {
    const { service, lost, lose } = (this.#connection ??= this.#connect());
    let open = 0;
    const pulse = setInterval(() => {
      if (open === OPEN_MAX) {
        lose('it does not answer any more, perhaps for want of memory');
        return;
      }
      open += 1;
      void (service as unknown as Remote<Answering>).isThere().then(() => {
        open = 0;
      });
    }, PULSE_MS);
    try {
      return await Promise.race([question(service), lost]);
    } finally {
      clearInterval(pulse);
    }
  }

  /** Tells it something, if there is one; nobody waits for an answer. */
  tell(message: (service: Remote<Service>) => unknown): void {
    if (this.#connection) void message(this.#connection.service);
  }

  /** Ends the worker; what was asked of it is answered with `WorkerFailed`. */
  close(): void {
    this.#connection?.lose('it was ended');
  }

  #connect(): Connection<Service> {
    const worker = this.#start();
    const service = wrap<Service>(worker);
    let lose = (_reason: string): void => {};
    const lost = new Promise<never>((_, reject) => {
      lose = (reason) => {
        this.#connection = undefined;
        service[releaseProxy]();
        worker.terminate();
        reject(new WorkerFailed(this.#name, reason));
      };
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      lose(event.message);
    });
    // A worker may be lost while nobody waits for it.
    lost.catch(() => {});
    return { service, lost, lose };
  }
}
