/** The guides of the catalogue as they were written, for who checks them; the page has them read at build time. */
import { guideTexts } from 'virtual:brownout/guide-texts';

/** The guide of a scenario of the catalogue, in Markdown. */
export const guideOf = (scenario: string): string => guideTexts[scenario];
