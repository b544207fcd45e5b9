/**
 * A scenario's guide as a tree of plain data. Markdown goes in, and no HTML ever comes out: the page makes elements of
 * the tree itself, so what stands in a guide cannot become markup or script.
 *
 * Three things go beyond Markdown. `{{max:db.client.operation.rate}}` is a live number: a field of a signal's summary in
 * the run that is shown, and with `now` its value at the cursor. A link to `#at=10.2s` moves the cursor there, and with
 * `#at=10.2s&show=database` points out a component or a signal's chart as well. A fenced block of the word `predict` is
 * a prompt. Read at build time, so that no reader of Markdown is sent to the page.
 */
import { lexer, type Token, type Tokens } from 'marked';
import { PromptError, readPrompt, type Prompt } from '../../scenarios/prompts.ts';

export type Inline =
  | { readonly type: 'text' | 'code'; readonly text: string }
  | { readonly type: 'strong' | 'em'; readonly children: readonly Inline[] }
  | { readonly type: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | {
      readonly type: 'moment';
      /** A duration from the start, in words. */
      readonly at: string;
      /** Name of the component or signal to point out. */
      readonly show?: string;
      readonly children: readonly Inline[];
    }
  | { readonly type: 'number'; readonly field: string; readonly signal: string }
  | { readonly type: 'break' };

export type Block =
  | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly type: 'heading'; readonly depth: number; readonly children: readonly Inline[] }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'prompt'; readonly prompt: Prompt }
  | { readonly type: 'quote'; readonly children: readonly Block[] }
  | {
      readonly type: 'table';
      /** Its section and its heading row, for those who hear it only; no two tables of a guide have the same. */
      readonly name: string;
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };

/** A part of the guide under its second-level heading; what comes before the first has an empty title. */
export interface GuideSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Reads a guide. The first-level heading, if there is one, is left to the page's own title. */
export function parseGuide(markdown: string): GuideSection[] {
  const sections: { title: string; blocks: Block[] }[] = [{ title: '', blocks: [] }];
  const named = new Map<string, number>();
  const nameOf: NameOf = (head) => {
    const title = sections.at(-1)?.title ?? '';
    const name = [title, head.map(textOf).join(', ')].filter(Boolean).join(': ') || 'Table';
    const before = named.get(name) ?? 0;
    named.set(name, before + 1);
    return before === 0 ? name : `${name} (${before + 1})`;
  };
  for (const token of lexer(markdown)) {
    if (token.type === 'heading' && token.depth === 1) continue;
    if (token.type === 'heading' && token.depth === 2) sections.push({ title: token.text, blocks: [] });
    else sections.at(-1)?.blocks.push(...blocks([token], nameOf));
  }
  return sections.filter(({ title, blocks: [first] }) => title !== '' || first !== undefined);
}

type NameOf = (head: readonly (readonly Inline[])[]) => string;

/** What is written, without what is computed. */
function textOf(parts: readonly Inline[]): string {
  return parts.map((part) => ('children' in part ? textOf(part.children) : 'text' in part ? part.text : '')).join('');
}

function blocks(tokens: readonly Token[], nameOf: NameOf): Block[] {
  return tokens.flatMap((token): Block[] => {
    switch (token.type) {
      case 'paragraph':
      case 'text':
        return [{ type: 'paragraph', children: inlines(token.tokens ?? [token]) }];
      case 'heading':
        return [{ type: 'heading', depth: token.depth, children: inlines(token.tokens ?? []) }];
      case 'list': {
        const { ordered, items } = token as Tokens.List;
        return [{ type: 'list', ordered, items: items.map(({ tokens: content }) => blocks(content, nameOf)) }];
      }
      case 'code':
        return [token.lang === 'predict' ? prompt(token.text) : { type: 'code', text: token.text }];
      case 'blockquote':
        return [{ type: 'quote', children: blocks(token.tokens ?? [], nameOf) }];
      case 'table': {
        const { header, rows } = token as Tokens.Table;
        const cells = (row: readonly Tokens.TableCell[]): Inline[][] => row.map((cell) => inlines(cell.tokens));
        const head = cells(header);
        return [{ type: 'table', name: nameOf(head), head, rows: rows.map(cells) }];
      }
      case 'space':
      case 'hr':
        return [];
      default:
        return [{ type: 'paragraph', children: [{ type: 'text', text: token.raw.trim() }] }];
    }
  });
}

/** One that breaks its grammar is left as it was written; `brownout check` says what is wrong with it. */
function prompt(text: string): Block {
  try {
    return { type: 'prompt', prompt: readPrompt(text) };
  } catch (error) {
    if (error instanceof PromptError) return { type: 'code', text };
    throw error;
  }
}

function inlines(tokens: readonly Token[]): Inline[] {
  return tokens.flatMap((token): Inline[] => {
    switch (token.type) {
      case 'strong':
      case 'em':
        return [{ type: token.type, children: inlines(token.tokens ?? []) }];
      case 'codespan':
        return [{ type: 'code', text: token.text }];
      case 'br':
        return [{ type: 'break' }];
      case 'link':
        return [link(token as Tokens.Link)];
      case 'text':
        return token.tokens ? inlines(token.tokens) : liveNumbers(token.text);
      default:
        return [{ type: 'text', text: 'text' in token ? String(token.text) : token.raw }];
    }
  });
}

function link({ href, tokens, raw }: Tokens.Link): Inline {
  const moment = /^#at=(\d[^&]*)(?:&show=(.+))?$/.exec(href);
  if (moment)
    return { type: 'moment', at: moment[1], ...(moment[2] && { show: moment[2] }), children: inlines(tokens) };
  if (/^https?:\/\//.test(href) || href.startsWith('#/')) return { type: 'link', href, children: inlines(tokens) };
  return { type: 'text', text: raw };
}

function liveNumbers(text: string): Inline[] {
  // Splitting by two groups leaves text, field, signal, text, field, signal, … text.
  const parts = text.split(/\{\{(\w+):([\w.]+)\}\}/);
  const found: Inline[] = [];
  for (let i = 0; i < parts.length; i += 3) {
    if (parts[i] !== '') found.push({ type: 'text', text: parts[i] });
    if (i + 2 < parts.length) found.push({ type: 'number', field: parts[i + 1], signal: parts[i + 2] });
  }
  return found;
}
