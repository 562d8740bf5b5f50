import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { revealed } from '../kit/reveal';
import language from './language.json';
import { contextAt } from './tokens';

/** A field and about how many events have it. */
export interface FieldCount {
  name: string;
  hits: number;
}

/** What completion asks the page and the server for. */
export interface Known {
  fields: (signal: AbortSignal) => Promise<FieldCount[]>;
  values: (field: string, typed: string, signal: AbortSignal) => Promise<{ value: string; hits: number }[]>;
  /** One line on a name of the language or a field; undefined where there is none. */
  words: (group: 'pipe' | 'filter' | 'stats' | 'op' | 'ecs', name: string) => string | undefined;
  /** A count as people read it. */
  count: (n: number) => string;
}

const pause = 180; // ms without a key before values are asked for
const plain = /^[\p{L}_][\p{L}\p{N}_.]*$/u;

export function nameText(name: string): string {
  return plain.test(name) ? name : JSON.stringify(name);
}

/** Completes what stands before the cursor. */
export function completer(known: () => Known) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const at = contextAt(context.state.doc.toString(), context.pos);
    if (at.kind === 'none') return null;
    const abort = new AbortController();
    context.addEventListener('abort', () => abort.abort());
    const know = known();
    switch (at.kind) {
      case 'pipe':
        return { from: at.from, options: [...named(know, 'pipe', language.pipes, ' '), ...named(know, 'stats', language.stats, '()')], validFor: /^\w*$/ };
      case 'stats':
        return { from: at.from, options: [...named(know, 'stats', language.stats, '()'), { label: 'by', apply: 'by (', type: 'keyword' }], validFor: /^\w*$/ };
      case 'name': {
        const fields = await know.fields(abort.signal).catch(() => []);
        return { from: at.from, options: fields.map((field, i) => fieldOption(know, field, i, '')), validFor: /^[\w.@]*$/ };
      }
      case 'field': {
        if (!context.explicit && at.typed === '') return null;
        const fields = await know.fields(abort.signal).catch(() => []);
        const logic: Completion[] = [
          { label: 'or', type: 'keyword', detail: know.words('op', 'or'), boost: -50 },
          { label: 'and', type: 'keyword', detail: know.words('op', 'and'), boost: -50 },
          { label: 'not', type: 'keyword', detail: know.words('op', 'neg'), boost: -50 },
        ];
        return { from: at.from, options: [...fields.map((field, i) => fieldOption(know, field, i, ':')), ...logic], validFor: /^[\w.@]*$/ };
      }
      case 'value': {
        await sleep(context.explicit ? 0 : pause);
        if (context.aborted) return null;
        const values = await know.values(at.field, at.typed, abort.signal).catch(() => []);
        const options = values.map((each, i): Completion => ({
          label: revealed(each.value),
          detail: know.count(each.hits),
          type: 'constant',
          boost: 40 - i,
          apply: (view, _, from, to) => {
            const rest = view.state.doc.sliceString(to, to + 1);
            const quoted = JSON.stringify(each.value);
            const text = `${at.operator === '' && !at.list ? '=' : ''}${quoted}`;
            view.dispatch({ changes: { from, to: rest === '"' && view.state.doc.sliceString(from, from + 1) === '"' ? to + 1 : to, insert: text }, selection: { anchor: from + text.length }, userEvent: 'input.complete' });
          },
        }));
        if (at.operator === '' && !at.list && at.typed === '') options.push(...operators(know));
        else if (at.operator === '' && !at.list) options.push(...named(know, 'filter', language.filters, '()'));
        // Its label is not the text it stands for where that holds what cannot be shown, so the list is ours to filter.
        return { from: at.from, options, filter: at.typed !== '' && !context.state.doc.sliceString(at.from, at.from + 1).startsWith('"') };
      }
    }
  };
}

function sleep(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((done) => setTimeout(done, ms));
}

function fieldOption(know: Known, field: FieldCount, i: number, after: string): Completion {
  const about = know.words('ecs', field.name);
  return {
    label: revealed(field.name),
    detail: about ?? '',
    type: 'property',
    boost: (about ? 20 : 0) - Math.min(i, 90) / 10,
    apply: `${nameText(field.name)}${after}`,
  };
}

// Names of the language with a line on each and how they are written.
function named(know: Known, group: 'pipe' | 'filter' | 'stats', names: Record<string, string>, after: ' ' | '()'): Completion[] {
  return Object.entries(names).map(([name, usage]): Completion => ({
    label: name,
    detail: know.words(group, name),
    info: usage,
    type: group === 'pipe' ? 'keyword' : 'function',
    boost: -20,
    apply: (view, _, from, to) => {
      const open = usage.charAt(name.length) === '[' ? '[' : '(';
      const text = after === ' ' ? `${name} ` : usage === `${name}()` ? `${name}()` : name + open;
      view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, userEvent: 'input.complete' });
    },
  }));
}

function operators(know: Known): Completion[] {
  const all: [label: string, word: string][] = [
    ['=', 'exact'], ['!=', 'not'], ['=""', 'none'], ['*', 'any'], ['~', 're'], ['>', 'gt'], ['<', 'lt'],
  ];
  return [
    ...all.map(([label, word]): Completion => ({ label, detail: know.words('op', word), type: 'keyword', boost: -10 })),
    ...named(know, 'filter', language.filters, '()'),
  ];
}
