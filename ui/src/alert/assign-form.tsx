import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../identity/session';
import type { Person } from './judge';

interface Props {
  what: string;
  people: readonly Person[] | undefined;
  cancel: () => void;
  assign: (person: Person | undefined) => void;
}

/** Chooses who works on alerts: typing narrows the names, arrows choose, Enter assigns. Nobody is a choice too. */
export function AssignForm({ what, people, cancel, assign }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [find, setFind] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const wanted = find.trim().toLowerCase();
  const known = [...(people ?? [])].sort((a, b) => Number(b.username === me.username) - Number(a.username === me.username) || a.name.localeCompare(b.name));
  const found: (Person | undefined)[] = known.filter(({ username, name }) => `${username} ${name}`.toLowerCase().includes(wanted));
  if (wanted === '') found.push(undefined);
  const chosen = Math.min(at, found.length - 1);
  const move = (step: number) => setAt((chosen + step + found.length) % Math.max(1, found.length));
  return (
    <form
      role="dialog"
      aria-label={t('triage.assign.title', { what })}
      className="judge-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (found.length > 0) assign(found[chosen]);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') cancel();
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault();
          move(event.key === 'ArrowDown' ? 1 : -1);
        }
      }}
    >
      <p className="legend">{t('triage.assign.title', { what })}</p>
      <input
        ref={field}
        value={find}
        role="combobox"
        aria-expanded="true"
        aria-controls="assign-people"
        aria-activedescendant={found.length > 0 ? `assign-${chosen}` : undefined}
        aria-label={t('triage.assign.find')}
        placeholder={t('triage.assign.find')}
        onChange={(event) => {
          setFind(event.target.value);
          setAt(0);
        }}
      />
      <ul role="listbox" id="assign-people" aria-label={t('triage.assign.people')} className="people">
        {found.map((person, i) => (
          <li key={person?.username ?? ''} id={`assign-${i}`} role="option" aria-selected={i === chosen} className={i === chosen ? 'chosen' : ''} onClick={() => assign(person)}>
            {person ? <>{person.name || person.username} <span className="faint">{person.username}</span>{person.username === me.username && <span className="tag">{t('triage.me')}</span>}</> : t('triage.assign.nobody')}
          </li>
        ))}
      </ul>
      {people && found.length === 0 && <p className="soft">{t('triage.assign.none')}</p>}
      {!people && <p className="soft">{t('kit.loading')}</p>}
    </form>
  );
}
