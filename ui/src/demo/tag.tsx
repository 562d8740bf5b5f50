import { useTranslation } from 'react-i18next';

/** Stands beside the name of a customer that the demonstration made, everywhere. */
export function DemoTag() {
  const { t } = useTranslation();
  return <span className="tag accent demo-tag">{t('demo.tag')}</span>;
}
