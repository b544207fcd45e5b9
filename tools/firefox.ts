/** Finds the system's Firefox. `BROWNOUT_FIREFOX` names another executable. */
import process from 'node:process';
import { findExecutable } from './find-executable.ts';

/** The path of an executable Firefox, or undefined. */
export function findFirefox(): string | undefined {
  const elsewhere = ['/Applications/Firefox.app/Contents/MacOS/firefox'];
  return process.env.BROWNOUT_FIREFOX || findExecutable(['firefox-esr', 'firefox'], elsewhere);
}
