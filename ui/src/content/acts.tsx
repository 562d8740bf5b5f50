import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type Pack } from '../client';
import { useCan } from '../identity/session';
import { revealed } from '../kit/reveal';
import { useChange } from '../kit/use-change';
import { packsKey } from './queries';
import { release } from './words';

const stale = [packsKey, ['rules'], ['rule']];

/** What can be done with a version: put it in force, go back to the one before, remove it. */
export function PackActs({ pack, gone, main }: { pack: Pack; gone?: () => void; main?: boolean }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const path = { params: { path: { pack: pack.id } } };
  const activate = useChange({ run: () => ask(client.POST('/api/v1/content/packs/{pack}/activate', path)), stale, done: t('content.activated') });
  const back = useChange({ run: () => ask(client.POST('/api/v1/content/packs/{pack}/rollback', path)), stale, done: t('content.rolledBack') });
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/content/packs/{pack}', path)),
    stale,
    done: t('content.removed'),
    then: gone,
  });
  if (!can('rule.manage')) return null;
  const size = main ? undefined : 'small';
  return (
    <span className="row tight">
      {!pack.active && (
        <Button size={size} type={main ? 'primary' : undefined} disabled={pack.signature === 'revoked'} loading={activate.isPending} onClick={() => activate.mutate()}>
          {t('content.activate')}
        </Button>
      )}
      {pack.active && pack.previous && <Button size={size} loading={back.isPending} onClick={() => back.mutate()}>{t('content.rollBack')}</Button>}
      {!pack.builtin && (
        <Button
          size={size}
          danger
          onClick={() => void modal.confirm({
            title: t('content.removeTitle', { name: revealed(pack.name), version: release(pack) }),
            content: pack.active ? t('content.removeActive') : t('content.removeText'),
            okText: t('content.remove'),
            okButtonProps: { danger: true },
            onOk: () => remove.mutateAsync().catch(() => undefined),
          })}
        >
          {t('content.remove')}
        </Button>
      )}
    </span>
  );
}
