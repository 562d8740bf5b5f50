import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Checkbox, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type PackFeed } from '../client';
import { useCan } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { Section } from '../kit/page';
import { revealed } from '../kit/reveal';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { feedsKey, feedsQuery, packsKey } from './queries';

const spans = [0, 6, 24, 168] as const; // hours

/** Where updates come from, and what the last look there brought. */
export function Feeds() {
  const { t } = useTranslation();
  const can = useCan();
  const feeds = useQuery(feedsQuery);
  const [editing, setEditing] = useState<PackFeed | true>();
  return (
    <Section title={t('content.feed.title')} extra={can('rule.manage') && <Button size="small" onClick={() => setEditing(true)}>{t('content.feed.add')}</Button>}>
      <DataTable
        still
        label={t('content.feed.title')}
        columns={useColumns(setEditing)}
        rows={feeds.data?.items}
        rowKey={(row) => row.id}
        error={feeds.error}
        retry={() => void feeds.refetch()}
        empty={<p className="soft">{t('content.feed.none')}</p>}
      />
      {editing && <FeedDialog feed={editing === true ? undefined : editing} close={() => setEditing(undefined)} />}
    </Section>
  );
}

function useColumns(edit: (feed: PackFeed) => void): Column<PackFeed>[] {
  const { t } = useTranslation();
  const every = useEvery();
  const looks = { none: 'tag', same: 'tag', staged: 'tag accent', activated: 'tag good', failed: 'tag bad' };
  return [
    { key: 'name', title: t('content.name'), render: (row) => <Untrusted value={row.name} /> },
    { key: 'url', title: t('content.feed.url'), kind: 'wide', wideOnly: true, render: (row) => <code><Untrusted value={row.url} /></code> },
    { key: 'every', title: t('content.feed.every'), kind: 'min', wideOnly: true, render: (row) => every(row.hours) },
    { key: 'checked', title: t('content.feed.checked'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.checked_at} /> },
    {
      key: 'result',
      title: t('content.feed.resultTitle'),
      render: (row) => (
        <span className="row tight">
          {row.result === 'staged' && row.pack
            ? <Link className={looks.staged} to="/packs/$id" params={{ id: row.pack }}>{t('content.feed.result.staged')}</Link>
            : <span className={looks[row.result]}>{t(`content.feed.result.${row.result}`)}</span>}
          {row.reason && <Untrusted value={row.reason} />}
        </span>
      ),
    },
    { key: 'acts', title: <span className="skip">{t('content.acts')}</span>, kind: 'min', render: (row) => <Acts feed={row} edit={edit} /> },
  ];
}

function useEvery(): (hours: number) => string {
  const { t } = useTranslation();
  return (hours) => hours === 0 ? t('content.feed.byHand') : t('content.feed.hours', { count: hours });
}

function Acts({ feed, edit }: { feed: PackFeed; edit: (feed: PackFeed) => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const path = { params: { path: { feed: feed.id } } };
  const check = useChange({ run: () => ask(client.POST('/api/v1/content/feeds/{feed}/check', path)), stale: [packsKey, ['rules']] });
  const remove = useChange({ run: () => ask(client.DELETE('/api/v1/content/feeds/{feed}', path)), stale: [feedsKey], done: t('content.feed.removed') });
  if (!can('rule.manage')) return null;
  return (
    <span className="row tight feed-acts">
      <Button size="small" loading={check.isPending} onClick={() => check.mutate()}>{t('content.feed.check')}</Button>
      <Button size="small" onClick={() => edit(feed)}>{t('content.feed.edit')}</Button>
      <Button
        size="small"
        danger
        onClick={() => void modal.confirm({
          title: t('content.feed.removeTitle', { name: revealed(feed.name) }),
          content: t('content.feed.removeText'),
          okText: t('content.remove'),
          okButtonProps: { danger: true },
          onOk: () => remove.mutateAsync().catch(() => undefined),
        })}
      >
        {t('content.remove')}
      </Button>
    </span>
  );
}

interface Wanted {
  name: string;
  url: string;
  hours: number;
  unsigned: boolean;
  activate: boolean;
}

function FeedDialog({ feed, close }: { feed?: PackFeed; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Wanted>();
  const every = useEvery();
  const save = useChange({
    run: ({ name, url, hours, unsigned, activate }: Wanted) => feed
      ? ask(client.PUT('/api/v1/content/feeds/{feed}', { params: { path: { feed: feed.id } }, body: { url, hours, unsigned, activate } }))
      : ask(client.POST('/api/v1/content/feeds', { body: { name, url, hours, unsigned, activate } })),
    stale: [feedsKey],
    form,
    then: close,
  });
  const required = [{ required: true, message: t('kit.required') }];
  return (
    <Modal open title={t(feed ? 'content.feed.edit' : 'content.feed.add')} okText={t('kit.save')} confirmLoading={save.isPending} onCancel={close} onOk={form.submit}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={feed ?? { hours: 24, unsigned: false, activate: false }}
        onFinish={(wanted) => save.mutate(wanted)}
      >
        <Form.Item name="name" label={t('content.name')} rules={required} extra={t('content.feed.nameText')}><Input maxLength={64} disabled={feed !== undefined} /></Form.Item>
        <Form.Item name="url" label={t('content.feed.url')} rules={required} extra={t('content.feed.urlText')}><Input maxLength={2000} /></Form.Item>
        <Form.Item name="hours" label={t('content.feed.every')}>
          <Select options={[...new Set([...spans, feed?.hours ?? 0])].map((hours) => ({ value: hours, label: every(hours) }))} />
        </Form.Item>
        <Form.Item name="unsigned" valuePropName="checked" extra={t('content.import.unsignedText')}><Checkbox>{t('content.import.unsigned')}</Checkbox></Form.Item>
        <Form.Item name="activate" valuePropName="checked" extra={t('content.feed.activateText')}><Checkbox>{t('content.feed.activate')}</Checkbox></Form.Item>
      </Form>
    </Modal>
  );
}
