import { useQuery } from '@tanstack/react-query';
import { Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type RuleDetail, type RuleVersion } from '../../client';
import { Failure, Loading } from '../../kit/states';
import { At } from '../../kit/time';
import { useChange } from '../../kit/use-change';
import { Untrusted } from '../../kit/untrusted';
import { rulesKey } from '../queries';
import { diffQuery, versionsQuery } from './queries';
import { TextDiff } from './text-diff';

/** The texts the rule had here, each with what it changed; any of them can count again. */
export function Versions({ rule, rolled }: { rule: RuleDetail; rolled: (rule: RuleDetail) => void }) {
  const { t } = useTranslation();
  const versions = useQuery(versionsQuery(rule.id));
  const [open, setOpen] = useState<number>();
  if (versions.error) return <Failure error={versions.error} retry={() => void versions.refetch()} />;
  if (!versions.data) return <Loading lines={4} />;
  const { items } = versions.data;
  if (items.length === 0) return <p className="soft">{t('editor.versions.none')}</p>;
  return (
    <ul className="plain-list version-list">
      {items.map((version, i) => {
        const before = items[i + 1]?.version ?? (version.overlay ? 0 : undefined);
        return (
          <li key={version.version}>
            <div className="row tight">
              <button type="button" className="sample-line" aria-expanded={open === version.version} disabled={before === undefined} onClick={() => setOpen(open === version.version ? undefined : version.version)}>
                <span className="truth-fold" aria-hidden="true">{before === undefined ? '' : open === version.version ? '▾' : '▸'}</span>
                <b className="number">{version.version}</b>
                {version.current && <span className="tag accent">{t('editor.versions.current')}</span>}
                <span className="clip">{version.note ? <Untrusted value={version.note} /> : <span className="faint">{t('editor.versions.noNote')}</span>}</span>
                <span className="faint nowrap"><Untrusted value={version.author} /> · <At at={version.at} /></span>
              </button>
              {!version.current && <Rollback rule={rule} version={version} rolled={rolled} />}
            </div>
            {open === version.version && before !== undefined && <Changes id={rule.id} from={before} to={version.version} />}
          </li>
        );
      })}
      {rule.origin === 'overlay' && <li className="faint">{t('editor.versions.pack')}</li>}
    </ul>
  );
}

function Rollback({ rule, version, rolled }: { rule: RuleDetail; version: RuleVersion; rolled: (rule: RuleDetail) => void }) {
  const { t } = useTranslation();
  const change = useChange({
    run: () => ask(client.POST('/api/v1/rules/{id}/rollback', { params: { path: { id: rule.id } }, body: { version: version.version, note: '' } })),
    stale: [['rule', rule.id], rulesKey],
    done: t('editor.versions.done', { version: version.version }),
    then: rolled,
  });
  return (
    <Popconfirm title={t('editor.versions.sure', { version: version.version })} okText={t('editor.versions.back')} onConfirm={() => change.mutate()}>
      <Button size="small" loading={change.isPending}>{t('editor.versions.back')}</Button>
    </Popconfirm>
  );
}

function Changes({ id, from, to }: { id: string; from: number; to: number }) {
  const diff = useQuery(diffQuery(id, from, to));
  if (diff.error) return <Failure error={diff.error} retry={() => void diff.refetch()} />;
  if (!diff.data) return <Loading lines={3} />;
  return <TextDiff hunks={diff.data.hunks} />;
}
