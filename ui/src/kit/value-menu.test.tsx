import { fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { beforeEach, expect, it, vi } from 'vitest';
import { Value, ValueActionsContext } from './value-menu';

const navigate = vi.fn();
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => navigate }));
vi.mock('react-i18next', () => ({ useTranslation: () => ({ t: (key: string) => key }) }));
vi.mock('../identity/session', () => ({ useCan: () => () => true, useMe: () => ({}), findTenant: () => ({ slug: 'acme' }) }));
vi.mock('../tenancy/scope', () => ({ useScope: () => ({ tenant: undefined }) }));

const page = { keep: vi.fn(), drop: vi.fn(), ask: vi.fn() };
beforeEach(() => vi.clearAllMocks());

it('opens by Enter, moves by arrows, acts by click and gives the focus back', () => {
  render(<App><ValueActionsContext value={page}><Value field="user.name" value={'<b>root</b>'} /></ValueActionsContext></App>);
  const value = screen.getByRole('button');
  fireEvent.keyDown(value, { key: 'Enter' });
  const items = screen.getAllByRole('menuitem');
  expect(document.activeElement).toBe(items[0]);
  fireEvent.keyDown(items[0]!, { key: 'ArrowDown' });
  expect(document.activeElement).toBe(items[1]);
  fireEvent.click(items[1]!);
  expect(page.drop).toHaveBeenCalledWith('user.name', '<b>root</b>');
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(value);
  expect(document.querySelector('b')).toBeNull();
});

it('opens the search page where the page has no query, in the customer of the value', () => {
  render(<App><Value field="source.ip" value="203.0.113.7" tenant="acme" at="2026-01-02T03:04:05Z" /></App>);
  fireEvent.click(screen.getByText('203.0.113.7'));
  fireEvent.click(screen.getByText('kit.value.around'));
  expect(navigate).toHaveBeenCalledWith({
    to: '/search',
    search: { tenant: undefined, in: 'acme', q: 'source.ip:="203.0.113.7"', from: '2026-01-02T02:59:05.000Z', to: '2026-01-02T03:09:05.000Z' },
  });
});

it('closes by Escape, and shows nothing for no value', () => {
  const { container } = render(<App><Value field="a" value="x" /><Value field="b" value="" /></App>);
  fireEvent.click(screen.getByText('x'));
  fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' });
  expect(screen.queryByRole('menu')).toBeNull();
  expect(container.querySelectorAll('.value')).toHaveLength(1);
});
