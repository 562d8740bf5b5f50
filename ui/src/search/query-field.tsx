import { Button, Input } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotkeys } from '../kit/hotkeys';

/** Where the query is written. Enter runs it, Shift+Enter breaks the line, `/` comes here. */
export function QueryField({ value, run }: { value: string; run: (query: string) => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(value);
  const field = useRef<TextAreaRef>(null);
  useHotkeys({
    '/': (event) => {
      event.preventDefault();
      field.current?.focus({ cursor: 'end' });
    },
  });
  return (
    <div className="query">
      <Input.TextArea
        ref={field}
        className="mono"
        value={draft}
        autoSize={{ minRows: 1, maxRows: 8 }}
        spellCheck={false}
        autoComplete="off"
        aria-label={t('search.query')}
        placeholder={t('search.example')}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') field.current?.blur();
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          run(draft.trim());
        }}
      />
      <Button type="primary" onClick={() => run(draft.trim())}>{t('search.run')}</Button>
    </div>
  );
}
