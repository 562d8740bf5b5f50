import { useEffect, useRef, type ReactNode } from 'react';
import './overlay.css';

/** A sheet over the whole screen that keeps the focus; Escape and a click beside it close it. */
export function Overlay({ label, className, close, children }: { label: string; className?: string; close: () => void; children: ReactNode }) {
  const sheet = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = sheet.current;
    if (!dialog || dialog.open) return;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={sheet}
      className={`overlay ${className ?? ''}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === sheet.current) close();
      }}
    >
      <div className="overlay-inside">{children}</div>
    </dialog>
  );
}
