import { useEffect, type ReactNode } from 'react';
import { nameTab } from './tab';

interface Props {
  title: ReactNode;
  /** Name of the browser's tab, where the title is not plain text. */
  tab?: string;
  count?: ReactNode;
  actions?: ReactNode;
  /** As high as the window: what is in it scrolls by itself. */
  fill?: boolean;
  children: ReactNode;
}

/** A screen: its title line, then its content. */
export function Page({ title, tab, count, actions, fill, children }: Props) {
  const name = tab ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    nameTab(name);
  }, [name]);
  return (
    <main className={fill ? 'page fill' : 'page'} id="content" tabIndex={-1}>
      <div className="page-head">
        <h1 tabIndex={-1}>{title}</h1>
        {count !== undefined && <span className="count">{count}</span>}
        <span className="grow" />
        {actions}
      </div>
      {children}
    </main>
  );
}

export function Section({ title, extra, children }: { title: ReactNode; extra?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <div className="row">
        <h2 className="soft">{title}</h2>
        {extra}
      </div>
      {children}
    </section>
  );
}
