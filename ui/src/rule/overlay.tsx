import { useQuery } from '@tanstack/react-query';
import { Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type RuleDetail } from '../client';
import { useCan } from '../identity/session';
import { useChange } from '../kit/use-change';
import { Untrusted } from '../kit/untrusted';
import { ruleOverlayQuery, rulesKey } from './queries';

/** Says that a pack's rule was changed here, whether the pack has changed it since, and settles which text counts. */
export function OverlayNotice({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const manage = useCan()('rule.manage');
  const overlay = useQuery({ ...ruleOverlayQuery(rule.id), enabled: rule.origin === 'overlay' && manage });
  const settle = useChange({
    run: (choice: 'theirs' | 'ours') => ask(client.POST('/api/v1/rules/{id}/overlay', { params: { path: { id: rule.id } }, body: { choice } })),
    stale: [['rule', rule.id], rulesKey],
    done: t('rule.overlay.settled'),
  });
  if (rule.origin !== 'overlay' || !overlay.data) return null;
  const { gone, changed, conflict, pack_name } = overlay.data;
  return (
    <div className={`notice ${conflict || gone ? 'warn' : ''}`}>
      <p>
        {gone ? t('rule.overlay.gone') : conflict ? t('rule.overlay.conflict') : changed ? t('rule.overlay.changed') : t('rule.overlay.same')}{' '}
        {!gone && <span className="faint"><Untrusted value={pack_name} /></span>}
      </p>
      {manage && !gone && (
        <p className="row tight">
          {changed && <button type="button" className="act" disabled={settle.isPending} onClick={() => settle.mutate('ours')}>{t('rule.overlay.ours')}</button>}
          <Popconfirm title={t('rule.overlay.sure')} okText={t('rule.overlay.theirs')} onConfirm={() => settle.mutate('theirs')}>
            <button type="button" className="act" disabled={settle.isPending}>{t('rule.overlay.theirs')}</button>
          </Popconfirm>
        </p>
      )}
    </div>
  );
}
