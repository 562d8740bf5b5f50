import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Exception } from '../client';
import { count } from '../kit/number';
import type { FittingColumn } from '../kit/side-list';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { TenantName } from '../tenancy/band';

export const leadWidth = 220; // px
const tones = { active: 'good', expiring: 'warn', expired: '' } as const;
const signs = { active: '✓', expiring: '!', expired: '○' } as const;

/** Whether an exception holds, by colour, sign and word. */
export function ExceptionState({ exception }: { exception: Exception }) {
  const { t } = useTranslation();
  const { state, fault } = exception;
  if (fault && state !== 'expired') return <span className="tag bad">✕ {t('except.state.broken')}</span>;
  return <span className={`tag ${tones[state]}`} title={t(`except.stateText.${state}`)}>{signs[state]} {t(`except.state.${state}`)}</span>;
}

/** The rule an exception hangs on, as the page's language has it. */
export function useRuleOf(): (exception: Exception) => string {
  const { t, i18n } = useTranslation();
  return (exception) => {
    if (exception.rule === '') return t('except.everyRule');
    return (i18n.language === 'zh-CN' && exception.rule_title_zh) || exception.rule_title || exception.rule;
  };
}

export function useExceptionColumns() {
  const { t, i18n } = useTranslation();
  const ruleOf = useRuleOf();
  return useMemo(() => {
    const hits = (x: Exception) => x.hits > 0 ? count(x.hits, i18n.language) : <span className="faint">0</span>;
    const columns: FittingColumn<Exception>[] = [
      { key: 'tenant', title: t('kit.tenant'), width: 150, rank: 1, render: (x) => <TenantName id={x.tenant} /> },
      { key: 'query', title: t('except.query'), width: 300, rank: 3, render: (x) => <code className="clip" title={x.query}><Untrusted value={x.query} /></code> },
      { key: 'state', title: t('except.stateTitle'), width: 104, rank: 0, render: (x) => <ExceptionState exception={x} /> },
      { key: 'hits', title: t('except.hits'), width: 84, rank: 2, render: hits },
      { key: 'last', title: t('except.lastHit'), width: 110, rank: 4, render: (x) => <Ago at={x.last_hit} /> },
      { key: 'expires', title: t('except.expires'), width: 150, rank: 2.5, render: (x) => <At at={x.expires_at} /> },
      { key: 'by', title: t('except.by'), width: 100, rank: 6, render: (x) => <span className="clip soft"><Untrusted value={x.created_by} /></span> },
      { key: 'reason', title: t('except.reason'), width: 180, rank: 5, render: (x) => <span className="clip soft" title={x.reason}><Untrusted value={x.reason} /></span> },
    ];
    return {
      lead: { key: 'rule', title: t('except.rule'), render: (x: Exception) => <span className="clip" title={ruleOf(x)}><Untrusted value={ruleOf(x)} /></span> },
      columns,
      narrow: (x: Exception) => (
        <span className="lines">
          <span><b className="clip"><Untrusted value={ruleOf(x)} /></b><span className="grow" /><ExceptionState exception={x} /></span>
          <span className="soft"><TenantName id={x.tenant} /><span className="grow" />{t('except.hitsOf', { count: x.hits, shown: count(x.hits, i18n.language) })}</span>
        </span>
      ),
    };
  // eslint-disable-next-line react-hooks/exhaustive-deps -- ruleOf is of the same language
  }, [t, i18n.language]);
}
