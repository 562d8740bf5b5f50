import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client } from '../client';
import { count } from '../kit/number';
import { useWords } from '../kit/states';
import { Untrusted } from '../kit/untrusted';

/** Checks a chain from its first entry to its last, says what came out, and leads to the first entry that does not fit. */
export function Verify({ chain, show }: { chain: string; show: (seq: number) => void }) {
  const { t, i18n } = useTranslation();
  const words = useWords();
  const verify = useMutation({ mutationFn: () => ask(client.POST('/api/v1/audit/verify', { body: { tenant: chain } })) });
  const result = verify.data;
  return (
    <span className="row" role="status">
      {verify.error && <span className="tag bad">{words(verify.error)}</span>}
      {result?.ok && <span className="tag good">✓ {t('audit.intact', { count: result.entries, shown: count(result.entries, i18n.language) })}</span>}
      {result && !result.ok && (
        <>
          <span className="tag bad" title={result.reason}>✕ {t('audit.broken', { seq: result.broken_seq })} <Untrusted value={result.reason} /></span>
          {result.broken_seq > 0 && <Button size="small" onClick={() => show(result.broken_seq)}>{t('audit.showBroken')}</Button>}
        </>
      )}
      <Button loading={verify.isPending} onClick={() => verify.mutate()}>{t('audit.verify')}</Button>
    </span>
  );
}
