/** The trace of one request as bars, a row a span: works, waits, on its way. */
import { SECOND } from '../../../kernel/time.ts';
import { quantity } from '../../../statistics/quantity.ts';
import type { RequestTrace, TraceSpan } from '../../traces/request-trace.ts';
import { at, escaped, picture } from './markup.ts';

const WIDTH = 660;
const NAMES = 230;
const ROW = 18;
/** Spans that are shown. */
const ROWS_MAX = 40;

export function waterfall({ spans, start, end, request }: RequestTrace): string {
  const shown = spans.slice(0, ROWS_MAX);
  const left = spans.length - shown.length;
  const rest = left > 0 ? `, and ${left} more` : '';
  const span = Math.max(1, end - start);
  const x = (time: number): number => NAMES + ((time - start) / span) * (WIDTH - NAMES);
  const rows = shown.map((one, row) => rowOf(one, row * ROW, x));
  const took = quantity((spans[0].end - spans[0].start) / SECOND, 's');
  const label = `Trace of request ${request}, ${took}, ${spans.length} spans`;
  return `<figure>
<figcaption><strong>Request ${request}</strong>, the slowest: ${escaped(spans[0].name)} after ${took}; ${spans.length} spans${rest}.
<span class="key work">works</span> <span class="key wait">waits</span> <span class="key travel">on its way</span></figcaption>
${picture(WIDTH, shown.length * ROW + 2, label, rows.join(''))}
</figure>`;
}

function rowOf({ kind: what, name, depth, segments }: TraceSpan, y: number, x: (time: number) => number): string {
  const bars = segments.map(({ kind, from, to, label }) => {
    const width = Math.max(0.5, x(to) - x(from));
    const title = escaped(`${label}, ${quantity((to - from) / SECOND, 's')}`);
    return `<rect class="${what === 'request' ? 'whole' : kind}" x="${at(x(from))}" y="${y + 3}" width="${at(width)}" height="${ROW - 6}"><title>${title}</title></rect>`;
  });
  return `<text class="tick" x="${depth * 10}" y="${y + 13}">${escaped(name)}</text>${bars.join('')}`;
}
