import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App as AntdApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useTranslation } from 'react-i18next';
import { Problem } from './client';
import { transient } from './client/problem';
import { nonce } from './kit/nonce';
import { antdTheme, useMode } from './kit/theme';
import { makeRouter } from './router';

// A session that ended anywhere ends everywhere: back to the log-in, and afterwards to where one was.
function leave(error: unknown) {
  if (!(error instanceof Problem) || error.code !== 'unauthenticated') return;
  const { pathname, href } = router.state.location;
  if (pathname === '/login') return;
  queries.clear();
  void router.navigate({ to: '/login', search: pathname === '/' ? {} : { next: href } });
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: leave }),
  mutationCache: new MutationCache({ onError: leave }),
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && transient(error), staleTime: 5_000 },
  },
});

const router = makeRouter(queries);

export function App() {
  const { i18n } = useTranslation();
  const mode = useMode();
  const english = i18n.language === 'en';
  dayjs.locale(english ? 'en' : 'zh-cn');
  return (
    <ConfigProvider
      theme={antdTheme(mode)}
      locale={english ? enUS : zhCN}
      csp={nonce ? { nonce } : undefined}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: 'optional' }}
    >
      <AntdApp component={false}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  );
}
