/**
 * The module `virtual:brownout/sandbox`: what runs beside a learner's policy, as one text that a page puts into a worker and the
 * command line into a context of its own. One plugin serves Vite, Vitest and Rolldown.
 */
import { rolldown } from 'rolldown';
import type { Plugin } from 'vite';

const PUBLIC_ID = 'virtual:brownout/sandbox';
const RESOLVED_ID = `\0${PUBLIC_ID}`;

/** Serves the virtual module, with what `entry` exports as an object `sandbox` in its text. */
export function sandboxScript(entry: string): Plugin {
  return {
    name: 'brownout-sandbox-script',
    resolveId: (id) => (id === PUBLIC_ID ? RESOLVED_ID : undefined),
    async load(id) {
      if (id !== RESOLVED_ID) return undefined;
      const bundle = await rolldown({
        input: entry,
        platform: 'neutral',
        resolve: { mainFields: ['module', 'main'] },
        treeshake: { moduleSideEffects: false },
        checks: { bundlerTimings: false },
      });
      const { output } = await bundle.generate({
        format: 'iife',
        name: 'sandbox',
        minify: true,
        comments: { legal: false },
      });
      for (const file of Object.keys(output[0].modules)) this.addWatchFile(file);
      return { code: `export const sandboxScript = ${JSON.stringify(output[0].code)};\n`, moduleType: 'js' };
    },
  };
}
