import { useQuery } from '@tanstack/react-query';
import { useLocation, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type View } from '../client';
import { Flyout } from '../kit/flyout';
import { Failure } from '../kit/states';
import { useChange } from '../kit/use-change';
import { useScope } from '../tenancy/scope';
import { kept, same, type Filters } from './match';
import { inOrder, viewsKey, viewsQuery } from './queries';
import './view.css';

interface Props {
  /** The page's name, which is also the first part of its path. */
  page: string;
  /** URL parameters that say where one is rather than what one looks at: a row that is open, a place in the list. */
  ignore?: readonly string[];
}

/** Stands in the URL where a page is wanted without its default view. */
const none = '-';

/** The views of a page: opens one, keeps the filters of the moment as one, says when they are no longer those of the view. */
export function SavedViews({ page, ignore }: Props) {
  const { t, i18n } = useTranslation();
  const filters: Filters & { view?: string } = useSearch({ strict: false });
  const views = useQuery(viewsQuery);
  const { parse, go } = useAddress(page);
  const list = inOrder(views.data?.filter((each) => each.page === page) ?? [], i18n.language);
  const loaded = list.find((each) => each.id === filters.view);
  const differs = loaded !== undefined && !same(parse(loaded.search), filters, ignore);
  useDefault(list, filters, ignore, (view) => go(parse(view.search), view.id, true));
  return (
    <Flyout
      label={t('view.title')}
      title={loaded && differs ? t('view.differs') : undefined}
      button={
        <>
          <span className="soft">{t('view.title')}</span>
          {loaded && <span className="clip view-name">{loaded.name}</span>}
          {differs && <span className="tag warn">{t('view.changed')}</span>}
          <span className="caret" aria-hidden="true">▾</span>
        </>
      }
    >
      {(close) => (
        <div className="views">
          {views.error && <Failure error={views.error} retry={() => void views.refetch()} />}
          {list.length > 0 ? (
            <ul className="view-list">
              {list.map((view) => (
                <Row
                  key={view.id}
                  view={view}
                  current={view.id === loaded?.id}
                  open={() => {
                    close();
                    go(parse(view.search), view.id);
                  }}
                />
              ))}
            </ul>
          ) : (
            views.data && <p className="soft">{t('view.none')}</p>
          )}
          {(loaded ?? list.some((each) => each.default)) && (
            <button type="button" className="line-button soft" onClick={() => { close(); go({}, none); }}>{t('view.without')}</button>
          )}
          <Keep
            key={loaded?.id}
            page={page}
            loaded={loaded?.own ? loaded : undefined}
            search={stringify(kept(filters, ignore))}
            then={(view) => {
              close();
              go(parse(view.search), view.id, true);
            }}
          />
        </div>
      )}
    </Flyout>
  );

  function stringify(value: Filters): string {
    return go.stringify(value);
  }
}

// Reading and writing addresses as the router does, so that a view is opened exactly as a link is.
function useAddress(page: string) {
  const router = useRouter();
  const { tenant }: { tenant?: string } = useSearch({ strict: false });
  const { parseSearch, stringifySearch } = router.options;
  const stringify = (value: Filters) => (stringifySearch?.(value) ?? '').replace(/^\?/, '').replace(/ /g, '%20');
  const go = (filters: Filters, view: string, replace = false) => {
    const address = `/${page}?${stringify({ ...filters, tenant, view })}`;
    if (replace) router.history.replace(address);
    else router.history.push(address);
  };
  return { parse: (text: string): Filters => parseSearch?.(`?${text}`) ?? {}, go: Object.assign(go, { stringify }) };
}

// A page that is opened without filters gets the person's default view, once.
function useDefault(list: View[], filters: Filters, ignore: readonly string[] | undefined, open: (view: View) => void) {
  const { pathname } = useLocation();
  const asked = useRef('');
  const chosen = list.find((each) => each.default);
  const bare = filters.view === undefined && Object.keys(kept(filters, ignore)).length === 0;
  useEffect(() => {
    if (!chosen) return;
    if (asked.current === pathname) return;
    asked.current = pathname;
    if (bare) open(chosen);
  });
}

