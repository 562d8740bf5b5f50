import { EditorState, RangeSetBuilder } from '@codemirror/state';
import { Decoration, EditorView, highlightSpecialChars, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { nonce } from '../kit/nonce';
import { yamlSpans, type Kind } from './yaml';

const marks = Object.fromEntries((['comment', 'key', 'string', 'value', 'mark'] as const).map((is) => [is, Decoration.mark({ class: `y-${is}` })])) as Record<Kind, Decoration>;

/** YAML to read, in colours, with what is hidden made visible. Loaded on its own, since the editor is large. */
export default function YamlView({ text, label }: { text: string; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const builder = new RangeSetBuilder<Decoration>();
    const plain = text.replaceAll('\r\n', '\n'); // as the editor reads it
    for (const { from, to, is } of yamlSpans(plain)) builder.add(from, to, marks[is]);
    const view = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: plain,
        extensions: [
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.decorations.of(builder.finish()),
          EditorView.lineWrapping,
          lineNumbers(),
          highlightSpecialChars(),
          theme,
          nonce ? EditorView.cspNonce.of(nonce) : [],
        ],
      }),
    });
    return () => view.destroy();
  }, [text, label]);
  return <div className="yaml" ref={box} />;
}

// Colours are variables of the page, so both modes are one theme.
const theme = EditorView.theme({
  '&': { fontSize: '12px', color: 'var(--text)', backgroundColor: 'var(--bg-sunk)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '19px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-faint)', border: '0' },
  '.cm-specialChar': { backgroundColor: 'var(--odd)', color: 'var(--odd-text)' },
});
