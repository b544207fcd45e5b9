/** Figures taken away from the page: whole in themselves, the same in both forms, with what is needed to get them again. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { address, digestIn, openSession } from './session.ts';

const { scenario } = catalogue.find((entry) => entry.scenario.id === 'stampede')!;
const session = openSession();

async function openDialog(): Promise<{ digest: string; link: string }> {
  const { page } = session;
  await page.goto(`${address}#/lab/${scenario.id}`);
  const digest = await digestIn(page);
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: /^Link/ }).inputValue();
  return { digest, link };
}

async function save(name: string): Promise<{ file: string; content: Buffer }> {
  const button = session.page.getByRole('dialog').getByRole('button', { name });
  const [download] = await Promise.all([session.page.waitForEvent('download'), button.click()]);
  return { file: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** The figure as a browser shows it by itself: its size, and how many colours it has. */
async function look(type: string, content: Buffer): Promise<{ width: number; height: number; colours: number }> {
  return session.page.evaluate(
    async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Set(new Uint32Array(data.buffer)).size;
      return { width: canvas.width, height: canvas.height, colours };
    },
    `data:${type};base64,${content.toString('base64')}`,
  );
}

describe.each(['The system', 'Connections in use', 'Time from sending a request to its answer, or to giving up'])(
  'the figure of %s',
  (title) => {
    it('is one SVG that needs nothing else, and the same as PNG', async () => {
      const { digest, link } = await openDialog();
      const svg = await save(`Save ${title} as SVG`);
      expect(svg.file).toMatch(/^stampede-none-[a-z0-9-]+\.svg$/);
      const text = svg.content.toString('utf8');
      expect(text).not.toMatch(/\sclass=|\sstyle=|var\(|@import|<style|<script|foreignObject/);
      const references = [...text.matchAll(/(?:href|src)="([^"]*)"|url\((.*?)\)/g)].map(([, a, b]) => a ?? b);
      for (const reference of references) {
        const isOwn = /^['"]?#/.test(reference) || reference.startsWith('data:image/png') || reference === link;
        expect(isOwn, reference).toBe(true);
      }
      // What is long is drawn in lines, each an element of its own: words between spaces, a link anywhere.
      const said = ['', ' ']
        .map((between) => text.replaceAll(/<[^>]*>/g, between))
        .join()
        .replaceAll(/\s+/g, ' ');
      for (const words of [scenario.title, title, digest, 'none, seed 1, at 10.3 s', link]) {
        expect(said).toContain(words);
      }
      const vector = await look('image/svg+xml', svg.content);
      expect(vector.colours).toBeGreaterThan(20);
      const png = await save(`Save ${title} as PNG`);
      const raster = await look('image/png', png.content);
      expect([raster.width, raster.height]).toEqual([2 * vector.width, 2 * vector.height]);
      expect(raster.colours).toBeGreaterThan(20);
    });
  },
);

it('keys pick one line of a chart, and one bar of the keys asked for most, which are a figure like any other', async () => {
  const { page } = session;
  await page.goto(`${address}#/lab/${scenario.id}`);
  await digestIn(page);
  const said = (name: RegExp) => page.getByRole('slider', { name }).getAttribute('aria-valuetext');
  const press = (name: RegExp, key: string) => page.getByRole('slider', { name }).press(key);
  const latency = /^Time from sending a request/;
  const all = await said(latency);
  expect(all).toMatch(/p50.*p95.*p99/);
  await press(latency, 'ArrowDown');
  await expect.poll(() => said(latency)).toMatch(/p50(?!.*p95)/);
  await press(latency, 'ArrowUp');
  await expect.poll(() => said(latency)).toBe(all);
  const keys = /^Keys asked for most/;
  await press(keys, 'ArrowDown');
  await expect.poll(() => said(keys)).toMatch(/s: key 0: [\d,]+ hit/);
  await press(keys, 't');
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.getByRole('rowheader').allTextContents()).toContain('key 0');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Share' }).click();
  const svg = await save('Save Keys asked for most as SVG');
  expect(svg.content.toString('utf8')).toContain('>key 0</text>');
});
