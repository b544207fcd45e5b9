/**
 * The module `virtual:brownout/scenarios`: a function a scenario that fetches its definition. Who runs one of them loads that one,
 * and holds no other in memory; `scenarios/index.ts` is for who wants all at once, and says in which order.
 */
import { resolve } from 'node:path';
import type { Plugin } from 'vite';
import { findDefinitions, reloadedWithSources } from './definition-hashes.ts';

const PUBLIC_ID = 'virtual:brownout/scenarios';
const RESOLVED_ID = `\0${PUBLIC_ID}`;

/** Serves the virtual module for the scenarios found in `root`, the folder with one folder per chapter. */
export function scenarioModules(root: string): Plugin {
  const chapters = resolve(root);
  return {
    name: 'brownout-scenario-modules',
    resolveId(id) {
      return id === PUBLIC_ID ? RESOLVED_ID : undefined;
    },
    load(id) {
      if (id !== RESOLVED_ID) return undefined;
      // A scenario that is added or taken away is named there, too.
      this.addWatchFile(resolve(chapters, 'index.ts'));
      const fetches = findDefinitions(chapters).map(
        ({ id: scenario, definitionFile }) =>
          `${JSON.stringify(scenario)}: () => import(${JSON.stringify(definitionFile)})`,
      );
      return { code: `export const scenarios = { ${fetches.join(', ')} };\n`, moduleType: 'js' };
    },
    hotUpdate: reloadedWithSources(chapters, RESOLVED_ID),
  };
}
