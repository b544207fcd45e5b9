/** What a scenario's page is opened with: its definition, and what the link that led there says of a run. */
import { definitions } from 'virtual:brownout/definitions';
import { scenarios } from 'virtual:brownout/scenarios';
import type { CatalogueEntry } from '../../scenarios/index.ts';
import type { OpenedRun } from '../models/link.ts';

export interface VisitedLab {
  readonly entry: CatalogueEntry;
  /** What the link held. */
  readonly opened: OpenedRun | undefined;
  /** Why nothing of the link could be read. */
  readonly unreadable: string | undefined;
}

/** The page of a scenario; undefined if there is no such scenario. Rejects if the definition cannot be had; a link that cannot be read keeps nobody out. */
export async function visitedLab(id: string, query: string | undefined): Promise<VisitedLab | undefined> {
  if (!Object.hasOwn(scenarios, id)) return undefined;
  const { default: scenario } = await scenarios[id]();
  const entry = { scenario, definition: definitions[scenario.id] };
  if (query === undefined) return { entry, opened: undefined, unreadable: undefined };
  const [{ readLink }, { VIEW_WORDS }] = await Promise.all([
    import('../models/link.ts'),
    import('../share/view-words.ts'),
  ]);
  return readLink(query, scenario, VIEW_WORDS).then(
    (opened) => ({ entry, opened, unreadable: undefined }),
    (error: Error) => ({ entry, opened: undefined, unreadable: error.message }),
  );
}
