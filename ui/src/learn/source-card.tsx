import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type OwnPack, type OwnPackVersion, type Source } from '../client';
import { useCan } from '../identity/session';
import { DataTable } from '../kit/data-table';
import { count, counted, share } from '../kit/number';
import { Section } from '../kit/page';
import { Failure, Loading } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { filter } from '../search/logsql';
import { ownPackQuery, proposalsKey } from './queries';
import { Templates } from './templates';
import { useLearnWords } from './words';
import './learn.css';
import '../rule/rule.css';

const YamlView = lazy(() => import('../rule/yaml-view'));
const refresh = 15_000; // ms

/** A source's own parser: whether one is proposed or in force, how well it reads, its versions; and what its messages look like. */
export function OwnParser({ source, slug }: { source: Source; slug: string }) {
  const { t } = useTranslation();
  const own = useQuery({ ...ownPackQuery(source.id), refetchInterval: refresh });
  return (
    <>
      <Section title={t('learn.own.title')}>
        {own.error && !own.data && <Failure error={own.error} retry={() => void own.refetch()} />}
        {!own.data && !own.error && <Loading lines={3} />}
        {own.data && <Card own={own.data} source={source} slug={slug} />}
      </Section>
      <Templates source={source} />
    </>
  );
}

function Card({ own, source, slug }: { own: OwnPack; source: Source; slug: string }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const { learning, active } = own;
  return (
    <div className="stack learn-own">
      {active && <Active own={own} active={active} slug={slug} source={source} />}
      {!active && !learning.proposal && (
        <p className="row soft">
          <span className="grow">
            {learning.kept === 0 ? t('learn.own.none') : t('learn.keptOf', { ...counted(learning.kept, i18n.language), enough: count(learning.enough, i18n.language) })}
          </span>
          {can('source.manage') && learning.kept > 0 && <LearnNow source={source} slug={slug} />}
        </p>
      )}
      {own.versions.length > 0 && <Versions own={own} source={source} />}
    </div>
  );
}

function LearnNow({ source, slug }: { source: Source; slug: string }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const learn = useChange({
    run: () => ask(client.POST('/api/v1/sources/{source}/learn', { params: { path: { source: source.id } } })),
    stale: [['own-pack'], proposalsKey],
    then: (made) => void go({ to: '/parsers/proposals/$id', params: { id: made.id }, search: { tenant: slug } }),
  });
  return <Button size="small" loading={learn.isPending} onClick={() => learn.mutate()}>{t('learn.own.now')}</Button>;
}

