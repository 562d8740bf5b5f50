import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus, startCompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, insertNewlineAndIndent } from '@codemirror/commands';
import { indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState, Prec, RangeSetBuilder, type Text } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, tooltips, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import { nonce } from '../../kit/nonce';
import { yamlSpans, type Kind } from '../yaml';
import { offers, type Known } from './completion';

export interface EditorHandle {
  focus: () => void;
  goTo: (line: number, column: number) => void;
}

/** Something wrong at a place of the text: lines and columns count from 1, columns in UTF-16 units. */
export interface Mark {
  line: number;
  column: number;
  end: number;
  severity: 'error' | 'warning';
  message: string;
}

interface Props {
  value: string;
  changed: (text: string) => void;
  marks: Mark[];
  known: Known;
  label: string;
  readOnly?: boolean;
  save: () => void;
  run: () => void;
  handle: Ref<EditorHandle>;
}

/** The editor of rules: YAML in colours, completion from what rules may hold, faults underlined at their place. */
export default function YamlEditor(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const now = useRef(props);
  useEffect(() => {
    now.current = props;
  });
  useEffect(() => {
    if (!box.current) return;
    const made = new EditorView({ parent: box.current, state: EditorState.create({ doc: now.current.value, extensions: extensions(() => now.current) }) });
    view.current = made;
    made.dispatch(setDiagnostics(made.state, diagnostics(made.state.doc, now.current.marks)));
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const at = view.current;
    if (at && at.state.doc.toString() !== props.value) at.dispatch({ changes: { from: 0, to: at.state.doc.length, insert: props.value } });
  }, [props.value]);
  useEffect(() => {
    const at = view.current;
    if (at) at.dispatch(setDiagnostics(at.state, diagnostics(at.state.doc, props.marks)));
  }, [props.marks]);
  useImperativeHandle(props.handle, () => ({
    focus: () => view.current?.focus(),
    goTo: (line, column) => {
      const at = view.current;
      if (!at) return;
      const to = at.state.doc.line(Math.min(Math.max(line, 1), at.state.doc.lines));
      at.dispatch({ selection: { anchor: Math.min(to.from + column - 1, to.to) }, effects: EditorView.scrollIntoView(to.from, { y: 'center' }) });
      at.focus();
    },
  }));
  return <div className="rule-editor-text" ref={box} />;
}

function diagnostics(doc: Text, marks: Mark[]): Diagnostic[] {
  return marks.map(({ line, column, end, severity, message }) => {
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + column - 1, at.to);
    return { from, to: Math.min(Math.max(at.from + end - 1, from + 1), Math.max(at.to, from)), severity, message };
  }).sort((a, b) => a.from - b.from);
}

function complete(props: () => Props) {
  return (context: CompletionContext): CompletionResult | null => {
    const offered = offers(context.state.doc.toString(), context.pos, props().known);
    if (!offered || offered.options.length === 0) return null;
    if (!context.explicit && offered.from === context.pos && !/[|:-]\s?$/.test(context.state.doc.sliceString(Math.max(0, context.pos - 2), context.pos))) return null;
    return {
      from: offered.from,
      options: offered.options.map(({ label, detail, insert }) => ({
        label,
        detail,
        apply: insert === undefined ? undefined : (view: EditorView, _: unknown, from: number, to: number) => {
          const line = view.state.doc.lineAt(from);
          const indent = /^\s*/.exec(line.text)?.[0] ?? '';
          const text = insert.replaceAll('\n', `\n${indent}`);
          view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, userEvent: 'input.complete' });
        },
      })),
      validFor: /^[\w.|*-]*$/,
    };
  };
}

function extensions(props: () => Props) {
  return [
    nonce ? EditorView.cspNonce.of(nonce) : [],
    history(),
    drawSelection(),
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    closeBrackets(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    EditorState.readOnly.of(props().readOnly ?? false),
    colours,
    tooltips({ position: 'fixed', parent: document.body }),
    autocompletion({ override: [complete(props)], icons: false, maxRenderedOptions: 80 }),
    lintGutter(),
    EditorView.contentAttributes.of({ 'aria-label': props().label, 'aria-multiline': 'true', tabindex: '0', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      props().changed(update.state.doc.toString());
      // A key that was completed asks for what can stand behind it.
      if (update.transactions.some((each) => each.isUserEvent('input.complete')) && /[:-]\s$/.test(update.state.doc.sliceString(0, update.state.selection.main.head))) setTimeout(() => startCompletion(update.view));
    }),
    Prec.highest(keymap.of([
      { key: 'Mod-s', preventDefault: true, run: () => (props().save(), true) },
      { key: 'Mod-Enter', preventDefault: true, run: () => (props().run(), true) },
      { key: 'Tab', run: (view) => acceptCompletion(view) || (completionStatus(view.state) !== 'active' && !view.state.readOnly && indentMore(view)), shift: indentLess },
      // The way out for those who have no pointer: Escape, then Tab.
      { key: 'Escape', run: (view) => completionStatus(view.state) === null && (view.contentDOM.blur(), true) },
      { key: 'Ctrl-Space', run: startCompletion },
    ])),
    keymap.of([{ key: 'Enter', run: insertNewlineAndIndent }, ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...defaultKeymap, ...historyKeymap]),
    theme,
  ];
}

const looks = Object.fromEntries((['comment', 'key', 'string', 'value', 'mark'] as const).map((is) => [is, Decoration.mark({ class: `y-${is}` })])) as Record<Kind, Decoration>;

function coloured(text: string): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, is } of yamlSpans(text)) builder.add(from, to, looks[is]);
  return builder.finish();
}

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = coloured(view.state.doc.toString());
    }
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = coloured(update.state.doc.toString());
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const sign = { content: 'none', width: '9px', height: '9px', margin: '6px 2px' };

// Colours are variables of the page, so both modes are one theme.
const theme = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--text)', backgroundColor: 'var(--bg)', height: '100%' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '21px', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--bg-sunk)', color: 'var(--text-faint)', border: '0', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--bg-hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-specialChar': { backgroundColor: 'var(--odd)', color: 'var(--odd-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--bg-picked)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--critical) 1px', textUnderlineOffset: '4px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline dotted var(--medium) 2px', textUnderlineOffset: '4px' },
  '.cm-lintRange-active': { backgroundColor: 'var(--bg-picked)' },
  '.cm-gutter-lint': { width: '15px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0' },
  '.cm-lint-marker-error': { ...sign, backgroundColor: 'var(--critical)', transform: 'rotate(45deg)' },
  '.cm-lint-marker-warning': { ...sign, backgroundColor: 'var(--medium)', borderRadius: '50%' },
  '.cm-tooltip': { backgroundColor: 'var(--bg)', color: 'var(--text)', border: '1px solid var(--line-strong)', borderRadius: '4px', boxShadow: '0 6px 24px #0003', maxWidth: 'min(560px, 96vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12px', maxHeight: '280px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { display: 'flex', gap: '16px', padding: '2px 10px', lineHeight: '20px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--bg-picked)', color: 'var(--text)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--accent-text)' },
  '.cm-completionDetail': { flex: '1', marginLeft: '0', fontStyle: 'normal', fontFamily: 'var(--sans)', color: 'var(--text-soft)', textAlign: 'right', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-diagnostic': { padding: '4px 10px', whiteSpace: 'pre-wrap', fontSize: '12px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--critical)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--medium)' },
});
