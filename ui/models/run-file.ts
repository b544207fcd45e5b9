/**
 * Run files: the document of a link as indented JSON in `SCENARIO-VARIANT-SEED.run.json`. They have no limit of length
 * that matters, can be kept beside notes, and `brownout replay` reads them too.
 */
import { RunDocumentError, upgradeDocument } from '../../sim-core/index.ts';
import { UNPACKED_MAX } from './packing.ts';
import { writeShared } from './shared-document.ts';
import type { SharedRun } from './shared-run.ts';

export interface RunFile {
  readonly name: string;
  readonly text: string;
}

export function runFile(run: SharedRun): RunFile {
  const { scenario, variant, seed } = run.document;
  const name = `${scenario}-${variant}-${seed}`.replaceAll(/[^\w.-]+/g, '-');
  return { name: `${name}.run.json`, text: `${JSON.stringify(writeShared(run), null, 2)}\n` };
}

/** The scenario that a file's text is of, and its JSON without the white space; throws `RunDocumentError`. */
export function openRunFile(text: string): { readonly scenario: string; readonly json: string } {
  if (text.length > UNPACKED_MAX) {
    throw new RunDocumentError(`the file holds ${text.length} characters; a run has at most ${UNPACKED_MAX}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new RunDocumentError('the file is no JSON; expected one that this page or brownout saved');
  }
  const { scenario } = upgradeDocument(parsed);
  if (typeof scenario !== 'string' || scenario === '') {
    throw new RunDocumentError('the file names no scenario; expected the field scenario, such as stampede');
  }
  return { scenario, json: JSON.stringify(parsed) };
}
