import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client } from '../client';
import { chosen, language, speak } from '../i18n';
import { Failure } from '../kit/states';
import { nameTab, nameTabTenant } from '../kit/tab';
import { Preferences } from '../shell/preferences';
import { useSpeak } from '../shell/speak';
import { remember } from './first-password';
import './login.css';
import { logIn } from './session';

const route = getRouteApi('/login');

/** Plain elements only, so that it is there at once; the desk is fetched while somebody types. */
export function LoginPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const router = useRouter();
  const speakTo = useSpeak();
  const { next } = route.useSearch();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const hint = useQuery({ queryKey: ['login'], queryFn: ({ signal }) => ask(client.GET('/api/v1/login', { signal })), retry: false });
  useEffect(() => {
    nameTabTenant('');
    nameTab(t('login.title'));
  }, [t]);
  useEffect(() => {
    const timer = setTimeout(() => void import('../shell/shell'), 300);
    return () => clearTimeout(timer);
  }, []);
  const submit = async (data: FormData) => {
    const credentials = { username: String(data.get('username') ?? '').trim(), password: String(data.get('password') ?? '') };
    const empty = (['username', 'password'] as const).find((name) => credentials[name] === '');
    setMissing(empty);
    setError(undefined);
    if (empty) {
      form.current?.querySelector<HTMLElement>(`#${empty}`)?.focus();
      return;
    }
    setBusy(true);
    try {
      const me = await logIn(queries, credentials);
      if (hint.data?.first_password) {
        remember(credentials.password);
        await speakTo(language()); // nobody has chosen yet: the account takes the language of this screen
      } else if (!chosen() && me.locale) await speak(me.locale === 'en' ? 'en' : 'zh-CN');
      router.history.replace(ownPath(next));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const field = (name: 'username' | 'password', autoComplete: string) => (
    <div className="login-field">
      <label htmlFor={name}>{t(`login.${name}`)}</label>
      <input
        id={name}
        name={name}
        type={name === 'password' ? 'password' : 'text'}
        className="field"
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={name === 'username'}
        aria-invalid={missing === name || undefined}
        aria-describedby={missing === name ? `${name}-missing` : undefined}
      />
      {missing === name && <span id={`${name}-missing`} className="login-missing">{t('kit.required')}</span>}
    </div>
  );
  return (
    <div className="login">
      <div className="row login-switches"><Preferences /></div>
      <main className="login-box">
        <div className="login-brand">
          <img src="/icon.svg" alt="" width="36" height="36" />
          <div>
            <h1>iSOC</h1>
            <p className="soft">{t('login.what')}</p>
          </div>
        </div>
        <form
          ref={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) void submit(new FormData(event.currentTarget));
          }}
        >
          {field('username', 'username')}
          {field('password', 'current-password')}
          {error !== undefined && <Failure error={error} />}
          <button type="submit" className="plain-button primary login-submit" aria-busy={busy}>{t('login.submit')}</button>
        </form>
        {hint.data?.first_password && <p className="login-first soft">{t('login.first')}</p>}
      </main>
    </div>
  );
}

// Only a path of this site; "//host" and "https:…" would lead elsewhere.
export function ownPath(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
