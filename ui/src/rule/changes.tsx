import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Problem } from '../client/problem';
import { Failure, Loading } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { TextDiff } from './editor/text-diff';
import { ruleChangesQuery } from './queries';

/** What changed in the rule since a text of it fired. */
export function Changes({ id, since }: { id: string; since: string }) {
  const { t } = useTranslation();
  const changes = useQuery(ruleChangesQuery(id, since));
  const { data, error } = changes;
  const gone = error instanceof Problem && error.status === 404;
  return (
    <section className="rule-changes">
      <h3>{t('rule.changes.title')}</h3>
      {gone && <p className="notice">{t('rule.changes.gone')}</p>}
      {error && !gone && <Failure error={error} retry={() => void changes.refetch()} />}
      {!data && !error && <Loading lines={4} />}
      {data && (
        <>
          <p className="soft">
            {data.version > 0 ? t('rule.changes.ours', { version: data.version }) : <>{t('rule.changes.pack')} <Untrusted value={data.pack_name} /> <Untrusted value={data.release} /></>}
          </p>
          <TextDiff hunks={data.hunks} />
        </>
      )}
    </section>
  );
}
