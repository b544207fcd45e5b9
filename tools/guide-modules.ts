/**
 * The guides of the scenarios as modules. `virtual:brownout/guide-texts` has the Markdown of all, for the author's
 * checks. `virtual:brownout/guides` has, for the page, a function a guide that fetches it, read into plain data at build:
 * the page is sent neither a reader of Markdown nor guides that nobody opens.
 */
import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { findDefinitions } from './definition-hashes.ts';

const TEXTS = 'virtual:brownout/guide-texts';
const GUIDES = 'virtual:brownout/guides';
/** One guide, with the scenario's id behind it. */
const GUIDE = 'virtual:brownout/guide/';

/** Serves the virtual modules for the scenarios found in `root`, the folder with one folder per chapter. */
export function guideModules(root: string): Plugin {
  const chapters = resolve(root);
  return {
    name: 'brownout-guide-modules',
    resolveId(id) {
      return id === TEXTS || id === GUIDES || id.startsWith(GUIDE) ? `\0${id}` : undefined;
    },
    async load(resolvedId) {
      const id = resolvedId.startsWith('\0') ? resolvedId.slice(1) : '';
      const sources = id.startsWith('virtual:brownout/guide') ? findDefinitions(chapters) : [];
      const text = (file: string): string => {
        this.addWatchFile(file);
        return readFileSync(file, 'utf8');
      };
      if (id === TEXTS) {
        const texts = Object.fromEntries(sources.map((source) => [source.id, text(source.guideFile)]));
        return { code: `export const guideTexts = ${JSON.stringify(texts)};\n`, moduleType: 'js' };
      }
      if (id === GUIDES) {
        const fetches = sources.map((source) => `${JSON.stringify(source.id)}: () => import('${GUIDE}${source.id}')`);
        return { code: `export const guides = { ${fetches.join(', ')} };\n`, moduleType: 'js' };
      }
      const source = sources.find((one) => id === GUIDE + one.id);
      if (!source) return undefined;
      const { parseGuide } = await import('../ui/models/guide.ts');
      return {
        code: `export const sections = ${JSON.stringify(parseGuide(text(source.guideFile)))};\n`,
        moduleType: 'js',
      };
    },
    hotUpdate({ file, modules }) {
      if (!resolve(file).startsWith(chapters + sep) || !file.endsWith('.md')) return undefined;
      const { moduleGraph } = this.environment;
      const served = findDefinitions(chapters).filter(({ guideFile }) => resolve(guideFile) === resolve(file));
      const touched = [TEXTS, ...served.map(({ id }) => GUIDE + id)].flatMap(
        (id) => moduleGraph.getModuleById(`\0${id}`) ?? [],
      );
      return [...new Set([...modules, ...touched])];
    },
  };
}
