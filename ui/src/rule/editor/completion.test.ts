import { describe, expect, it } from 'vitest';
import { logSourceAt, offers, placeOf, searchesAt, type Known } from './completion';

const known: Known = {
  modifiers: ['contains', 'endswith', 're'], correlations: ['event_count', 'temporal'], products: ['linux', 'windows'], categories: ['process_creation'], services: ['sshd'],
  fields: ['CommandLine', 'Image'], tags: [{ tag: 'attack.t1059', name: 'Interpreter' }],
};

// The bar is where the cursor stands.
function at(text: string) {
  const place = text.indexOf('¦');
  const found = offers(text.replace('¦', ''), place, known);
  return found && { typed: text.slice(found.from, place), labels: found.options.map((each) => each.label) };
}

describe('what is offered in a rule', () => {
  it.each([
    ['keys of the top', 'tit¦', 'tit', ['title', 'logsource', 'detection']],
    ['keys after others', 'title: x\nlev¦', 'lev', ['level']],
    ['levels', 'level: hi¦', 'hi', ['high', 'critical']],
    ['parts of a log source', 'logsource:\n  pro¦', 'pro', ['product', 'category', 'service']],
    ['products', 'logsource:\n  product: w¦', 'w', ['windows', 'linux']],
    ['products in a flow map', 'logsource:\n  category: process_creation\n  product: ¦', '', ['windows']],
    ['searches', 'detection:\n  sel¦', 'sel', ['selection', 'condition']],
    ['fields', 'detection:\n  selection:\n    Im¦', 'Im', ['Image', 'CommandLine']],
    ['fields in a list of maps', 'detection:\n  selection:\n    - Im¦', 'Im', ['Image']],
    ['fields in the second of a list', 'detection:\n  selection:\n    - Image: a\n      Com¦', 'Com', ['CommandLine']],
    ['modifiers', 'detection:\n  selection:\n    Image|ends¦', 'ends', ['endswith', 'contains']],
    ['a second modifier', 'detection:\n  selection:\n    Image|re|¦', '', ['re']],
    ['searches in the condition', 'detection:\n  one:\n    a: b\n  two:\n    - c\n  condition: one and t¦', 't', ['one', 'two', 'not', '1 of']],
    ['tags', 'tags:\n  - attack.t1¦', 'attack.t1', ['attack.t1059']],
    ['tags as far left as their key', 'title: x\ntags:\n- att¦', 'att', ['attack.t1059']],
    ['types of correlations', 'correlation:\n  type: ¦', '', ['event_count']],
    ['rules of the text', 'correlation:\n  rules:\n    - ss¦\n---\nname: ssh_refused', 'ss', ['ssh_refused']],
    ['comparisons', 'correlation:\n  condition:\n    g¦', 'g', ['gte']],
    ['Chinese texts', 'isoc:\n  tit¦', 'tit', ['title_zh']],
    ['of the second document', 'title: a\n---\nlogs¦', 'logs', ['logsource']],
  ])('%s', (_, text, typed, labels) => {
    const found = at(text);
    expect(found?.typed).toBe(typed);
    expect(found?.labels).toEqual(expect.arrayContaining(labels));
  });

  it.each([['in a comment', '# lev¦'], ['in free text', 'description: wh¦'], ['in a value of a field', 'detection:\n  s:\n    Image: cm¦'], ['in a list of values', 'detection:\n  s:\n    Image:\n      - cm¦ d']])('nothing %s', (_, text) => {
    expect(at(text)).toBeUndefined();
  });

  it('knows where it is by indents', () => {
    const text = 'detection:\n\n  # note\n  s:\n    - Image: a\n      CommandLine: b';
    expect(placeOf(text, text.length).path).toEqual(['detection', 's']);
  });

  it('reads log source and searches of the document that it is in', () => {
    const text = 'logsource:\n  product: linux\n---\nlogsource: \n  category: dns\n  service: "bind"\ndetection:\n  q: {a: b}\n  condition: q\n';
    expect(logSourceAt(text, 0)).toEqual({ product: 'linux', category: undefined, service: undefined });
    expect(logSourceAt(text, text.length)).toEqual({ product: undefined, category: 'dns', service: 'bind' });
    expect(searchesAt(text, text.length)).toEqual(['q']);
  });
});