function Active({ own, active, slug, source }: { own: OwnPack; active: OwnPackVersion; slug: string; source: Source }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const words = useLearnWords();
  const [text, setText] = useState(false);
  const { drift } = own;
  const number = (value: number) => count(value, i18n.language);
  const q = `${filter('isoc.source.id', source.id, true)} ${filter('isoc.parser', active.pack, true)}`;
  return (
    <>
      <p className="row">
        <span className="tag good"><span aria-hidden="true">✓</span> {t('learn.own.active')}</span>
        {can('event.search') ? <Link to="/search" search={{ tenant: slug, q, from: 'now-24h', to: 'now' }}><code>{active.pack}</code></Link> : <code>{active.pack}</code>}
        <span className="soft">{t('learn.own.version', { version: active.version })} · <Untrusted value={active.changed_by} /> <Ago at={active.changed_at} /></span>
        {drift.lines > 0 && <span className="soft">· {t('learn.own.reads', { part: share(drift.lines - drift.unclaimed, drift.lines), ...counted(drift.lines, i18n.language) })}</span>}
      </p>
      {drift.formats.map((each) => (
        <p key={each.id} className="soft">
          {t('learn.own.changed', { part: share(each.changed, each.lines) })} <code><Untrusted value={own.formats.find(({ id }) => id === each.id)?.pattern ?? each.id} /></code>
          {each.new.length > 0 && <> {t('learn.own.newNames')} {each.new.map((name) => <code key={name}><Untrusted value={name} /> </code>)}</>}
          {each.missing.length > 0 && <> {t('learn.own.missingNames')} {each.missing.map((name) => <code key={name}><Untrusted value={name} /> </code>)}</>}
        </p>
      ))}
      <DataTable
        still
        label={t('learn.formats')}
        columns={[
          { key: 'structure', title: t('learn.structureTitle'), kind: 'min', wideOnly: true, render: (row) => words.structure(row.structure) },
          { key: 'pattern', title: t('parser.format'), kind: 'wide', render: (row) => <code className="learn-pattern"><Untrusted value={row.pattern} /></code> },
          { key: 'mapped', title: t('learn.mapped'), kind: 'number', render: (row) => <>{number(row.mapped)} <span className="soft">{t('learn.of', { shown: number(row.fields) })}</span></> },
          { key: 'recent', title: <span title={t('learn.own.recentText')}>{t('learn.own.recent')}</span>, kind: 'number', render: (row) => number(row.recent) },
        ]}
        rows={own.formats}
        rowKey={(row) => row.id}
        empty={null}
      />
      <details className="learn-pack" onToggle={(event) => setText(event.currentTarget.open)}>
        <summary>{t('learn.own.text')}</summary>
        {text && <Suspense fallback={<Loading lines={8} />}><YamlView text={own.text} label={t('learn.own.text')} /></Suspense>}
      </details>
    </>
  );
}

function Versions({ own, source }: { own: OwnPack; source: Source }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const path = { path: { source: source.id } };
  const stale = [['own-pack'], ['sources'], ['parsers'], proposalsKey];
  const retire = useChange({
    run: () => ask(client.POST('/api/v1/sources/{source}/own-pack/retire', { params: path, body: {} })), stale, done: t('learn.own.retired'),
  });
  const restore = useChange({
    run: (version: number) => ask(client.POST('/api/v1/sources/{source}/own-pack/restore', { params: path, body: { pack_version: version } })), stale, done: t('learn.own.restored'),
  });
  const confirmRetire = () => void modal.confirm({
    title: t('learn.own.retireTitle'), content: t('learn.own.retireText'), okText: t('learn.own.retire'), okButtonProps: { danger: true }, onOk: () => retire.mutateAsync().catch(() => undefined),
  });
  return (
    <DataTable
      still
      label={t('learn.own.versions')}
      columns={[
        { key: 'version', title: t('learn.own.versionTitle'), kind: 'min', render: (row) => `v${row.version}` },
        { key: 'state', title: t('learn.stateTitle'), kind: 'min', render: (row) => <span className={`tag ${row.state === 'active' ? 'good' : ''}`}>{t(`learn.own.${row.state}`)}</span> },
        { key: 'by', title: t('learn.own.madeBy'), kind: 'wide', wideOnly: true, render: (row) => <><Untrusted value={row.created_by} /> <Ago at={row.created_at} /></> },
        { key: 'proposal', title: <span className="skip">{t('learn.one')}</span>, kind: 'min', wideOnly: true, render: (row) => row.proposal && <Link to="/parsers/proposals/$id" params={{ id: row.proposal }} search={(before) => ({ tenant: before.tenant })}>{t('learn.own.ofProposal')}</Link> },
        {
          key: 'act',
          title: <span className="skip">{t('inbox.actions')}</span>,
          kind: 'min',
          render: (row) => can('source.manage') && (row.state === 'active'
            ? <Button size="small" danger loading={retire.isPending} onClick={confirmRetire}>{t('learn.own.retire')}</Button>
            : <Button size="small" loading={restore.isPending} onClick={() => restore.mutate(row.version)}>{t('learn.own.restore')}</Button>),
        },
      ]}
      rows={own.versions}
      rowKey={(row) => String(row.version)}
      empty={null}
    />
  );
}
