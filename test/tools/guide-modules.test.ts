/** The guides as modules: as they were written, and as data of which each is fetched by itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { guideModules } from '../../tools/guide-modules.ts';

const TEXTS: Readonly<Record<string, string>> = {
  stampede: '# Cache stampede\n\n## Why\n\nA `${herd}` and "quotes".\n',
  poison: '# Poison\n\n## Why\n\nIt comes back.\n',
};

let catalogue: string;

beforeEach(() => {
  catalogue = mkdtempSync(join(tmpdir(), 'brownout-guides-'));
  mkdirSync(join(catalogue, 'caching'));
  for (const [id, text] of Object.entries(TEXTS)) {
    writeFileSync(join(catalogue, 'caching', `${id}.ts`), '');
    writeFileSync(join(catalogue, 'caching', `${id}.md`), text);
  }
});
afterEach(() => rmSync(catalogue, { recursive: true }));

async function bundled(source: string): Promise<OutputChunk[]> {
  const entry = join(catalogue, 'entry.js');
  writeFileSync(entry, source);
  const bundle = await rolldown({ input: entry, plugins: [guideModules(catalogue)] });
  const { output } = await bundle.generate({ format: 'esm' });
  return output.filter((part) => part.type === 'chunk');
}

it('have the Markdown of all for who checks it', async () => {
  const [{ code }] = await bundled(`export { guideTexts } from 'virtual:brownout/guide-texts';\n`);
  const { guideTexts } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  expect(guideTexts).toEqual(TEXTS);
});

it('have each guide, read, in a file of its own, and none of it in the page’s first one', async () => {
  const chunks = await bundled(`export { guides } from 'virtual:brownout/guides';\n`);
  expect(chunks[0].code).not.toContain('quotes');
  const [own] = chunks.filter(({ code }) => code.includes('quotes'));
  expect(own.code).not.toContain('It comes back');
  const { sections } = await import(`data:text/javascript;base64,${Buffer.from(own.code).toString('base64')}`);
  expect(sections).toEqual([
    {
      title: 'Why',
      blocks: [
        {
          type: 'paragraph',
          children: [
            { type: 'text', text: 'A ' },
            { type: 'code', text: '${herd}' },
            { type: 'text', text: ' and "quotes".' },
          ],
        },
      ],
    },
  ]);
});
