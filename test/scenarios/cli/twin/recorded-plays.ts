/** A real server whose answers are kept, so that models with faults can be held against them as often as one likes. */
import { vi } from 'vitest';
import { firstDifference } from '../../../../scenarios/cli/twin/comparison.ts';
import type { Answer, RealServer, Twin } from '../../../../scenarios/cli/twin/twin.ts';

export class RecordedPlays<Step> implements RealServer<Step> {
  private readonly server: RealServer<Step>;
  private readonly plays: { readonly script: readonly Step[]; readonly answers: readonly Answer[] }[] = [];

  constructor(server: RealServer<Step>) {
    this.server = server;
  }

  get version(): string {
    return this.server.version;
  }

  async play(script: readonly Step[], slowness: number): Promise<readonly Answer[]> {
    const answers = await this.server.play(script, slowness);
    this.plays.push({ script, answers });
    return answers;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Plays that the sound model answers as the server did, and a model with this fault does not. The fault is mended then. */
  found(twin: Twin<Step>, plant: () => void): number {
    const agrees = ({ script, answers }: (typeof this.plays)[number]): boolean =>
      firstDifference(twin.model(script), answers) === undefined;
    const sound = this.plays.filter(agrees);
    plant();
    try {
      return sound.filter((each) => !agrees(each)).length;
    } finally {
      vi.restoreAllMocks();
    }
  }
}
