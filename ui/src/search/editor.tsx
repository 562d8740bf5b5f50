import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap, completionStatus, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands';
import { lintGutter, linter, type Diagnostic } from '@codemirror/lint';
import { EditorState, Prec, RangeSetBuilder } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, keymap, placeholder, tooltips, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import { nonce } from '../kit/nonce';
import { completer, type Known } from './completion';
import { spans } from './tokens';

export interface EditorHandle {
  focus: () => void;
  text: () => string;
  set: (text: string) => void;
}

/** A fault of the query at a place of its text. */
export interface Fault {
  at: number;
  message: string;
  hint: string;
}

interface Props {
  value: string;
  run: (query: string) => void;
  changed: (query: string) => void;
  known: Known;
  check: (query: string) => Promise<Fault | undefined>;
  /** Queries of before, newest first. */
  earlier: () => string[];
  label: string;
  hint: string;
  handle: Ref<EditorHandle>;
}

/** The query editor. Loaded on its own, since it is the largest part of the search page. */
export default function Editor(props: Props) {
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
    return () => made.destroy();
  }, []);
  useEffect(() => {
    if (view.current && view.current.state.doc.toString() !== props.value) put(view.current, props.value);
  }, [props.value]);
  useImperativeHandle(props.handle, () => ({
    focus: () => {
      view.current?.focus();
      view.current?.dispatch({ selection: { anchor: view.current.state.doc.length } });
    },
    text: () => view.current?.state.doc.toString() ?? now.current.value,
    set: (text) => view.current && put(view.current, text),
  }));
  return <div className="editor" ref={box} />;
}

function put(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
}

function extensions(props: () => Props) {
  let place = -1; // in the earlier queries; -1 is what is being written
  let draft = '';
  const older = (view: EditorView, step: 1 | -1): boolean => {
    const head = view.state.selection.main.head;
    if (step > 0 ? head !== 0 && place < 0 : place < 0) return false;
    const all = props().earlier();
    const next = place + step;
    if (next >= all.length) return place >= 0;
    if (place < 0) draft = view.state.doc.toString();
    place = next;
    put(view, next < 0 ? draft : all[next] ?? '');
    if (step > 0) view.dispatch({ selection: { anchor: 0 } });
    return true;
  };
  return [
    nonce ? EditorView.cspNonce.of(nonce) : [],
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    placeholder(props().hint),
    closeBrackets(),
    colours,
    tooltips({ position: 'fixed', parent: document.body }),
    autocompletion({ override: [completer(() => props().known)], icons: false, activateOnTyping: true, maxRenderedOptions: 60, closeOnBlur: true }),
    linter(async (view): Promise<Diagnostic[]> => {
      const text = view.state.doc.toString();
      if (text.trim() === '') return [];
      const fault = await props().check(text).catch(() => undefined);
      if (!fault) return [];
      const from = Math.min(fault.at, Math.max(0, text.length - 1));
      const to = Math.min(text.length, Math.max(from + 1, from + (/^[\p{L}\p{N}_.]+/u.exec(text.slice(from))?.[0].length ?? 1)));
      return [{ from, to, severity: 'error', message: fault.hint ? `${fault.message}\n${fault.hint}` : fault.message }];
    }, { delay: 300 }),
    lintGutter({ markerFilter: () => [] }),
    EditorView.contentAttributes.of({ 'aria-label': props().label, 'aria-multiline': 'true', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      if (!update.transactions.some((each) => each.isUserEvent('input') || each.isUserEvent('delete'))) {
        props().changed(update.state.doc.toString());
        return;
      }
      place = -1;
      props().changed(update.state.doc.toString());
      // A field that was completed asks for its values at once.
      if (update.transactions.some((each) => each.isUserEvent('input.complete')) && update.state.doc.sliceString(0, update.state.selection.main.head).endsWith(':')) {
        setTimeout(() => startCompletion(update.view));
      }
    }),
    Prec.highest(keymap.of([
      {
        key: 'Enter',
        run: (view) => {
          if (completionStatus(view.state) === 'active' && acceptCompletion(view)) return true;
          closeCompletion(view);
          place = -1;
          props().run(view.state.doc.toString().trim());
          return true;
        },
        shift: insertNewline,
      },
      { key: 'Tab', run: (view) => acceptCompletion(view) || completionStatus(view.state) === 'active' }, // too soon to be meant is no reason to leave
      { key: 'Ctrl-Space', run: startCompletion },
      { key: 'ArrowUp', run: (view) => completionStatus(view.state) === null && older(view, 1) },
      { key: 'ArrowDown', run: (view) => completionStatus(view.state) === null && older(view, -1) },
      {
        key: 'Escape',
        run: (view) => {
          if (closeCompletion(view)) return true;
          view.contentDOM.blur();
          return true;
        },
      },
    ])),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
    theme,
  ];
}

const marks = {
  field: Decoration.mark({ class: 'q-field' }),
  value: Decoration.mark({ class: 'q-value' }),
  text: Decoration.mark({ class: 'q-text' }),
  operator: Decoration.mark({ class: 'q-operator' }),
  pipe: Decoration.mark({ class: 'q-pipe' }),
  function: Decoration.mark({ class: 'q-function' }),
};

function coloured(text: string): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const span of spans(text)) builder.add(span.from, span.to, marks[span.is]);
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

// Colours are variables of the page, so both modes are one theme.
const theme = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--text)', backgroundColor: 'transparent', maxHeight: '210px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { padding: '3px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-gutters': { display: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--text-soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--bg-picked)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--critical) 1px', textUnderlineOffset: '3px' },
  '.cm-tooltip': { backgroundColor: 'var(--bg)', color: 'var(--text)', border: '1px solid var(--line-strong)', borderRadius: '4px', boxShadow: '0 6px 24px #0003', maxWidth: 'min(560px, 96vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12px', maxHeight: '280px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { display: 'flex', gap: '16px', padding: '2px 10px', lineHeight: '20px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--bg-picked)', color: 'var(--text)' },
  '.cm-completionLabel': { flex: 'none', maxWidth: '340px', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--accent-text)' },
  '.cm-completionDetail': { flex: '1', marginLeft: '0', fontStyle: 'normal', fontFamily: 'var(--sans)', color: 'var(--text-soft)', textAlign: 'right', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionInfo': { padding: '4px 10px', fontFamily: 'var(--mono)', fontSize: '12px' },
  '.cm-diagnostic': { padding: '4px 10px', borderLeft: '3px solid var(--critical)', whiteSpace: 'pre-wrap' },
});
