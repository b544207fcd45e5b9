/**
 * The page's stores for tests without a browser: `.svelte.ts` modules as Svelte compiles them for a server, where state is a
 * plain field and what is derived of it is computed when it is asked for. Effects, which components run, there are none.
 */
import ts from 'typescript';
import { compileModule } from 'svelte/compiler';
import type { Plugin } from 'vite';

export function svelteModules(): Plugin {
  return {
    name: 'brownout-svelte-modules',
    enforce: 'pre',
    transform(code, id) {
      const [filename] = id.split('?');
      if (!filename.endsWith('.svelte.ts')) return undefined;
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
      });
      return { code: compileModule(outputText, { filename, generate: 'server' }).js.code, map: null, moduleType: 'js' };
    },
  };
}
