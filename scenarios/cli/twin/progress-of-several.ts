/** How far several comparisons are that go on side by side, in one line at the foot of a terminal. */
import { grouped } from '../../../sim-core/index.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import type { Progress } from './comparison.ts';

export class ProgressOfSeveral {
  private readonly line: ProgressLine;
  private readonly scripts: number;
  private readonly underWay = new Map<string, Progress>();

  /** `write`: to the terminal; each plays so many scripts. */
  constructor(write: (text: string) => void, scripts: number) {
    this.line = new ProgressLine(write);
    this.scripts = scripts;
  }

  show(name: string, progress: Progress): void {
    this.underWay.set(name, progress);
    this.line.show(() => {
      const each = [...this.underWay].map(([about, { played, again }]) =>
        again === 0 ? `${about} ${grouped(played)}` : `${about} ${grouped(played)} (${grouped(again)} again)`,
      );
      return `${each.join(', ')} of ${grouped(this.scripts)} scripts`;
    });
  }

  isOver(name: string): void {
    this.underWay.delete(name);
    this.line.wipe();
  }

  /** Makes room for what stays. */
  wipe(): void {
    this.line.wipe();
  }
}
