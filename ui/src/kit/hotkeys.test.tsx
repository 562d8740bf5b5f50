import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hotkeyList, keyCaps, pageActions, useHotkeys, type Keys, type Scope } from './hotkeys';

afterEach(cleanup);

function With({ keys, scope }: { keys: Keys; scope?: Scope }) {
  useHotkeys(keys, scope);
  return <input aria-label="field" />;
}

function press(key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
}

describe('keys', () => {
  it('run, rest while somebody types or holds Ctrl, and end with their owner', () => {
    const run = vi.fn();
    const { getByLabelText, unmount } = render(<With keys={{ j: run }} />);
    press('j');
    expect(run).toHaveBeenCalledTimes(1);
    press('j', { ctrlKey: true });
    press('j', {}, getByLabelText('field'));
    press('j', { isComposing: true });
    expect(run).toHaveBeenCalledTimes(1);
    unmount();
    press('j');
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('of a sequence do not do what the second does alone', () => {
    const alone = vi.fn();
    const go = vi.fn();
    render(<><With keys={{ a: alone }} /><With keys={{ 'g a': { run: go, what: 'alerts' } }} scope="everywhere" /></>);
    press('g');
    press('a');
    expect(go).toHaveBeenCalledTimes(1);
    expect(alone).not.toHaveBeenCalled();
    press('a');
    expect(alone).toHaveBeenCalledTimes(1);
    press('g');
    press('x');
    press('a');
    expect(alone).toHaveBeenCalledTimes(2);
    expect(go).toHaveBeenCalledTimes(1);
  });

  it('with Ctrl work in fields too', () => {
    const run = vi.fn();
    const { getByLabelText } = render(<With keys={{ 'Mod+k': run }} />);
    press('K', { ctrlKey: true }, getByLabelText('field'));
    expect(run).toHaveBeenCalledTimes(1);
    press('k');
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('are listed while they work, each once', () => {
    const page = render(<With keys={{ j: { run: () => {}, what: 'next' }, q: () => {} }} />);
    render(<With keys={{ j: { run: () => {}, what: 'other' }, '?': { run: () => {}, what: 'help' } }} scope="everywhere" />);
    expect(hotkeyList()).toEqual([
      { key: 'j', what: 'next', scope: 'page' },
      { key: '?', what: 'help', scope: 'everywhere' },
    ]);
    page.rerender(<With keys={{ j: { run: () => {}, what: 'onwards' } }} />);
    expect(hotkeyList()[0]?.what).toBe('onwards');
    page.unmount();
    expect(hotkeyList().map(({ key }) => key)).toEqual(['j', '?']);
  });

  it('can be run by name', () => {
    const run = vi.fn();
    render(<With keys={{ e: { run, what: 'acknowledge' }, j: { run, what: 'next' }, q: run }} />);
    render(<With keys={{ t: { run, what: 'switch' } }} scope="everywhere" />);
    const actions = pageActions();
    expect(actions.map(({ what }) => what)).toEqual(['acknowledge']);
    actions[0]?.run();
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('have caps', () => {
    expect(keyCaps('Mod+k')).toEqual(['Ctrl', 'K']);
    expect(keyCaps('g a')).toEqual(['g', 'a']);
    expect(keyCaps('ArrowDown')).toEqual(['↓']);
  });
});
