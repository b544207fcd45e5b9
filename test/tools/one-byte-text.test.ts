/** What is written as escapes says what it said, in strings, templates and regular expressions, and fits one byte a character. */
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { oneByteText } from '../../tools/one-byte-text.ts';

const TEXT = `
const name = '’';
export const said = ['–’…', \`\${name}😀\`, /[‘-”]/.test(name), /^[😀-😎]$/u.test('😃'), /^[😀-😎]$/u.test('a'), 'é\\u2013'];
`;

it('says the same in one byte a character', async () => {
  const bundle = await rolldown({
    input: 'text',
    plugins: [{ name: 'text', resolveId: (id) => (id === 'text' ? id : null), load: () => TEXT }, oneByteText()],
  });
  const { output } = await bundle.generate({ format: 'esm', sourcemap: true });
  const { code } = output[0];
  expect(/[^\0-\xff]/.test(code)).toBe(false);
  const { said } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { said: unknown[] };
  expect(said).toEqual(['–’…', '’😀', true, true, false, 'é–']);
});
