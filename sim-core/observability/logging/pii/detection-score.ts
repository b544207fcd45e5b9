/**
 * How good the detectors are against what an experimenter has put in: precision, the share of their findings that are
 * personal data, and recall, the share of the personal data that they find. A finding is right if it lies in a planted value or
 * holds one; a value is found if one finding holds all of it: the half of a telephone number is still somebody's.
 */
import { findPii, type PiiClass } from './detectors.ts';

/** A text and the personal data that somebody put into it, as it stands there. */
export interface PlantedText {
  readonly text: string;
  readonly planted: readonly string[];
}

export interface DetectionScore {
  readonly found: number;
  readonly rightlyFound: number;
  readonly planted: number;
  readonly missed: number;
  /** 1 where nothing was found. */
  readonly precision: number;
  /** 1 where there was nothing to find. */
  readonly recall: number;
}

export function scoreOf(texts: readonly PlantedText[], classes?: readonly PiiClass[]): DetectionScore {
  let [found, rightlyFound, all, missed] = [0, 0, 0, 0];
  for (const { text, planted } of texts) {
    const findings = findPii(text, classes);
    const isRight = (finding: string): boolean =>
      planted.some((value) => value.includes(finding) || finding.includes(value));
    found += findings.length;
    rightlyFound += findings.filter((finding) => isRight(finding.text)).length;
    all += planted.length;
    missed += planted.filter((value) => !findings.some((finding) => finding.text.includes(value))).length;
  }
  return {
    found,
    rightlyFound,
    planted: all,
    missed,
    precision: found === 0 ? 1 : rightlyFound / found,
    recall: all === 0 ? 1 : (all - missed) / all,
  };
}
