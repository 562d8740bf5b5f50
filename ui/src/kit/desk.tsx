import { App, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { antdTheme } from './antd-theme';
import { nonce } from './nonce';
import { useMode } from './theme';

/** What the component library needs around it. Not around the log-in, which does without and so is there at once. */
export function Desk({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const mode = useMode();
  return (
    <ConfigProvider
      theme={antdTheme(mode)}
      locale={i18n.language === 'en' ? enUS : zhCN}
      csp={nonce ? { nonce } : undefined}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: 'optional' }}
    >
      <App component={false}>{children}</App>
    </ConfigProvider>
  );
}
