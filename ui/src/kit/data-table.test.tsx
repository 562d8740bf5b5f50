import { act, fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { DataTable, type Column } from './data-table';

const columns: Column<string>[] = [{ key: 'name', title: 'Name', render: (row) => row }];
const rows = ['first', 'second', 'third'];

function table(extra: Partial<Parameters<typeof DataTable<string>>[0]> = {}) {
  return render(<DataTable label="things" columns={columns} rows={rows} rowKey={(row) => row} empty={<p>nothing</p>} {...extra} />);
}

const press = (key: string) => act(() => fireEvent.keyDown(document.body, { key }));

describe('DataTable', () => {
  it('moves with j and k, stays inside, and opens with Enter', () => {
    const open = vi.fn();
    table({ open });
    press('Enter');
    expect(open).not.toHaveBeenCalled();
    for (const key of ['j', 'j', 'j', 'j', 'k']) press(key);
    press('Enter');
    expect(open).toHaveBeenCalledExactlyOnceWith('second');
  });

  it('opens a row by click', () => {
    const open = vi.fn();
    table({ open });
    fireEvent.click(screen.getByText('third'));
    expect(open).toHaveBeenCalledExactlyOnceWith('third');
  });

  it('lets a link in a row act alone', () => {
    const open = vi.fn();
    table({ open, columns: [{ key: 'name', title: 'Name', render: (row) => <a href="#x">{row}</a> }] });
    fireEvent.click(screen.getByText('first'));
    expect(open).not.toHaveBeenCalled();
  });

  it('rests while somebody types', () => {
    const open = vi.fn();
    const { container } = table({ open });
    const field = document.createElement('input');
    container.append(field);
    fireEvent.keyDown(field, { key: 'j' });
    expect(container.querySelector('.active')).toBeNull();
  });

  it('shows and hides what is under a row', () => {
    table({ expand: (row) => <p>{`more of ${row}`}</p> });
    fireEvent.click(screen.getByText('first'));
    expect(screen.getByText('more of first')).toBeTruthy();
    fireEvent.click(screen.getByText('first'));
    expect(screen.queryByText('more of first')).toBeNull();
  });

  it('says that it waits, that there is nothing, and that it failed', () => {
    const waiting = table({ rows: undefined });
    expect(waiting.getByRole('status')).toBeTruthy();
    waiting.unmount();
    const nothing = table({ rows: [] });
    expect(nothing.getByText('nothing')).toBeTruthy();
    nothing.unmount();
    const retry = vi.fn();
    table({ rows: undefined, error: new Error('x'), retry });
    fireEvent.click(screen.getByRole('button'));
    expect(retry).toHaveBeenCalledOnce();
  });
});
