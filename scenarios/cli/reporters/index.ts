/** The values of `run --format`. */
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { RunReport } from './report.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

export type Reporter = (report: RunReport, style: Style) => string;

export const reporters: Readonly<Record<string, Reporter>> = { table, json, junit, markdown };
