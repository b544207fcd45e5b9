/** What `run --out` writes of each run: its recording, and every form that other tools open. */
import {
  ExportedRun,
  exportForms,
  grouped,
  type ExportName,
  quantity,
  type Recording,
  type Scenario,
} from '../../../sim-core/index.ts';
import { UsageError } from '../command.ts';
import { noSuch } from '../nearest.ts';
import { saveRecording, writeWhole } from './recording-store.ts';

const RECORDING = 'recording';
/** What `--export` takes. */
export const FILES: readonly string[] = [RECORDING, ...Object.keys(exportForms)];

/** The names in `--export`, in the order in which they are written; all without it. */
export function filesNamed(words: string | undefined): readonly string[] {
  if (words === undefined) return FILES;
  const names = words.split(',').map((name) => name.trim());
  for (const name of names)
    if (!FILES.includes(name)) throw new UsageError(`--export: ${noSuch('export', name, FILES)}`);
  return FILES.filter((name) => names.includes(name));
}

/** The files of a command's runs in one folder: which are asked for, and how much of each was written. */
export class RunFiles {
  private readonly folder: string;
  private readonly bytes: Map<string, number>;
  private runs = 0;

  constructor(folder: string, names: readonly string[]) {
    this.folder = folder;
    this.bytes = new Map(names.map((name) => [name, 0]));
  }

  /** Writes `SCENARIO-VARIANT-SEED.…` of each kind. */
  async write(recording: Recording, scenario: Scenario): Promise<void> {
    const run = new ExportedRun(recording, scenario);
    for (const [name, before] of this.bytes) {
      const bytes =
        name === RECORDING
          ? await saveRecording(this.folder, recording)
          : saveExport(this.folder, run, name as ExportName);
      this.bytes.set(name, before + bytes);
    }
    this.runs++;
  }

  /** `wrote 22 files into runs, 30 MB: recording 6.9 MB, …`; nothing if none was written. */
  get summary(): string | undefined {
    if (this.runs === 0) return undefined;
    const sizes = [...this.bytes].map(([name, bytes]) => `${name} ${quantity(bytes, 'By')}`);
    const total = [...this.bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
    const count = this.bytes.size * this.runs;
    const files = count === 1 ? 'a file' : `${grouped(count)} files`;
    return `wrote ${files} into ${this.folder}, ${quantity(total, 'By')}${sizes.length > 1 ? `: ${sizes.join(', ')}` : ''}`;
  }
}

function saveExport(folder: string, run: ExportedRun, name: ExportName): number {
  const { suffix, write } = exportForms[name];
  return writeWhole(folder, run.recording, suffix, Buffer.from(write(run)));
}
