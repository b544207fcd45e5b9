/**
 * The editor: CodeMirror, loaded when it is needed. It stands in a shadow root, since there its styles are adopted sheets, which a
 * page whose policy is `style-src 'self'` lets it have.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Fault } from '../../scenarios/own-policy/program.ts';

export interface SourceEditor {
  /** Puts another text in, which can be undone. */
  replace(text: string): void;
  /** Marks a line as wrong, or none. */
  mark(fault: Fault | undefined): void;
  focus(): void;
  close(): void;
}

export interface EditorOptions {
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  onchange(text: string): void;
  /** Ctrl+Enter or Cmd+Enter. */
  onrun(): void;
  /** Esc. */
  onleave(): void;
}

/** Colours by the page's own custom properties, which a shadow root inherits. */
const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '0.8125rem', color: 'var(--ink)', backgroundColor: 'var(--surface)' },
  // The frame around the host shows it.
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': {
    color: 'var(--ink-soft)',
    backgroundColor: 'var(--surface)',
    borderRight: '1px solid var(--hairline)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--sunken)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 25%, transparent)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--outline)' },
  '.cm-tooltip': { color: 'var(--ink)', backgroundColor: 'var(--surface)', border: '1px solid var(--outline)' },
});

const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.self, tags.bool, tags.null],
    color: 'var(--link)',
    fontWeight: '600',
  },
  { tag: tags.comment, color: 'var(--ink-soft)', fontStyle: 'italic' },
]);

/**
 * Text typed over a selection. Left to itself Chromium would first give it the looks of what it replaces, by a `style` attribute that
 * the page's policy refuses.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType } = event;
    if (inputType !== 'insertText' || data === null || view.composing || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

export function openEditor(host: HTMLElement, options: EditorOptions): SourceEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const own = [
    { key: 'Mod-Enter', run: () => (options.onrun(), true) },
    { key: 'Escape', run: () => (options.onleave(), true) },
  ];
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        javascript(),
        syntaxHighlighting(colours),
        keymap.of([...own, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        theme,
        typedOver,
        EditorView.contentAttributes.of({
          tabindex: '0',
          'aria-label': options.label,
          'aria-description': options.describedBy,
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onchange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    replace(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    mark(fault) {
      const { doc } = view.state;
      if (fault?.line === undefined || fault.line > doc.lines) return view.dispatch(setDiagnostics(view.state, []));
      const { from, to } = doc.line(fault.line);
      const wrong = [{ from, to, severity: 'error' as const, message: fault.message }];
      view.dispatch(setDiagnostics(view.state, wrong), { effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
