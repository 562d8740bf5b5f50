import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { VirtualTable, type VirtualColumn, type VirtualProps } from './virtual-table';

const drawn = vi.fn((row: string) => row);
const columns: VirtualColumn<string>[] = [{ key: 'name', title: 'Name', width: '1fr', render: drawn }];
const every = (index: number) => `row ${index}`;

function Table(extra: Partial<VirtualProps<string>>) {
  const [active, setActive] = useState(-1);
  return (
    <VirtualTable label="things" columns={columns} count={1000} row={every} rowHeight={28} active={active} onActive={setActive} {...extra} />
  );
}

const press = (name: string) => act(() => fireEvent.keyDown(document.activeElement ?? document.body, { key: name }));
const activeRow = () => document.querySelector('tr.active')?.getAttribute('aria-rowindex');

describe('VirtualTable', () => {
  it('makes the rows on the screen and says how many there are', () => {
    render(<Table />);
    const grid = screen.getByRole('grid');
    expect(grid.getAttribute('aria-rowcount')).toBe('1001');
    const rows = grid.querySelectorAll('tbody tr');
    expect(rows.length).toBeLessThan(80);
    expect(rows[0]?.getAttribute('aria-rowindex')).toBe('2');
  });

  it('shows grey where a row is not loaded, and asks for it', () => {
    const seen = vi.fn();
    render(<Table row={() => undefined} onSeen={seen} />);
    expect(document.querySelectorAll('tr.skeleton').length).toBeGreaterThan(10);
    expect(seen.mock.calls[0]?.[0]).toBe(0);
  });

  it('moves by keys, takes the focus along, and keeps one row within reach of Tab', () => {
    render(<Table />);
    press('j');
    press('j');
    press('k');
    press('ArrowDown');
    expect(activeRow()).toBe('3');
    expect(document.activeElement?.getAttribute('aria-rowindex')).toBe('3');
    expect(document.querySelectorAll('tr[tabindex="0"]').length).toBe(1);
    press('End');
    expect(activeRow()).toBe('1001');
    press('Home');
    expect(activeRow()).toBe('2');
  });

  it('keeps the active row in the document when the view leaves it', () => {
    render(<Table />);
    press('j');
    const scroller = document.querySelector('.virtual')!;
    scroller.scrollTop = 20_000;
    act(() => void fireEvent.scroll(scroller));
    expect(screen.queryByText('row 3')).toBeNull();
    expect(document.activeElement?.textContent).toBe('row 0');
    expect(screen.getByText('row 715')).toBeTruthy();
  });

  it('picks by x, by the box, and ranges by Shift', () => {
    const toggle = vi.fn();
    render(<Table pick={{ has: (row) => row === 'row 1', toggle }} />);
    press('x');
    expect(toggle).not.toHaveBeenCalled();
    press('j');
    press('x');
    expect(toggle).toHaveBeenLastCalledWith(0, false);
    press('X');
    expect(toggle).toHaveBeenLastCalledWith(0, true);
    fireEvent.click(screen.getByText('row 4'), { shiftKey: true });
    expect(toggle).toHaveBeenLastCalledWith(4, true);
    fireEvent.click(screen.getAllByRole('checkbox')[6]!);
    expect(toggle).toHaveBeenLastCalledWith(6, false);
    expect(screen.getByText('row 1').closest('tr')?.getAttribute('aria-selected')).toBe('true');
  });

  it('opens by Enter and double click, and leaves buttons in a row alone', () => {
    const open = vi.fn();
    const click = vi.fn();
    const withButton: VirtualColumn<string>[] = [{ key: 'name', title: 'Name', width: '1fr', render: (row) => <><button>{`do ${row}`}</button><span>{row}</span></> }];
    render(<Table columns={withButton} open={open} onClick={click} />);
    fireEvent.click(screen.getByText('do row 2'));
    expect(click).not.toHaveBeenCalled();
    fireEvent.click(screen.getByText('row 2'));
    expect(click).toHaveBeenCalledExactlyOnceWith('row 2', 2);
    press('Enter');
    expect(open).toHaveBeenCalledExactlyOnceWith('row 2', 2);
    fireEvent.doubleClick(screen.getByText('row 5'));
    expect(open).toHaveBeenLastCalledWith('row 5', 5);
  });

  it('draws a row once, however often the active row changes', () => {
    render(<Table />);
    drawn.mockClear();
    press('j');
    press('j');
    // Only rows that became or stopped being active, and those that came into view.
    expect(drawn.mock.calls.length).toBeLessThanOrEqual(4);
  });
});
