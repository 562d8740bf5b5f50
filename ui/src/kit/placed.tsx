import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { addressQuery, countryName } from './place';
import { Untrusted } from './untrusted';
import './place.css';

interface Props {
  value: string;
  field?: string;
  /** Within a sentence: the country alone, in brackets, and nothing of addresses that have none. */
  brief?: boolean;
}

const country = /(^|\.)geo\.country_iso_code$/;

/** Soft words beside a value: of an IP address where it is registered or what range it is of, of a country's code the country. */
export function Place({ value, field, brief }: Props) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(addressQuery(value));
  if (field && country.test(field)) return value === '' ? null : <span className="place"> {countryName(value, i18n.language)}</span>;
  if (!data) return null;
  const where = data.country ? countryName(data.country, i18n.language) : '';
  if (brief) return where ? <span className="place">{t('kit.place.brief', { country: where })}</span> : null;
  if (data.scope !== 'public') return <span className="place"> {t(`kit.place.scope.${data.scope}`)}</span>;
  if (!where && !data.as_number) return null;
  return (
    <span className="place" title={t('kit.place.registered')}>
      {' '}{where}{where && data.as_number && ' · '}{data.as_number && <>AS{data.as_number} <Untrusted value={data.as_org} /></>}
    </span>
  );
}
