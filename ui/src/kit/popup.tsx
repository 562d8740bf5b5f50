import { Popover } from 'antd';
import { useRef, useState, type ReactElement, type ReactNode } from 'react';

const reachable = ':is(input:not([type=hidden]), button, select, textarea, [tabindex]:not([tabindex="-1"])):not(:disabled)';

// Below the button; where that leaves the screen, it moves along.
const overflow = { shiftX: true, shiftY: true };
const placements = {
  bottomLeft: { points: ['tl', 'bl'], offset: [0, 4], overflow },
  bottomRight: { points: ['tr', 'br'], offset: [0, 4], overflow },
};

/** Choices below a button: opening puts the focus on the first of them, Escape closes and gives it back to the button. */
export function Popup({ placement, content, children }: { placement: 'bottomLeft' | 'bottomRight'; content: ReactNode; children: ReactElement }) {
  const [open, setOpen] = useState(false);
  const inside = useRef<HTMLDivElement>(null);
  const before = useRef<Element>(null);
  return (
    <Popover
      trigger="click"
      placement={placement}
      arrow={false}
      builtinPlacements={placements}
      open={open}
      onOpenChange={(to) => {
        if (to) before.current = document.activeElement;
        setOpen(to);
      }}
      afterOpenChange={(shown) => {
        if (shown && !inside.current?.contains(document.activeElement)) inside.current?.querySelector<HTMLElement>(reachable)?.focus();
      }}
      content={
        <div
          ref={inside}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || (event.target instanceof Element && event.target.closest('.ant-select-open, .ant-picker-focused'))) return;
            event.stopPropagation(); // it clears nothing behind
            setOpen(false);
            if (before.current instanceof HTMLElement) before.current.focus();
          }}
        >
          {content}
        </div>
      }
    >
      {children}
    </Popover>
  );
}
