/**
 * Links: `#/lab/<scenario>?r=1.<packed>`, where the packed text is the run's document. The number says how it is packed.
 * A link that does not read back as what was put into it is never handed out, and one that cannot be read says why.
 */
import {
  canonicalJson,
  RunDocumentError,
  upgradeDocument,
  type Complaint,
  type Scenario,
} from '../../sim-core/index.ts';
import { pack, PackingError, unpack } from './packing.ts';
import { labHash } from './route.ts';
import { readShared, writeShared, type ViewWords } from './shared-document.ts';
import type { SharedRun } from './shared-run.ts';

/** Longer ones are cut by some programs that people send links with; a file is safer. */
export const LINK_LENGTH_MAX = 2000;

/** The link cannot be read at all. */
export class LinkError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LinkError';
  }
}

/** What came out of a link or a file. */
export interface OpenedRun {
  readonly run: SharedRun;
  /** What was ignored, and what would be right. */
  readonly complaints: readonly Complaint[];
}

/** The hash of the address that opens this run; throws if it does not read back as exactly that. */
export async function linkHash(run: SharedRun, scenario: Scenario, words: ViewWords): Promise<string> {
  const query = await queryOf(JSON.stringify(writeShared(run)));
  const { run: read, complaints } = await readLink(query, scenario, words);
  if (complaints.length > 0 || canonicalJson(read) !== canonicalJson(run)) {
    const why = complaints.map(({ field, message }) => `${field}: ${message}`).join('; ');
    throw new LinkError(`the link does not read back as this run${why && `: ${why}`}`);
  }
  return `${labHash(scenario.id)}?${query}`;
}

/** The hash for a document that is opened from a file; it is judged when the address is opened, like any link. */
export async function hashOfDocument(scenario: string, json: string): Promise<string> {
  return `${labHash(scenario)}?${await queryOf(json)}`;
}

/** Reads what follows the `?` of a link to this scenario; throws `LinkError`. */
export async function readLink(query: string, scenario: Scenario, words: ViewWords): Promise<OpenedRun> {
  const parts = /^r=([^.&]*)\.([^&]*)$/.exec(query);
  if (!parts) throw new LinkError(`'?${shortened(query)}' is not of the form ?r=1.…`);
  if (parts[1] !== '1') throw new LinkError(`it is packed in the way '${shortened(parts[1])}'; this page reads 1`);
  try {
    return readShared(upgradeDocument(parseJson(await unpack(parts[2]))), scenario, words);
  } catch (error) {
    if (error instanceof PackingError || error instanceof RunDocumentError) throw new LinkError(error.message);
    throw error;
  }
}

async function queryOf(json: string): Promise<string> {
  return `r=1.${await pack(json)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LinkError('it is damaged: what it unpacks to is no JSON');
  }
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
