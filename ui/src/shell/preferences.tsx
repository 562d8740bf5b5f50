import { DesktopOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client } from '../client';
import { language, languages, speak, type Language } from '../i18n';
import { meQuery } from '../identity/session';
import { choose, useChoice, type Choice } from '../kit/theme';

/** Changes the language at once, and in the account where somebody is logged in. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const change = async (next: Language) => {
    await speak(next);
    if (!queries.getQueryData(meQuery.queryKey)) return;
    // The screen has changed already; an account that could not be reached keeps its language.
    await ask(client.PATCH('/api/v1/me', { body: { locale: next } })).catch(() => undefined);
  };
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [language()],
        items: languages.map(({ id, name }) => ({ key: id, label: name })),
        onClick: ({ key }) => void change(key as Language),
      }}
    >
      <Button type="text" aria-label={t('shell.language')} title={t('shell.language')}>{languages.find(({ id }) => id === language())?.short}</Button>
    </Dropdown>
  );
}

const icons: Record<Choice, React.ReactNode> = {
  light: <SunOutlined />,
  dark: <MoonOutlined />,
  system: <DesktopOutlined />,
};

export function ThemeSwitch() {
  const { t } = useTranslation();
  const current = useChoice();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [current],
        items: (['light', 'dark', 'system'] as const).map((each) => ({ key: each, icon: icons[each], label: t(`shell.theme.${each}`) })),
        onClick: ({ key }) => choose(key as Choice),
      }}
    >
      <Button type="text" icon={icons[current]} aria-label={t('shell.theme.label')} title={t('shell.theme.label')} />
    </Dropdown>
  );
}
