import { DesktopOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { language, languages, type Language } from '../i18n';
import { choose, useChoice, type Choice } from '../kit/theme';
import { useSpeak } from './speak';

export function LanguageSwitch() {
  const { t } = useTranslation();
  const change = useSpeak();
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
