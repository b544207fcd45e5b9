/** The pieces of work that a process's processors are at, each by its stack, as a profiler that looks at its threads sees them. */

/** Stack of a piece of work: functions from the outermost on, joined by semicolons. */
export interface Work {
  readonly stack: string;
}

export class RunningWork {
  private readonly pieces = new Set<Work>();

  begin(stack: string): Work {
    const work = { stack };
    this.pieces.add(work);
    return work;
  }

  end(work: Work): void {
    this.pieces.delete(work);
  }

  /** The process is gone, and all that it was at. */
  clear(): void {
    this.pieces.clear();
  }

  /** In order of their beginnings. */
  get stacks(): readonly string[] {
    return Array.from(this.pieces, ({ stack }) => stack);
  }
}
