/** What is written as escapes says what it said, in strings, templates and regular expressions, and fits one byte a character. */
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { oneByteText } from '../../tools/one-byte-text.ts';

const TEXT = `
const name = '’';
export const said = ['–’…', \`\${name}😀\`, /[‘-”]/.test(name), /^[😀-😎]$/u.test('😃'), /^[😀-😎]$/u.test('a'), 'é\\u2013'];
`;
// What a bundler prints has no such backslash but in regular expressions.
const BEHIND_A_BACKSLASH = String.raw`export const said = [/^\’\\’$/.test('’\\’'), /^\\\’$/.test('\\’'), ${'`a\\`’`'}];`;

async function bundled(text: string): Promise<string> {
  const bundle = await rolldown({
    input: 'text',
    plugins: [{ name: 'text', resolveId: (id) => (id === 'text' ? id : null), load: () => text }, oneByteText()],
  });
  const { output } = await bundle.generate({ format: 'esm', sourcemap: true });
  return output[0].code;
}

it.each([
  [TEXT, ['–’…', '’😀', true, true, false, 'é–']],
  [BEHIND_A_BACKSLASH, [true, true, 'a`’']],
])('says the same in one byte a character: %#', async (text, expected) => {
  const code = await bundled(text);
  expect(/[^\0-\xff]/.test(code)).toBe(false);
  const { said } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { said: unknown[] };
  expect(said).toEqual(expected);
});

it('refuses what is read raw, where an escape is another text', async () => {
  await expect(bundled('export const said = String.raw`\\d …`;')).rejects.toThrow('String.raw`\\d … is read raw');
  await expect(bundled('export const said = [String.raw`\\d`, `…`];')).resolves.toContain('\\u2026');
});
