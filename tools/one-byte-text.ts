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
        if (output.type !== 'chunk') continue;
        const [raw] = RAW.exec(output.code) ?? [];
        if (raw !== undefined) this.error(`${raw} is read raw, and would be another text with an escape in it`);
        output.code = output.code.replace(BEYOND_LATIN_1, escaped);
      }
    },
  };
}

/** A template that is read raw, as far as to its first character beyond Latin-1. */
const RAW = /String\.raw`(?:\\[\0-\xff]|[^`\\])*?\\?[^\0-\xff]/;

/** With the backslashes before it. */
const BEYOND_LATIN_1 = /(\\*)([^\0-\xff])/g;

/**
 * Of one UTF-16 unit, as strings, templates and regular expressions all read it. A backslash that belongs to the character means
 * nothing and is left out: it would make text of the escape.
 */
const escaped = (_: string, backslashes: string, unit: string): string =>
  `${backslashes.slice(backslashes.length % 2)}\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
