import { UserOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLogOut, useMe } from '../identity/session';
import { useWords } from '../kit/states';

export function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const logOut = useLogOut();
  const { message } = App.useApp();
  const words = useWords();
  const leave = async () => {
    try {
      await navigate({ to: '/login', search: {} });
      await logOut();
    } catch (error) {
      void message.error(words(error));
    }
  };
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
      <Button type="text" icon={<UserOutlined />} aria-label={t('shell.account')}>
        <span className="account-name">{me.name || me.username}</span>
      </Button>
    </Dropdown>
  );
}