function Row({ view, current, open }: { view: View; current: boolean; open: () => void }) {
  const { t } = useTranslation();
  const choose = useChange({
    run: (id: string) => ask(client.PUT('/api/v1/views/defaults/{page}', { params: { path: { page: view.page } }, body: { view: id } })),
    stale: [viewsKey],
  });
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/views/{view}', { params: { path: { view: view.id } } })),
    stale: [viewsKey],
    done: t('view.deleted', { name: view.name }),
  });
  const star = t(view.default ? 'view.notDefault' : 'view.makeDefault', { name: view.name });
  return (
    <li className={current ? 'current' : ''}>
      <button type="button" className="line-button" aria-current={current || undefined} onClick={open}>
        <span className="clip">{view.name}</span>
        {view.shared && <span className="tag">{view.own ? t('view.shared') : t('view.sharedBy', { owner: view.owner })}</span>}
      </button>
      <button type="button" className="sign-button" aria-pressed={view.default} aria-label={star} title={star} onClick={() => choose.mutate(view.default ? '' : view.id)}>
        {view.default ? '★' : '☆'}
      </button>
      {view.own && (
        <button type="button" className="sign-button" aria-label={t('view.delete', { name: view.name })} title={t('view.delete', { name: view.name })} onClick={() => remove.mutate()}>
          ✕
        </button>
      )}
    </li>
  );
}

interface KeepProps {
  page: string;
  /** The view that is open, where it may be changed. */
  loaded: View | undefined;
  search: string;
  then: (view: View) => void;
}

// Keeps the filters of the moment: as a new view, or in the one that is open.
function Keep({ page, loaded, search, then }: KeepProps) {
  const { t } = useTranslation();
  const { tenant, tenants } = useScope();
  const [name, setName] = useState(loaded?.name ?? '');
  const [shared, setShared] = useState(loaded?.shared ?? false);
  const words = name.trim();
  const create = useChange({
    run: () => ask(client.POST('/api/v1/views', { body: { page, name: words, search, shared, tenant: sideOf(tenant?.slug, tenants) } })),
    stale: [viewsKey],
    done: t('view.kept', { name: words }),
    then,
  });
  const update = useChange({
    run: (view: View) => ask(client.PATCH('/api/v1/views/{view}', { params: { path: { view: view.id } }, body: { name: words, search, shared, version: view.version } })),
    stale: [viewsKey],
    done: t('view.kept', { name: words }),
    then,
  });
  const unchanged = loaded && loaded.name === words && loaded.search === search && loaded.shared === shared;
  const taken = loaded?.name === words;
  const busy = create.isPending || update.isPending;
  return (
    <form
      className="view-keep"
      onSubmit={(event) => {
        event.preventDefault();
        if (words === '' || busy) return;
        if (loaded && taken) update.mutate(loaded);
        else create.mutate();
      }}
    >
      <label className="soft" htmlFor="view-name">{t('view.keep')}</label>
      <input id="view-name" className="field" value={name} maxLength={80} placeholder={t('view.example')} onChange={(event) => setName(event.target.value)} autoComplete="off" />
      <label><input type="checkbox" checked={shared} onChange={(event) => setShared(event.target.checked)} /> {t('view.share')}</label>
      <div className="row">
        {loaded && (
          <button type="button" className="plain-button primary" disabled={unchanged || words === '' || busy} onClick={() => update.mutate(loaded)}>
            {t('view.update', { name: loaded.name })}
          </button>
        )}
        <button type="button" className={`plain-button ${loaded ? '' : 'primary'}`} disabled={words === '' || taken || busy} onClick={() => create.mutate()}>
          {t(loaded ? 'view.keepAs' : 'kit.save')}
        </button>
      </div>
    </form>
  );
}

// The server knows the side of all but those who belong to several customers.
function sideOf(chosen: string | undefined, tenants: { slug: string; role: string }[]): string | undefined {
  const own = tenants.filter((each) => each.role.startsWith('customer'));
  if (own.length < 2) return undefined;
  return chosen ?? own[0]?.slug;
}
