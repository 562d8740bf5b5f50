import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import './copy.css';

/** Puts text on the clipboard. Plain HTTP to another machine has no clipboard interface, so the old way stays as second. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
  }
}

/** A button that copies a value and says so. */
export function CopyButton({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const text = done ? t('kit.copied') : (label ?? t('kit.copy'));
  return (
    <button
      type="button"
      className="copy"
      title={text}
      aria-label={text}
      onClick={async (event) => {
        event.stopPropagation();
        setDone(await copy(value));
      }}
    >
      {done ? <CheckOutlined /> : <CopyOutlined />}
      {label && <span>{text}</span>}
    </button>
  );
}
