import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';

interface Focus {
  /** Fields that the pointer is on, wherever they are shown. */
  fields: string[];
  point: (fields: string[]) => void;
}

const FocusContext = createContext<Focus>({ fields: [], point: () => undefined });

/** Makes tree, fields and record light up together: what the pointer is on in one is shown in the others. */
export function FocusOnFields({ children }: { children: ReactNode }) {
  const [fields, point] = useState<string[]>([]);
  const focus = useMemo(() => ({ fields, point }), [fields]);
  return <FocusContext value={focus}>{children}</FocusContext>;
}

/** Handlers and state of something that shows fields. */
export function useFocus(own: string[]) {
  const { fields, point } = useContext(FocusContext);
  const on = own.length > 0 && own.some((field) => fields.includes(field));
  return {
    on,
    props: own.length > 0
      ? { onPointerEnter: () => point(own), onPointerLeave: () => point([]), onFocus: () => point(own), onBlur: () => point([]) }
      : {},
  };
}
