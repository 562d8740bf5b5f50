import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source } from '../client';
import { DataTable } from '../kit/data-table';
import { count, counted, share } from '../kit/number';
import { Section } from '../kit/page';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { templatesQuery } from './queries';
import '../kit/side-list.css';

const batch = 10; // rows drawn at a time

/** What the messages of a source look like: templates by how many messages follow each, and those that are new. */
export function Templates({ source }: { source: Source }) {
  const { t, i18n } = useTranslation();
  const [most, setMost] = useState(batch);
  const [novel, setNovel] = useState(false);
  const found = useQuery(templatesQuery(source.id));
  if (found.data?.items.length === 0) return null;
  const rows = found.data?.items.filter((each) => !novel || each.novel);
  return (
    <Section
      title={t('learn.templates.title')}
      extra={found.data && (
        <>
          <span className="soft">{t('learn.templates.count', counted(found.data.items.length, i18n.language))}</span>
          {found.data.novel > 0 && <span className="picks"><button type="button" aria-pressed={novel} onClick={() => setNovel(!novel)}>{t('learn.templates.novel')} <b>{count(found.data.novel, i18n.language)}</b></button></span>}
        </>
      )}
    >
      <DataTable
        still
        label={t('learn.templates.title')}
        columns={[
          { key: 'template', title: t('learn.templates.template'), kind: 'wide', render: (row) => <><code className="learn-pattern"><Untrusted value={row.template} /></code>{row.novel && <span className="tag accent">{t('learn.templates.isNovel')}</span>}</> },
          { key: 'count', title: t('learn.templates.messages'), kind: 'number', render: (row) => count(row.count, i18n.language) },
          { key: 'share', title: t('learn.templates.share'), kind: 'number', wideOnly: true, render: (row) => share(row.count, found.data?.messages ?? 0) },
          { key: 'first', title: t('learn.templates.first'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.first_at} /> },
          { key: 'last', title: t('learn.templates.last'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.last_at} /> },
        ]}
        rows={rows?.slice(0, most)}
        rowKey={(row) => row.id}
        error={found.error}
        retry={() => void found.refetch()}
        more={{ has: (rows?.length ?? 0) > most, busy: false, load: () => setMost(most + batch) }}
        empty={null}
      />
    </Section>
  );
}
