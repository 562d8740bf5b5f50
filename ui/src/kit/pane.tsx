import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './pane.css';

interface Props {
  /** Under which the width is remembered. */
  name: string;
  label: string;
  open: boolean;
  close: () => void;
  children: ReactNode;
  pane: ReactNode;
}

const least = 320;
const most = 0.65; // of the whole
const usual = 460;

/**
 * Content with a pane to its right that the reader can widen, by the pointer or by the arrow keys on the edge. On narrow
 * screens the pane lies above the content.
 */
export function WithPane({ name, label, open, close, children, pane }: Props) {
  const { t } = useTranslation();
  const whole = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(() => remembered(name));
  const [dragging, setDragging] = useState(false);
  const put = (next: number) => {
    const bound = (whole.current?.clientWidth ?? 1400) * most;
    const to = Math.round(Math.max(least, Math.min(next, bound)));
    setWidth(to);
    try {
      localStorage.setItem(`isoc.pane.${name}`, String(to));
    } catch {
      // Lasts as long as the page.
    }
  };
  useEffect(() => {
    if (!dragging) return;
    const stop = () => setDragging(false);
    window.addEventListener('pointerup', stop);
    return () => window.removeEventListener('pointerup', stop);
  }, [dragging]);
  return (
    <div className={`with-pane ${dragging ? 'dragging' : ''}`} ref={whole}>
      <div className="with-pane-main">{children}</div>
      {open && (
        <>
          <div
            className="pane-edge"
            role="separator"
            aria-orientation="vertical"
            aria-label={t('kit.paneEdge')}
            aria-valuenow={width}
            aria-valuemin={least}
            aria-valuemax={2000}
            tabIndex={0}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              setDragging(true);
            }}
            onPointerMove={(event) => {
              const right = whole.current?.getBoundingClientRect().right;
              if (dragging && right !== undefined) put(right - event.clientX);
            }}
            onDoubleClick={() => put(usual)}
            onKeyDown={(event) => {
              const step = { ArrowLeft: 24, ArrowRight: -24 }[event.key];
              if (step === undefined) return;
              event.preventDefault();
              put(width + step);
            }}
          />
          <aside className="pane" aria-label={label} style={{ '--pane': `${width}px` } as React.CSSProperties}>
            <button type="button" className="pane-close" aria-label={t('kit.close')} title={t('kit.close')} onClick={close}>✕</button>
            {pane}
          </aside>
        </>
      )}
    </div>
  );
}

function remembered(name: string): number {
  try {
    const stored = Number(localStorage.getItem(`isoc.pane.${name}`));
    return stored >= least ? stored : usual;
  } catch {
    return usual;
  }
}
