import { useTranslation } from 'react-i18next';
import type { Rule, RuleDetail } from '../client';

/** A rule's words in the page's language, where its author wrote them; else as they are. */
export function useRuleWords() {
  const { i18n } = useTranslation();
  const chinese = i18n.language === 'zh-CN';
  const pick = (zh: string, other: string) => (chinese && zh !== '' ? zh : other);
  return {
    title: (rule: Pick<Rule, 'title' | 'title_zh'>) => pick(rule.title_zh, rule.title),
    description: (rule: RuleDetail) => pick(rule.description_zh, rule.description),
    advice: (rule: RuleDetail) => pick(rule.advice_zh, rule.advice),
    falsePositives: (rule: RuleDetail) =>
      chinese && rule.falsepositives_zh.length > 0 ? rule.falsepositives_zh : rule.falsepositives,
  };
}
