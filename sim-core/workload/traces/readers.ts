/** The formats of traces by name, and which one a file's name speaks of. */
import { arcReader } from './arc.ts';
import { csvReader } from './csv.ts';
import { linesReader } from './lines.ts';
import { lirsReader } from './lirs.ts';
import { oracleGeneralReader } from './oracle-general.ts';
import type { ReaderChoices, TraceReader } from './trace-reader.ts';

export interface TraceFormat {
  readonly help: string;
  /** What the names of such files end in, in lower case. */
  readonly endings: readonly string[];
  /** It tells the sizes of objects, too. */
  readonly hasSizes?: true;
  create(choices?: ReaderChoices): TraceReader;
}

export const traceFormats = {
  lines: { help: 'one key a line', endings: ['.txt'], create: linesReader },
  csv: { help: 'comma-separated values with a header row', endings: ['.csv'], hasSizes: true, create: csvReader },
  'oracle-general': {
    help: "libCacheSim's oracleGeneral binary format",
    endings: ['.oraclegeneral', '.oraclegeneral.bin'],
    hasSizes: true,
    create: oracleGeneralReader,
  },
  arc: { help: "the ARC authors' .lis: start block and count", endings: ['.lis', '.arc'], create: arcReader },
  lirs: { help: "the LIRS authors' .trace: one block number a line", endings: ['.trace', '.trc'], create: lirsReader },
} as const satisfies Readonly<Record<string, TraceFormat>>;

export type TraceFormatName = keyof typeof traceFormats;

/** The format that a file of this name, less the ending of its compression, is usually in; `lines` if none is known. */
export function formatOfFileName(fileName: string): TraceFormatName {
  const plain = fileName.toLowerCase().replace(/\.(gz|zst)$/, '');
  const names = Object.keys(traceFormats) as TraceFormatName[];
  return names.find((name) => traceFormats[name].endings.some((ending) => plain.endsWith(ending))) ?? 'lines';
}
