import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import '../i18n';
import { Untrusted } from './untrusted';

describe('Untrusted', () => {
  it('never makes markup of text', () => {
    const { container } = render(<Untrusted value={'<img src=x onerror="alert(1)"><script>x</script>'} marks={['src=x']} />);
    expect(container.querySelector('img, script')).toBeNull();
    expect(container.textContent).toBe('<img src=x onerror="alert(1)"><script>x</script>');
    expect(container.querySelector('mark')?.textContent).toBe('src=x');
  });

  it('shows hidden characters inside marks too', () => {
    const { container } = render(<Untrusted value={'run evil\u202etxt.exe'} marks={['evil\u202etxt']} />);
    expect(container.querySelector('mark .odd')?.getAttribute('title')).toBe('U+202E');
  });

  it('shows a bounded part of a huge text', () => {
    const { container } = render(<Untrusted value={'x'.repeat(100_000)} />);
    expect((container.textContent ?? '').length).toBeLessThan(66_000);
  });

  it('shows nothing for a missing value', () => {
    const { container } = render(<Untrusted value={null} />);
    expect(container.textContent).toBe('');
  });
});
