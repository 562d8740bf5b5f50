import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { Chart } from './chart';
import { axisLabel, grainOf } from './chart-time';

const table = { head: ['time', 'high', 'low'], series: ['high', 'low'], rows: [{ name: '10:00', cells: [3, 0] }, { name: '11:00', cells: [null, 7] }] };
const option = () => ({ series: [] });

describe('Chart', () => {
  it('is a named picture with its figures beside it for those who do not see it', () => {
    render(<Chart label="alerts over time" option={option} table={table} />);
    expect(screen.getByRole('img', { name: 'alerts over time' })).toBeDefined();
    expect(screen.getByRole('table', { name: 'alerts over time' }).textContent).toContain('10:00');
    expect(within(screen.getByRole('table')).queryAllByRole('button')).toEqual([]);
  });

  it('opens what a mark stands for from the table, and offers nothing where there is nothing', () => {
    const pick = vi.fn();
    render(<Chart label="alerts over time" option={option} table={table} onPick={pick} format={(n) => `n${n}`} />);
    act(() => fireEvent.click(screen.getByRole('button', { name: /alerts over time/ })));
    expect(screen.queryByRole('img')).toBeNull();
    const buttons = within(screen.getByRole('table')).getAllByRole('button');
    expect(buttons.map((each) => each.textContent)).toEqual(['n3', 'n7']);
    act(() => fireEvent.click(buttons[1]!));
    expect(pick).toHaveBeenCalledExactlyOnceWith({ series: 'low', index: 1 });
  });
});

describe('the labels of a time axis', () => {
  it('show what tells two of them apart', () => {
    const hour = 3600e3;
    const at = '2026-11-23 14:05:09';
    expect([hour, 24 * hour, 7 * 24 * hour, 30 * 24 * hour].map((span) => axisLabel(at, grainOf(span)))).toEqual(['14:05', '14:05', '11-23 14:05', '11-23']);
  });
});
