/**
 * Writes what a bundle has beyond Latin-1 as escapes. An engine keeps a source that has a single such character in two
 * bytes a character, and keeps it as long as it runs: of the library and the scenarios that is 3 MB more.
 */
import type { Plugin } from 'rolldown';

export function oneByteText(): Plugin {
  return {
    name: 'brownout-one-byte-text',
    // After the bundler has printed all, which would turn escapes into characters again. Only columns of the rest of a line
    // move, which a source map can do without.
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type === 'chunk') output.code = output.code.replace(/[^\0-\xff]/g, escaped);
      }
    },
  };
}

/** Of one UTF-16 unit, as strings, templates and regular expressions all read it. */
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
