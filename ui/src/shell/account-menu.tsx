import { UserOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMe } from '../identity/session';
import { useLeave } from './leave';

export function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const leave = useLeave();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'account', label: t('shell.account') },
          { key: 'docs', label: <a href="/docs" target="_blank" rel="noreferrer">{t('shell.docs')}</a> },
          { type: 'divider' },
          { key: 'leave', label: t('shell.logOut') },
        ],
        onClick: ({ key }) => {
          if (key === 'account') void navigate({ to: '/account' });
          if (key === 'leave') void leave();
        },
      }}
    >
      <Button type="text" icon={<UserOutlined />} aria-label={`${t('shell.account')} ${me.name || me.username}`}>
        <span className="account-name">{me.name || me.username}</span>
      </Button>
    </Dropdown>
  );
}
