/**
 * Set-up of the browser tests: builds the page if it is stale, serves it once for all of them as `brownout serve` does,
 * and hands its address to each by `inject('pageAddress')`.
 */
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { servePage } from '../../scenarios/cli/serve/page-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built page is served, with a slash at its end. */
    pageAddress: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const build = ['node_modules/jiti/lib/jiti-cli.mjs', 'tools/build.ts', '--stale', 'page'];
  execFileSync(process.execPath, build, { cwd: root, stdio: 'inherit' });
  const server = await servePage({ directory: `${root}dist/page`, port: 0 });
  project.provide('pageAddress', server.address);
  return () => server.close();
}
