import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button, Form, Input, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type Setup } from '../client';
import { language, languages } from '../i18n';
import { forget, recall } from '../identity/first-password';
import { NewPassword, type Passwords } from '../identity/new-password';
import { meQuery, useMe } from '../identity/session';
import { useChange } from '../kit/use-change';
import { useSpeak } from '../shell/speak';
import { setupQuery } from './queries';

const route = getRouteApi('/shell/setup');

/** Language, and one's own password where the made-up first one still stands. */
export function AccountStep({ setup }: { setup: Setup }) {
  const { t } = useTranslation();
  const speak = useSpeak();
  const navigate = route.useNavigate();
  return (
    <section className="setup-body">
      <h2>{t('setup.language')}</h2>
      <Segmented
        aria-label={t('setup.language')}
        value={language()}
        onChange={(to) => void speak(to)}
        options={languages.map(({ id, name }) => ({ value: id, label: name }))}
      />
      {setup.first_password
        ? <OwnPassword />
        : <Button type="primary" className="setup-go" onClick={() => void speak(language()).then(() => navigate({ to: '/setup', search: { step: 'start' } }))}>{t('setup.continue')}</Button>}
    </section>
  );
}

function OwnPassword() {
  const { t } = useTranslation();
  const me = useMe();
  const [form] = Form.useForm<Passwords>();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const speak = useSpeak();
  const change = useChange({
    run: ({ current_password, password }: Passwords) => ask(client.PATCH('/api/v1/me', { body: { current_password, password, locale: language() } })),
    stale: [meQuery.queryKey],
    done: t('account.password.done'),
    form,
    then: () => {
      forget();
      void speak(language());
      void queries.invalidateQueries({ queryKey: setupQuery.queryKey }).then(() => navigate({ to: '/setup', search: { step: 'start' } }));
    },
  });
  const required = [{ required: true, message: t('kit.required') }];
  const known = recall();
  return (
    <>
      <h2>{t('setup.password')}</h2>
      <p className="soft">{t('setup.passwordText')}</p>
      <Form form={form} layout="vertical" requiredMark={false} className="narrow-form" initialValues={{ current_password: known }} onFinish={(values) => change.mutate(values)}>
        <input className="setup-user" type="text" autoComplete="username" value={me.username} readOnly tabIndex={-1} aria-hidden="true" />
        <Form.Item name="current_password" label={t('setup.firstPassword')} rules={required} hidden={known !== ''}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <NewPassword form={form} focused />
        <Button htmlType="submit" type="primary" loading={change.isPending}>{t('setup.savePassword')}</Button>
      </Form>
    </>
  );
}
