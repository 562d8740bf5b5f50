import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type AlertDetail } from '../../client';
import { useMe } from '../../identity/session';

interface Props {
  alert: AlertDetail;
  busy: boolean;
  cancel: () => void;
  assign: (username: string) => void;
}

/** Chooses who works on the alert, among those who may judge it; nobody is a choice too. */
export function AssignField({ alert, busy, cancel, assign }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const people = useQuery({
    queryKey: ['assignees', alert.tenant],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/assignees', { params: { query: { tenant: alert.tenant } }, signal })),
    staleTime: 60_000,
  });
  const items = [...(people.data?.items ?? [])].sort((a, b) => Number(b.username === me.username) - Number(a.username === me.username) || a.name.localeCompare(b.name));
  return (
    <Select
      autoFocus
      defaultOpen
      showSearch={{ optionFilterProp: 'label' }}
      className="assign-field"
      aria-label={t('alert.assignTo')}
      placeholder={t('alert.assignTo')}
      loading={busy || people.isPending}
      disabled={busy}
      onSelect={(value: string) => assign(value)}
      onBlur={cancel}
      onInputKeyDown={(event) => {
        if (event.key === 'Escape') cancel();
      }}
      options={[
        ...items.map(({ username, name }) => ({ value: username, label: `${name || username} (${username})` })),
        ...(alert.assignee ? [{ value: '', label: t('alert.release') }] : []),
      ]}
    />
  );
}
