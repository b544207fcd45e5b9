/**
 * Finds the system's Chromium, and installs it where that needs nobody's leave: as root on a system with apt-get.
 * `BROWNOUT_CHROMIUM` names another executable.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { findExecutable } from './find-executable.ts';

export const CHROMIUM_MISSING =
  'no Chromium found: install it (Debian: apt-get install chromium) or name one by BROWNOUT_CHROMIUM';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const ELSEWHERE = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of an executable Chromium, or undefined. */
export function findChromium(): string | undefined {
  return process.env.BROWNOUT_CHROMIUM || findExecutable(NAMES, ELSEWHERE);
}

/** Finds Chromium, installing Debian's if there is none and this process may. Its progress goes to standard error. */
export function provideChromium(): string | undefined {
  const found = findChromium();
  if (found || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return found;
  process.stderr.write('Chromium is missing: installing it with apt-get\n');
  for (const words of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', 'chromium'],
  ]) {
    spawnSync('apt-get', words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  return findChromium();
}
