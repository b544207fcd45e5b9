/**
 * Redaction of a log record in the order of OpenTelemetry's collector
 * (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/redactionprocessor): first whole fields by their
 * names, each of which somebody has classified, then what patterns find in the values that are left, the text of the line
 * among them. Fields that nobody has classified stay (a list of what is denied) or go (a list of what is allowed, which fails
 * closed: what a release adds tomorrow is not told until somebody has looked at it).
 *
 * Does not look into keys, nor at numbers; a number that could be personal data is written as text.
 */
import type { AttributeValue, LogRecord } from '../../signals/telemetry.ts';
import { replaceFound, type PiiClass } from './detectors.ts';
import { Pseudonyms } from './pseudonym.ts';

/**
 * What becomes of a field: it is kept, and patterns look at it; it is trusted, and they do not (the collector's
 * `ignored_keys`); it is left out; a mask stands for it; a pseudonym stands for it, by which lines can still be joined.
 */
export type Treatment = 'keep' | 'trust' | 'drop' | 'mask' | 'hash';

export interface RedactionRules {
  /** Fields that somebody has classified, by name. */
  readonly fields: Readonly<Record<string, Treatment>>;
  /** All others: kept by a list of what is denied, dropped by one of what is allowed. */
  readonly others: 'keep' | 'drop';
  /** Classes that patterns look for in what is kept. */
  readonly patterns: readonly PiiClass[];
  /** What stands for something that a pattern found. */
  readonly found: 'mask' | 'hash';
  /** Of the pseudonyms. */
  readonly key: string;
}

export class Redactor {
  private readonly rules: RedactionRules;
  private readonly pseudonyms: Pseudonyms;

  constructor(rules: RedactionRules) {
    this.rules = rules;
    this.pseudonyms = new Pseudonyms(rules.key);
  }

  redact(record: LogRecord): LogRecord {
    const attributes: Record<string, AttributeValue> = {};
    for (const name of Object.keys(record.attributes)) {
      const value = this.field(name, record.attributes[name]);
      if (value !== undefined) attributes[name] = value;
    }
    return { ...record, body: this.text(record.body), attributes };
  }

  /**
   * A text with what the patterns find replaced, until they find nothing: what stands for one may make another of its neighbours.
   * That ends, since each finding has a character that is part of no mask.
   */
  text(text: string): string {
    const { patterns } = this.rules;
    let before = text;
    for (;;) {
      const after = replaceFound(before, patterns, (finding) => this.standIn(finding.class, finding.text));
      if (after === before) return after;
      before = after;
    }
  }

  private field(name: string, value: AttributeValue): AttributeValue | undefined {
    const { fields, others } = this.rules;
    switch (Object.hasOwn(fields, name) ? fields[name] : others) {
      case 'drop':
        return undefined;
      case 'mask':
        return masked(name);
      case 'hash':
        return isPseudonymous(name, value) ? value : pseudonymous(name, this.pseudonyms.of(String(value)));
      case 'trust':
        return value;
      case 'keep':
        return typeof value === 'string' ? this.text(value) : value;
    }
  }

  private standIn(name: PiiClass, found: string): string {
    return this.rules.found === 'hash' ? pseudonymous(name, this.pseudonyms.of(found)) : masked(name);
  }
}

/** Characters that a redactor's patterns look at, at most: all text of the record. */
export function textLength({ body, attributes }: Pick<LogRecord, 'body' | 'attributes'>): number {
  let length = body.length;
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (typeof value === 'string') length += value.length;
  }
  return length;
}

const masked = (name: string): string => `[${name}]`;
const pseudonymous = (name: string, pseudonym: string): string => `[${name}:${pseudonym}]`;

/** What a redactor has put there is not hashed again, so that two in a row do what one does. */
const isPseudonymous = (name: string, value: AttributeValue): boolean =>
  typeof value === 'string' && value.startsWith(`[${name}:`) && /:[a-p]{16}\]$/.test(value);
