/** Figures to be taken away: whole XML whatever is in their texts, and nothing wider than the frame. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escaped, frameFigure, words } from '../../../ui/models/figure-frame.ts';

const colours = { ground: '#fff', ink: '#111', soft: '#555' };
const picture = { body: '<rect width="10" height="20"/>', width: 420, height: 200 };

it('whatever is in the texts, it is XML that says them', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (title, fact) => {
      const { svg } = frameFigure(picture, { title, facts: [fact], digest: 'sha256:0', link: 'http://x/#"&' }, colours);
      // No text but in elements, no bare ampersand, as many ends as beginnings.
      expect(svg.replaceAll(/&(amp|lt|gt|quot);/g, '')).not.toContain('&');
      const [begun, ended, alone] = [/<[a-z]/g, /<\//g, /\/>/g].map((tag) => svg.match(tag)?.length ?? 0);
      expect(begun).toBe(ended + alone);
      for (const word of fact.split(/\s+/).filter(Boolean)) expect(svg).toContain(escaped(word));
    }),
  );
});

it('holds its picture, its lines below one another, and the whole link', () => {
  const link = `http://127.0.0.1:4173/#/lab/stampede?r=1.${'aZ09-_'.repeat(70)}`;
  const { svg, width, height } = frameFigure(
    picture,
    { title: 'Loads', facts: ['one two'], digest: 'sha256:0', link },
    colours,
  );
  expect(svg).toContain(picture.body);
  const rows = [...svg.matchAll(/<text x="(\d+)" y="([\d.]+)"/g)].map(([, , y]) => Number(y));
  expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  expect(rows.at(-1)).toBeLessThan(height);
  expect(width).toBeGreaterThanOrEqual(picture.width);
  const pieces = [...svg.matchAll(/<a href="[^"]*"><text[^>]*>([^<]*)<\/text><\/a>/g)].map(([, text]) => text);
  expect(pieces.join('')).toBe(link);
});

it('breaks texts between words', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^\S{1,12}$/)), fc.integer({ min: 12, max: 60 }), (list, most) => {
      const lines = words(list.join(' '), most);
      expect(lines.flatMap((line) => line.split(' ')).filter(Boolean)).toEqual(list);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(most);
    }),
  );
});
