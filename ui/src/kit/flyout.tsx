import { useCallback, useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import './flyout.css';

interface Props {
  /** What it is about, for those who hear the screen. */
  label: string;
  /** What the button shows. */
  button: ReactNode;
  buttonClass?: string;
  title?: string;
  children: (close: () => void) => ReactNode;
  /** Which edge of the button the panel keeps to. */
  align?: 'start' | 'end';
  open?: boolean;
  onOpen?: (open: boolean) => void;
}

const edge = 8; // px between the panel and the window

/** A button and the panel under it. Focus moves in when it opens and back when it closes; Escape and a click elsewhere close it. */
export function Flyout({ label, button, buttonClass = 'plain-button', title, children, align = 'start', open: given, onOpen }: Props) {
  const [own, setOwn] = useState(false);
  const open = given ?? own;
  const trigger = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const setOpen = useCallback(
    (next: boolean) => {
      setOwn(next);
      onOpen?.(next);
    },
    [onOpen],
  );
  const close = useCallback(() => {
    if (panel.current?.contains(document.activeElement)) trigger.current?.focus();
    setOpen(false);
  }, [setOpen]);
  const place = usePlace(open, trigger, panel, align);
  useOutside(open, trigger, panel, () => setOpen(false));
  useEffect(() => {
    if (!open || !panel.current) return;
    const first = panel.current.querySelector<HTMLElement>('[data-autofocus], input, button, a[href], [tabindex="0"]');
    (first ?? panel.current).focus({ preventScroll: true });
  }, [open]);
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={buttonClass}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={typeof button === 'string' ? undefined : label}
        title={title}
        onClick={() => (open ? close() : setOpen(true))}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !open) return;
          event.stopPropagation();
          close();
        }}
      >
        {button}
      </button>
      {open && (
        <div
          ref={panel}
          className="flyout"
          role="dialog"
          aria-label={label}
          tabIndex={-1}
          style={place}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.defaultPrevented) return;
            event.stopPropagation();
            close();
          }}
        >
          <Inside close={close}>{children}</Inside>
        </div>
      )}
    </>
  );
}

function Inside({ close, children }: { close: () => void; children: Props['children'] }) {
  return children(close);
}

type Box = React.RefObject<HTMLElement | null>;

// Under the button, or above it where there is more room; never beyond the window.
function usePlace(open: boolean, trigger: Box, panel: Box, align: 'start' | 'end'): CSSProperties {
  const [place, setPlace] = useState<CSSProperties>({ opacity: 0 }); // unseen, yet able to take the focus
  useLayoutEffect(() => {
    if (!open) return;
    const put = () => {
      if (!trigger.current || !panel.current) return;
      const from = trigger.current.getBoundingClientRect();
      const { offsetWidth: width, scrollHeight: height } = panel.current;
      const below = window.innerHeight - from.bottom - 2 * edge;
      const above = from.top - 2 * edge;
      const up = height > below && above > below;
      const wanted = align === 'start' ? from.left : from.right - width;
      setPlace({
        left: Math.max(edge, Math.min(wanted, window.innerWidth - width - edge)),
        maxHeight: up ? above : below,
        ...(up ? { bottom: window.innerHeight - from.top + 4 } : { top: from.bottom + 4 }),
      });
    };
    put();
    const watch = new ResizeObserver(put);
    if (panel.current) watch.observe(panel.current);
    window.addEventListener('resize', put);
    return () => {
      watch.disconnect();
      window.removeEventListener('resize', put);
    };
  }, [open, trigger, panel, align]);
  return place;
}

// Pop-ups of fields in the panel hang elsewhere in the document, but belong to it.
const belonging = '.ant-select-dropdown, .ant-modal-root, .ant-picker-dropdown';

function useOutside(open: boolean, trigger: Box, panel: Box, leave: () => void) {
  const current = useRef(leave);
  useEffect(() => {
    current.current = leave;
  });
  useEffect(() => {
    if (!open) return;
    const look = (event: Event) => {
      const target = event.target;
      if (!(target instanceof Element) || target === document.body) return;
      if (panel.current?.contains(target) || trigger.current?.contains(target) || target.closest(belonging)) return;
      current.current();
    };
    document.addEventListener('pointerdown', look, true);
    document.addEventListener('focusin', look, true);
    return () => {
      document.removeEventListener('pointerdown', look, true);
      document.removeEventListener('focusin', look, true);
    };
  }, [open, trigger, panel]);
}
