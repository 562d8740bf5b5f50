import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useActionName } from '../audit/words';
import { ask, client, type User } from '../client';
import { Failure, Loading } from '../kit/states';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { languages } from '../i18n';
import { TenantName } from '../tenancy/band';
import { findTenant, useCan, useMe } from './session';
import { UserState } from './user-columns';
import { roleOf } from './user-rows';
import './users.css';

const shown = 8;

/** One user beside the list: what they may do, and what they did lately. */
export function UserPane({ user, edit }: { user: User; edit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const can = useCan();
  return (
    <article className="side">
      <header>
        <h2>{user.name} <code className="soft">{user.username}</code></h2>
        <div className="row">
          <UserState user={user} />
          {edit && <button type="button" className="plain-button" onClick={edit}>{t('user.edit')} <kbd>e</kbd></button>}
        </div>
        {user.slowed_until && <p className="notice warn">{t('user.slowedText')} <At at={user.slowed_until} /></p>}
      </header>
      <section>
        <h3>{t('user.pane.grants')}</h3>
        <p>{t(`user.roles.${roleOf(user)}`)} <span className="soft">{t(`user.roleText.${roleOf(user)}`)}</span></p>
        {user.role === ''
          ? <ul className="grants">{user.tenants.map(({ id }) => <li key={id}><TenantName id={id} /></li>)}</ul>
          : <p className="soft">{t('shell.tenant.all')}</p>}
      </section>
      <section>
        <h3>{t('user.pane.account')}</h3>
        <dl className="pairs">
          <dt>{t('user.side.label')}</dt><dd>{t(user.role === '' ? 'user.side.customer' : 'user.side.provider')}</dd>
          <dt>{t('user.login')}</dt><dd><At at={user.last_login_at} /></dd>
          <dt>{t('user.loginFrom')}</dt><dd>{user.last_login_from ? <code>{user.last_login_from}</code> : '–'}</dd>
          <dt>{t('shell.language')}</dt><dd>{languages.find(({ id }) => id === user.locale)?.name ?? user.locale}</dd>
          <dt>{t('kit.created')}</dt><dd><At at={user.created_at} /></dd>
          <dt>{t('user.pane.changed')}</dt><dd><At at={user.updated_at} /></dd>
        </dl>
      </section>
      {can('audit.read') && <Recent user={user} />}
    </article>
  );
}

/** What the user did last, in the chain where their own doing stands: the platform's for its staff, else that of their first customer. */
function Recent({ user }: { user: User }) {
  const { t } = useTranslation();
  const me = useMe();
  const actionName = useActionName();
  const tenant = user.role === '' ? user.tenants[0]?.id : undefined;
  const chain = user.role === '' ? tenant : 'provider';
  const recent = useQuery({
    queryKey: ['audit', 'of', user.username, chain],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/audit', { params: { query: { tenant: chain!, actor: user.username, limit: shown } }, signal })),
    enabled: chain !== undefined,
  });
  return (
    <section>
      <h3>{t('user.pane.recent')}</h3>
      {recent.error && <Failure error={recent.error} retry={() => void recent.refetch()} />}
      {recent.isLoading && <Loading lines={3} />}
      {recent.data?.items.length === 0 && <p className="faint">{t('user.pane.noRecent')}</p>}
      <ul className="doings">
        {recent.data?.items.map((entry) => (
          <li key={entry.seq}><Ago at={entry.at} /><span className="nowrap">{actionName(entry.action)}</span><code className="clip soft"><Untrusted value={entry.object} /></code></li>
        ))}
      </ul>
      <Link to="/audit" search={{ tenant: findTenant(me, tenant)?.slug, actor: user.username }}>{t('user.pane.all')}</Link>
    </section>
  );
}
