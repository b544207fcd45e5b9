/**
 * Patterns by which personal data is looked for in text, a class each, in the order in which they are tried. They know what such
 * data looks like and nothing of what it is: names, free descriptions and whatever is encoded they cannot see, and a number of the right shape
 * that is none (an order's number that passes Luhn, a version that reads like an address) they take for it. The collector's
 * `blocked_values` are such patterns, and its users are told that they are one line of defence
 * (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/redactionprocessor).
 */
import { passesLuhn } from './luhn.ts';

export interface Detector {
  readonly help: string;
  /** With the flag `g`. */
  readonly pattern: RegExp;
  /** What else has to hold of what the pattern found. */
  readonly accepts?: (found: string) => boolean;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const GROUP = '[0-9A-Fa-f]{1,4}';

export const piiDetectors = {
  email: {
    help: 'Mail addresses as people have them: RFC 5321 without quoted local parts and addresses in brackets',
    pattern: /\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}/g,
  },
  token: {
    help: 'Bearer tokens (RFC 6750) and JSON Web Tokens (RFC 7519), whose first part begins with {" in base64url',
    pattern: /\bBearer [A-Za-z0-9._~+/-]+=*|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  },
  card: {
    help: 'Numbers of payment cards: 13 to 19 digits, in groups or not, that pass Luhn',
    pattern: /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g,
    accepts: (found) => passesLuhn(found.replace(/[ -]/g, '')),
  },
  phone: {
    help: 'Telephone numbers in international form: a plus and up to 15 digits (ITU-T E.164), in groups or not',
    pattern: /\+[1-9](?:[ ()-]{0,2}\d){7,14}(?!\d)/g,
  },
  ip: {
    help: 'Addresses of the Internet protocol: version 4 in dotted decimal, version 6 by RFC 5952',
    pattern: new RegExp(
      `(?<![\\d.])(?:${OCTET}\\.){3}${OCTET}(?![\\d.])` +
        `|(?<![\\w:])(?:(?:${GROUP}:){7}${GROUP}|(?:${GROUP}:){1,6}:(?:${GROUP}:){0,5}${GROUP})(?![\\w:])`,
      'g',
    ),
  },
} satisfies Record<string, Detector>;

export type PiiClass = keyof typeof piiDetectors;
export const PII_CLASSES = Object.keys(piiDetectors) as PiiClass[];

/** Something that a detector takes for personal data. */
export interface Finding {
  readonly class: PiiClass;
  readonly text: string;
}

/** Replaces what the detectors of these classes find, one class after another. */
export function replaceFound(text: string, classes: readonly PiiClass[], by: (finding: Finding) => string): string {
  let replaced = text;
  for (const one of classes) {
    const { pattern, accepts }: Detector = piiDetectors[one];
    replaced = replaced.replace(pattern, (found) =>
      accepts === undefined || accepts(found) ? by({ class: one, text: found }) : found,
    );
  }
  return replaced;
}

/** What they find in a text, each stretch of it once. */
export function findPii(text: string, classes: readonly PiiClass[] = PII_CLASSES): readonly Finding[] {
  const findings: Finding[] = [];
  replaceFound(text, classes, (finding) => {
    findings.push(finding);
    return '\0';
  });
  return findings;
}
