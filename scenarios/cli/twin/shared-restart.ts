/**
 * One server for many plays, some of which want it killed: it is killed when all that are under way want that or are over, once
 * for them all.
 */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class SharedRestart {
  private readonly killAndStart: () => Promise<void>;
  private readonly waiting: Waiting[] = [];
  private underWay = 0;
  /** The restart that is under way or has failed. */
  private restarting: Promise<void> | undefined;

  constructor(killAndStart: () => Promise<void>) {
    this.killAndStart = killAndStart;
  }

  /** A play that begins while the server is down waits for it, and has not begun if that fails; `end` is called for each that has. */
  async begin(): Promise<void> {
    while (this.restarting !== undefined) await this.restarting;
    this.underWay++;
  }

  end(): void {
    this.underWay--;
    this.restartIfAllWait();
  }

  /** A play wants it: resolves when the server is up again. */
  restart(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.restartIfAllWait();
    });
  }

  private restartIfAllWait(): void {
    if (this.waiting.length === 0 || this.waiting.length < this.underWay) return;
    const all = this.waiting.splice(0);
    this.restarting = this.killAndStart();
    this.restarting.then(
      () => {
        this.restarting = undefined;
        all.forEach(({ resolve }) => resolve());
      },
      (error: unknown) => all.forEach(({ reject }) => reject(error)),
    );
  }
}
