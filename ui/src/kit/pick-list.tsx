import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import './pick-list.css';

export interface Pick {
  id: string;
  content: ReactNode;
  /** Shown at the end of the row. */
  hint?: ReactNode;
  run: () => void;
}

export interface PickGroup {
  id: string;
  title?: string;
  picks: Pick[];
}

interface Props {
  label: string;
  placeholder: string;
  query: string;
  onQuery: (query: string) => void;
  groups: PickGroup[];
  /** Under the field where nothing fits. */
  empty: ReactNode;
  busy?: boolean;
}

/** A field and the list that answers it: arrows move, Enter picks, the focus stays in the field. */
export function PickList({ label, placeholder, query, onQuery, groups, empty, busy }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const picks = groups.flatMap((group) => group.picks.map((pick) => ({ ...pick, key: `${group.id}/${pick.id}` })));
  const [chosen, setChosen] = useState('');
  const at = Math.max(0, picks.findIndex((pick) => pick.key === chosen));
  const active = picks[at];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active?.key]);
  const move = (to: number) => setChosen(picks[(to + picks.length) % picks.length]?.key ?? '');
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(at + 1),
    ArrowUp: () => move(at - 1),
    PageDown: () => move(Math.min(picks.length - 1, at + 8)),
    PageUp: () => move(Math.max(0, at - 8)),
    Enter: () => active?.run(),
  };
  return (
    <div className="pick-list">
      <input
        className="pick-field"
        role="combobox"
        aria-label={label}
        aria-expanded={picks.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={active && `${id}-${active.key}`}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        placeholder={placeholder}
        value={query}
        onChange={(event) => {
          setChosen('');
          onQuery(event.target.value);
        }}
        onKeyDown={(event) => {
          const run = keys[event.key];
          if (!run || event.nativeEvent.isComposing) return;
          event.preventDefault();
          run();
        }}
      />
      <div className="pick-groups" ref={list} id={`${id}-list`} role="listbox" aria-label={label} aria-busy={busy}>
        {groups.filter((group) => group.picks.length > 0).map((group) => (
          <div key={group.id} role="group" aria-label={group.title ?? label}>
            {group.title && <div className="pick-title" role="presentation">{group.title}</div>}
            {group.picks.map((pick) => {
              const key = `${group.id}/${pick.id}`;
              return (
                <div
                  key={pick.id}
                  id={`${id}-${key}`}
                  role="option"
                  aria-selected={key === active?.key}
                  className="pick"
                  onPointerMove={() => setChosen(key)}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={pick.run}
                >
                  <span className="pick-content">{pick.content}</span>
                  {pick.hint !== undefined && <span className="pick-hint">{pick.hint}</span>}
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {picks.length === 0 && <div className="pick-empty soft" role="status">{empty}</div>}
    </div>
  );
}
