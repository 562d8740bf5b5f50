import { useTranslation } from 'react-i18next';
import type { Pack } from '../client';
import { Untrusted } from '../kit/untrusted';

/** A pack's version as its maker calls it, else our count. */
export function release(pack: Pack): string {
  return pack.release || `v${pack.version}`;
}

/** Whose word a pack stands on. */
export function Signature({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  const looks = { product: 'tag', trusted: 'tag good', revoked: 'tag bad', none: 'tag warn' };
  return (
    <span className={looks[pack.signature]} title={pack.signer && t('content.signature.by', { key: pack.signer })}>
      {pack.signature === 'trusted' ? <>{t('content.signature.trusted')} · <Untrusted value={pack.signer_name} /></> : t(`content.signature.${pack.signature}`)}
    </span>
  );
}

/** Whether a version is in force, was, or waits to be looked at. */
export function Standing({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  if (pack.active) return <span className="tag good">{t('content.standing.active')}</span>;
  return pack.activated_at ? <span className="tag">{t('content.standing.before')}</span> : <span className="tag accent">{t('content.standing.staged')}</span>;
}
