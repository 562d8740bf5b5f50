import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Health, Overview, SourcesPage } from '../client';
import { count } from '../kit/number';
import { levels, Severity } from '../kit/severity';
import { Ago } from '../kit/time';
import { TenantName } from '../tenancy/band';
import { AlertsLink, SourcesLink } from './links';
import { burning, oldest, sumOpen, total } from './standing';

interface Props {
  overview: Overview;
  sources: SourcesPage | undefined;
  health: Health | undefined;
  /** Several customers are looked at. */
  several: boolean;
}

/** The answer of the first five seconds, in a sentence; then the figures it rests on. */
export function Verdict({ overview, sources, health, several }: Props) {
  const { t, i18n } = useTranslation();
  const open = sumOpen(overview.standings);
  const hot = burning(overview.standings);
  const waiting = oldest(overview.standings);
  const fresh = overview.standings.reduce((sum, each) => sum + each.new, 0);
  const silent = sources?.states.silent ?? 0;
  const degraded = sources?.states.degraded ?? 0;
  const sick = health !== undefined && health.status !== 'ok';
  const n = (value: number) => count(value, i18n.language);
  const serious = open.critical + open.high;
  return (
    <section className="ov-verdict" aria-label={t('overview.now')}>
      <p className="ov-sentence">
        <Part tone={open.critical > 0 ? 'bad' : serious > 0 ? 'warn' : 'good'}>
          {serious === 0 ? t('overview.calm') : (
            <AlertsLink search={{ state: 'open', level: 'critical,high' }}>{t('overview.burning', { count: serious, shown: n(serious) })}</AlertsLink>
          )}
          {several && hot.length > 0 && (
            <span className="ov-where">
              {hot.slice(0, 3).map((each) => (
                <Link key={each.tenant} to="/" search={{ tenant: each.tenant }}><TenantName id={each.tenant} /></Link>
              ))}
              {hot.length > 3 && <span className="soft">{t('overview.moreTenants', { count: hot.length - 3, shown: n(hot.length - 3) })}</span>}
            </span>
          )}
        </Part>
        {sources && (
          <Part tone={silent > 0 ? 'bad' : degraded > 0 ? 'warn' : 'good'}>
            {sources.total === 0 ? t('overview.noSources')
              : silent > 0 ? <SourcesLink state="silent">{t('overview.silent', { count: silent, shown: n(silent) })}</SourcesLink>
                : degraded > 0 ? <SourcesLink state="degraded">{t('overview.degraded', { count: degraded, shown: n(degraded) })}</SourcesLink>
                  : t('overview.sighted')}
          </Part>
        )}
        {sick && <Part tone={health.status === 'down' ? 'bad' : 'warn'}><Link to="/health">{t(health.status === 'down' ? 'overview.platform.down' : 'overview.platform.degraded')}</Link></Part>}
      </p>
      <dl className="ov-figures">
        {levels.slice(0, 4).map((level) => (
          <Figure key={level} name={<Severity level={level} />}>
            <AlertsLink search={{ state: 'open', level }} label={t(`kit.level.${level}`)}>{n(open[level])}</AlertsLink>
          </Figure>
        ))}
        <Figure name={t('overview.open')}><AlertsLink search={{ state: 'open' }}>{n(total(open))}</AlertsLink></Figure>
        <Figure name={t('overview.unacknowledged')}><AlertsLink search={{ state: 'new' }}>{n(fresh)}</AlertsLink></Figure>
        <Figure name={t('overview.oldest')}>
          {waiting ? <Link to="/alerts/$id" params={{ id: waiting.id }}><Ago at={waiting.at} /></Link> : <span className="faint">–</span>}
        </Figure>
        {sources && (
          <Figure name={t('overview.silentSources')}>
            <SourcesLink state="silent">{n(silent)}</SourcesLink> <span className="ov-of">/ <SourcesLink>{n(sources.total)}</SourcesLink></span>
          </Figure>
        )}
      </dl>
    </section>
  );
}

const signs = { bad: '◆', warn: '!', good: '✓' };

function Part({ tone, children }: { tone: keyof typeof signs; children: ReactNode }) {
  return <span className={`ov-part ${tone}`}><i aria-hidden="true">{signs[tone]}</i>{children}</span>;
}

function Figure({ name, children }: { name: ReactNode; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
