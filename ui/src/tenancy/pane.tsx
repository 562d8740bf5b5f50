import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DemoTag } from '../demo/tag';
import { useCan } from '../identity/session';
import { count } from '../kit/number';
import { levels, Severity } from '../kit/severity';
import { Spark } from '../kit/spark';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { AlertsLink } from '../overview/links';
import { TenantMark } from './band';
import { Trouble } from './columns';
import type { TenantRow } from './rows';

/** One customer beside the list: what it has, how it is kept, and where to go on. */
export function TenantPane({ row, edit }: { row: TenantRow; edit: (() => void) | undefined }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const n = (value: number) => count(value, i18n.language);
  const { alerts, sources, users } = row.figures ?? {};
  const search = { tenant: row.slug };
  return (
    <article className="side">
      <header>
        <h2 className="tenant-name"><TenantMark id={row.id} name={row.name} />{row.name}{row.demo && <DemoTag />}</h2>
        <div className="row">
          <span className={`tag ${row.state === 'active' ? 'good' : 'warn'}`}>{row.state === 'active' ? '✓' : '!'} {t(`tenancy.states.${row.state}`)}</span>
          {edit && <button type="button" className="plain-button" onClick={edit}>{t('tenancy.edit')} <kbd>e</kbd></button>}
        </div>
      </header>
      {alerts && (
        <section>
          <h3>{t('tenancy.pane.open')}</h3>
          <dl className="pairs">
            {levels.map((level) => (
              <div key={level} className="pair">
                <dt><Severity level={level} /></dt>
                <dd>{alerts.open[level] === 0 ? <span className="faint">0</span> : <AlertsLink search={{ ...search, state: 'open', level }}>{n(alerts.open[level])}</AlertsLink>}</dd>
              </div>
            ))}
            <dt>{t('tenancy.column.new')}</dt>
            <dd>{alerts.new === 0 ? <span className="faint">0</span> : <AlertsLink search={{ ...search, state: 'new' }}>{n(alerts.new)}</AlertsLink>}</dd>
            {alerts.oldest && <><dt>{t('tenancy.column.oldest')}</dt><dd><Link to="/alerts/$id" params={{ id: alerts.oldest }} search={search}><Ago at={alerts.oldest_at} /></Link></dd></>}
          </dl>
        </section>
      )}
      {sources && (
        <section>
          <h3>{t('tenancy.pane.ingest')}</h3>
          {sources.hours.length > 0 && <Spark values={sources.hours} width={300} height={40} label={t('tenancy.dayText', { shown: n(sources.records_24h), count: sources.records_24h })} />}
          <dl className="pairs">
            <dt>{t('tenancy.column.records')}</dt><dd>{n(sources.records_24h)}</dd>
            <dt>{t('tenancy.column.sources')}</dt><dd>{sources.total === 0 ? '0' : <Link to="/sources" search={search}>{n(sources.total)}</Link>}</dd>
            <dt>{t('tenancy.column.trouble')}</dt><dd><Trouble row={row} n={n} /></dd>
          </dl>
        </section>
      )}
      <section>
        <h3>{t('tenancy.pane.kept')}</h3>
        <dl className="pairs">
          <dt>{t('tenancy.slug')}</dt><dd><code>{row.slug}</code></dd>
          <dt>{t('tenancy.retention')}</dt><dd>{t('tenancy.days', { count: row.retention_days })}</dd>
          <dt>{t('tenancy.rate')}</dt><dd>{row.events_per_second > 0 ? n(row.events_per_second) : t('tenancy.defaultRate')}</dd>
          {row.networks.length > 0 && <><dt>{t('tenancy.networks')}</dt><dd>{row.networks.map(({ cidr, name }) => <div key={cidr}><code>{cidr}</code> {name && <span className="soft"><Untrusted value={name} /></span>}</div>)}</dd></>}
          {users && <><dt>{t('tenancy.column.users')}</dt><dd>{users.total === 0 ? '0' : <Link to="/users" search={{ ...search, side: 'customer' }}>{n(users.total)}</Link>}</dd></>}
          {users && <><dt>{t('tenancy.column.login')}</dt><dd><Ago at={users.last_login_at} /></dd></>}
          <dt>{t('kit.created')}</dt><dd><At at={row.created_at} /></dd>
          <dt>{t('tenancy.pane.changed')}</dt><dd><At at={row.updated_at} /></dd>
        </dl>
      </section>
      <nav className="row" aria-label={t('tenancy.pane.go')}>
        <Link to="/" search={search}>{t('shell.nav.overview')}</Link>
        <Link to="/alerts" search={search}>{t('shell.nav.alerts')}</Link>
        {can('event.search') && <Link to="/search" search={search}>{t('shell.nav.search')}</Link>}
        <Link to="/sources" search={search}>{t('shell.nav.sources')}</Link>
        {can('audit.read') && <Link to="/audit" search={search}>{t('shell.nav.audit')}</Link>}
      </nav>
    </article>
  );
}
