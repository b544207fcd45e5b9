/** The page's policy lets in the frame's script, and no other that stands in a document. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FRAME_SCRIPT } from '../../../ui/policy/frame.ts';

it('names the script of the frame by its hash', () => {
  const html = readFileSync(new URL('../../../ui/index.html', import.meta.url), 'utf8');
  const hash = createHash('sha256').update(FRAME_SCRIPT).digest('base64');
  const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html)!;
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "worker-src 'self' blob:",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});
