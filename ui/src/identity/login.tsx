import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Credentials } from '../client';
import { chosen, speak } from '../i18n';
import { Failure } from '../kit/states';
import { LanguageSwitch, ThemeSwitch } from '../shell/preferences';
import './login.css';
import { logIn } from './session';

const route = getRouteApi('/login');

export function LoginPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const router = useRouter();
  const { next } = route.useSearch();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${t('login.title')} · iSOC`;
  }, [t]);
  const submit = async (credentials: Credentials) => {
    setBusy(true);
    setError(undefined);
    try {
      const me = await logIn(queries, credentials);
      if (!chosen() && me.locale) await speak(me.locale === 'en' ? 'en' : 'zh-CN');
      router.history.replace(ownPath(next));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <div className="login">
      <div className="row login-switches"><LanguageSwitch /><ThemeSwitch /></div>
      <main className="login-box">
        <h1>iSOC</h1>
        <p className="soft">{t('login.what')}</p>
        <Form<Credentials> layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)} disabled={busy}>
          <Form.Item name="username" label={t('login.username')} rules={[{ required: true, message: t('kit.required') }]}>
            <Input autoFocus autoComplete="username" spellCheck={false} />
          </Form.Item>
          <Form.Item name="password" label={t('login.password')} rules={[{ required: true, message: t('kit.required') }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          {error !== undefined && <Form.Item><Failure error={error} /></Form.Item>}
          <Button type="primary" htmlType="submit" block loading={busy}>{t('login.submit')}</Button>
        </Form>
      </main>
    </div>
  );
}

// Only a path of this site; "//host" and "https:…" would lead elsewhere.
export function ownPath(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
