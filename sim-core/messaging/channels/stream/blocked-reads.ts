/**
 * Reads of a stream that found nothing and wait for what comes: those of one group stand in line, and are served in the order
 * in which they began to wait (XREADGROUP: https://redis.io/docs/latest/commands/xreadgroup/); those of nobody's group have
 * a line each.
 */
export class BlockedReads<Read> {
  private readonly lines = new Map<string, Read[]>();

  add(line: string, read: Read): void {
    const waiting = this.lines.get(line);
    if (waiting === undefined) this.lines.set(line, [read]);
    else waiting.push(read);
  }

  /** One waits no longer: its time is over. */
  remove(line: string, read: Read): void {
    const waiting = this.lines.get(line)!;
    waiting.splice(waiting.indexOf(read), 1);
  }

  /** Gives those in a line what has come, as long as there is something; `take` says whether there was. */
  serve(line: string, take: (read: Read) => boolean): void {
    const waiting = this.lines.get(line) ?? [];
    while (waiting.length > 0 && take(waiting[0])) waiting.shift();
  }

  serveAll(take: (read: Read) => boolean): void {
    for (const line of this.lines.keys()) this.serve(line, take);
  }

  /** Nobody waits any more; those who did. */
  clear(): readonly Read[] {
    return [...this.lines.values()].flatMap((waiting) => waiting.splice(0));
  }
}
