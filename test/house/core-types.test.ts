/**
 * `sim-core` is checked without the DOM's and Node's types, so that a use of either does not compile. This shows that it
 * does not: the same settings refuse a planted use of each, and accept a file that keeps to the language.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { compile } from './compile.ts';

const settings = fileURLToPath(new URL('../../sim-core/tsconfig.json', import.meta.url));

/** What the compiler says of a file with this text under the settings of `sim-core`. */
function errorsIn(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'brownout-planted-'));
  try {
    writeFileSync(join(folder, 'planted.ts'), text);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: settings, include: ['planted.ts'] }));
    return compile(folder, [])
      .stdout.split('\n')
      .filter((line) => line.includes('error TS'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('sim-core cannot name what the DOM and Node bring', () => {
  const names = 'window document process Buffer setTimeout performance console fetch crypto require'.split(' ');
  const text = names.map((name, index) => `export const planted${index} = ${name};\n`).join('');
  expect(errorsIn(text)).toEqual(names.map((name) => expect.stringContaining(`Cannot find name '${name}'`)));
});

it("sim-core cannot import Node's modules", () => {
  expect(errorsIn(`import fs from 'node:fs';\nexport const planted = fs;\n`)).toEqual([
    expect.stringContaining('Cannot find'),
  ]);
});

it('sim-core may use the language', () => {
  expect(errorsIn('export const planted = [3, 1].toSorted((a, b) => a - b);\n')).toEqual([]);
});
