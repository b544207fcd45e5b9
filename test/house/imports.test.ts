/**
 * The import rules of the house hold for every file, and would be noticed if they did not: for each rule that guards
 * the one-way order, a small house is built in which one file breaks it. Not seen: a component's imports of types alone,
 * because components are judged as Svelte compiles them, and files named only by a URL, such as a worker's.
 */
import { cruise, type IReporterOutput, type ICruiseResult } from 'dependency-cruiser';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { IMPORT_RULES, ROOMS } from './import-rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every violation below `base`, as `rule: from -> to`. */
async function violations(base: string): Promise<string[]> {
  const folders = ['sim-core', 'scenarios', 'ui', 'notebooks', 'tools', 'test'].filter((name) =>
    existsSync(join(base, name)),
  );
  const { output }: IReporterOutput = await cruise(folders, {
    baseDir: base,
    validate: true,
    ruleSet: { forbidden: [...IMPORT_RULES] },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  });
  const { summary } = output as ICruiseResult;
  // A component that shows a tree imports itself; that is recursion, not a cycle of files.
  const found = summary.violations.filter(({ rule, from, to }) => rule.name !== 'cycle' || from !== to);
  return found.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** A house of the given files in a folder of its own. */
async function violationsAmong(files: Readonly<Record<string, string>>): Promise<string[]> {
  const house = mkdtempSync(join(tmpdir(), 'brownout-house-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(house, path)), { recursive: true });
      writeFileSync(join(house, path), text);
    }
    return await violations(house);
  } finally {
    rmSync(house, { recursive: true });
  }
}

const EMPTY = 'export const nothing = 0;\n';

describe('the import rules', () => {
  it('hold in every file', async () => {
    expect(await violations(root)).toEqual([]);
  });

  it.each(ROOMS.slice(0, -1).map((room, index) => [room, ROOMS[index + 1]]))(
    'notice %s importing %s, even for a type alone',
    async (room, later) => {
      const found = await violationsAmong({
        [`sim-core/${room}/a.ts`]: `import type { nothing } from '../${later}/b.ts';\nexport type A = typeof nothing;\n`,
        [`sim-core/${later}/b.ts`]: EMPTY,
      });
      expect(found).toEqual([`${room}-imports-a-later-room: sim-core/${room}/a.ts -> sim-core/${later}/b.ts`]);
    },
  );

  it.each([
    ['messaging-imports-cache', 'sim-core/messaging/a.ts', 'sim-core/cache/b.ts'],
    ['cache-imports-a-later-room', 'sim-core/cache/a.ts', 'sim-core/messaging/b.ts'],
    ['a-room-that-is-not-in-the-list', 'sim-core/helpers/a.ts', 'sim-core/kernel/b.ts'],
    ['sim-core-leaves-the-house', 'sim-core/kernel/a.ts', 'tools/b.ts'],
    ['not-by-the-door', 'scenarios/caching/a.ts', 'sim-core/kernel/b.ts'],
    ['not-by-the-door', 'ui/models/a.ts', 'sim-core/lab/b.ts'],
    ['ui-models-import-svelte', 'ui/models/a.ts', 'ui/stores/b.svelte.ts'],
    ['the-page-imports-the-runner', 'ui/pages/a.ts', 'scenarios/cli/b.ts'],
    ['the-catalogue-imports-the-page', 'scenarios/a.ts', 'ui/b.ts'],
    ['a-notebook-imports-more-than-models', 'notebooks/a.ts', 'ui/stores/b.svelte.ts'],
    ['a-notebook-imports-more-than-models', 'notebooks/a.ts', 'scenarios/caching/b.ts'],
    ['not-by-the-door', 'notebooks/a.ts', 'sim-core/kernel/b.ts'],
    ['imports-a-test', 'ui/a.ts', 'test/b.ts'],
  ])('notice %s: %s -> %s', async (rule, from, to) => {
    const up = '../'.repeat(from.split('/').length - 1);
    const found = await violationsAmong({ [from]: `export * from '${up}${to}';\n`, [to]: EMPTY });
    expect(found).toEqual([`${rule}: ${from} -> ${to}`]);
  });

  it.each(['node:fs', 'fs', 'commander', 'svelte'])('notice sim-core importing %s', async (name) => {
    const found = await violationsAmong({ 'sim-core/kernel/a.ts': `import '${name}';\n` });
    expect(found).toContain(`sim-core-leaves-the-house: sim-core/kernel/a.ts -> ${name.replace('node:', '')}`);
  });

  it.each(['<script lang="ts">', '<script lang="ts" module>'])('see into components: %s', async (script) => {
    const found = await violationsAmong({
      'ui/pages/A.svelte': `${script}\n  import { nothing } from '../../sim-core/kernel/b.ts';\n</script>\n{nothing}\n`,
      'sim-core/kernel/b.ts': EMPTY,
    });
    expect(found).toContain('not-by-the-door: ui/pages/A.svelte -> sim-core/kernel/b.ts');
  });

  it('notice a cycle', async () => {
    const found = await violationsAmong({
      'sim-core/kernel/a.ts': `export * from './b.ts';\n`,
      'sim-core/kernel/b.ts': `export * from './a.ts';\n`,
    });
    expect(found).toContainEqual(expect.stringMatching(/^cycle: /));
  });
});
