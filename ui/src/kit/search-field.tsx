import { Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useHotkeys } from './hotkeys';
import { useLeaving } from './leaving';

const pause = 300; // ms without a key before the list is asked again

interface Props {
  value: string;
  onChange: (value: string) => void;
  label: string;
  /** Without the `/` key, where another field of the page has it. */
  bare?: boolean;
}

/** A text filter of a list: waits until typing pauses; `/` focuses it, Escape leaves it. */
export function SearchField({ value, onChange, label, bare }: Props) {
  const [draft, setDraft] = useState(value);
  const [last, setLast] = useState(value);
  const field = useRef<InputRef>(null);
  const leaving = useLeaving();
  if (value !== last) {
    setLast(value);
    setDraft(value);
  }
  useEffect(() => {
    if (draft === value) return;
    const timer = setTimeout(() => leaving() || onChange(draft), pause);
    return () => clearTimeout(timer);
  }, [draft, value, onChange, leaving]);
  useHotkeys(bare ? {} : {
    '/': {
      run: (event) => {
        event.preventDefault();
        field.current?.focus({ cursor: 'all' });
      },
      what: label,
    },
  });
  return (
    <Input
      ref={field}
      className="search-field"
      allowClear
      value={draft}
      aria-label={label}
      placeholder={label}
      suffix={bare ? undefined : <kbd className="faint">/</kbd>}
      onChange={(event) => setDraft(event.target.value)}
      onPressEnter={() => onChange(draft)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') field.current?.blur();
      }}
    />
  );
}
