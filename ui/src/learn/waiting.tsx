import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Source } from '../client';
import { findTenant, useMe } from '../identity/session';
import { count, share } from '../kit/number';
import { Section } from '../kit/page';
import { allSourcesQuery } from '../source/queries';
import { useScope } from '../tenancy/scope';
import { ownPackQuery } from './queries';
import { Part } from './sureness';

const most = 8; // sources asked about

/** Sources with records that no parser reads and no proposal yet: how many lines are kept of each, and how many it takes. */
export function Waiting({ busy }: { busy: ReadonlySet<string> }) {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const sources = useQuery(allSourcesQuery({ tenant: tenant?.id }));
  const waiting = (sources.data?.items ?? []).filter((source) => source.unparsed > 0 && !busy.has(source.id)).sort((a, b) => b.unparsed - a.unparsed).slice(0, most);
  const learning = useQueries({ queries: waiting.map((source) => ownPackQuery(source.id)) });
  const rows = waiting.flatMap((source, i) => {
    const of = learning[i]?.data?.learning;
    return of && of.kept > 0 ? [{ source, of }] : [];
  });
  if (rows.length === 0) return null;
  return (
    <Section title={t('learn.waiting')}>
      <ul className="learn-waiting">
        {rows.map(({ source, of }) => <Kept key={source.id} source={source} kept={of.kept} enough={of.enough} part={of.share} worth={of.worth} />)}
      </ul>
    </Section>
  );
}

function Kept({ source, kept, enough, part, worth }: { source: Source; kept: number; enough: number; part: number; worth: number }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const number = (value: number) => count(value, i18n.language);
  const says = t('learn.keptOf', { count: kept, shown: number(kept), enough: number(enough) });
  return (
    <li>
      <Link to="/sources/$id" params={{ id: source.id }} search={{ tenant: findTenant(me, source.tenant)?.slug }}>{source.name}</Link>
      <Part of={Math.min(1, kept / enough)} label={says} />
      <span className="soft">{says}{kept >= enough && part < worth && ` ${t('learn.little', { part: share(part, 1), worth: share(worth, 1) })}`}</span>
    </li>
  );
}
