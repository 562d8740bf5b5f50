import { useTranslation } from 'react-i18next';
import type { Target } from './targets';
import { forms } from './targets';

const types = ['ip', 'endpoint', 'port', 'integer', 'number', 'time', 'mac', 'url', 'path', 'email', 'hash', 'domain', 'enum', 'word', 'text', 'constant'] as const;
const structures = ['kv', 'json', 'colon', 'columns', 'text'] as const;
const reasons = ['name', 'value', 'neighbour', 'header', 'words', 'constant', 'approved'] as const;

/** How sure a guess is, in three steps that have words. */
export type Sureness = 'high' | 'fair' | 'low';

export function surenessOf(confidence: number): Sureness {
  if (confidence >= 0.85) return 'high';
  return confidence >= 0.6 ? 'fair' : 'low';
}

/** What is learned of a source in words of the screen's language; codes without a word stand as they are. */
export function useLearnWords() {
  const { t, i18n } = useTranslation();
  return {
    type: (code: string) => {
      const known = types.find((each) => each === code);
      return known ? t(`learn.type.${known}`) : code;
    },
    structure: (code: string) => {
      const known = structures.find((each) => each === code);
      return known ? t(`learn.structure.${known}`) : code;
    },
    why: (codes: readonly string[]) => codes.map((code) => {
      const known = reasons.find((each) => each === code);
      return known ? t(`learn.why.${known}`) : code;
    }).join(i18n.language === 'zh-CN' ? '、' : ', '),
    form: (code: string) => {
      const known = forms.find((each) => each === code);
      return known ? t(`learn.form.${known}`) : code;
    },
    /** One line on an ECS field; empty where there is none. */
    target: ({ target }: Pick<Target, 'target'>) => {
      const key = `search.ecs.${target.replace(/\./g, '_').replace('@', '')}`;
      return i18n.exists(key) ? t(key as 'search.ecs.message') : '';
    },
  };
}
