import { Button, Drawer, Form, Input, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type User } from '../client';
import { languages } from '../i18n';
import { useChange } from '../kit/use-change';
import { meQuery, useMe } from './session';
import { usersKey } from './users-params';

type Role = 'provider_admin' | 'provider_analyst' | 'customer_viewer';

interface Values {
  username: string;
  name?: string;
  password?: string;
  role: Role;
  tenants?: string[];
  locale: 'zh-CN' | 'en';
  enabled: boolean;
}

/** Makes or changes a user. */
export function UserEditor({ user, close }: { user: User | undefined; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const save = useChange({
    run: (values: Values) => send(user, values),
    stale: [usersKey, meQuery.queryKey], form, done: t('kit.saved'), then: close,
  });
  return (
    <Drawer
      open
      size={440}
      title={user ? t('user.edit') : t('user.add')}
      onClose={close}
      footer={
        <div className="row">
          <Button type="primary" loading={save.isPending} onClick={form.submit}>{user ? t('kit.save') : t('kit.create')}</Button>
          <Button onClick={close}>{t('kit.cancel')}</Button>
        </div>
      }
    >
      <Form<Values> form={form} layout="vertical" initialValues={initial(user)} onFinish={(values) => save.mutate(values)}>
        <Fields user={user} />
      </Form>
    </Drawer>
  );
}

const roles: Role[] = ['provider_admin', 'provider_analyst', 'customer_viewer'];

function Fields({ user }: { user: User | undefined }) {
  const { t } = useTranslation();
  const me = useMe();
  const form = Form.useFormInstance<Values>();
  const role = Form.useWatch('role', form);
  const required = [{ required: true, message: t('kit.required') }];
  return (
    <>
      <Form.Item name="username" label={t('user.username')} rules={user ? [] : required} extra={user ? undefined : t('user.usernameText')}>
        <Input disabled={user !== undefined} autoFocus={!user} maxLength={64} spellCheck={false} autoCapitalize="none" autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t('user.name')}><Input maxLength={200} /></Form.Item>
      <Form.Item
        name="password"
        label={user ? t('user.newPassword') : t('login.password')}
        rules={user ? [] : required}
        extra={user ? t('user.newPasswordText') : t('user.passwordRule')}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item name="role" label={t('user.role')} extra={role && t(`user.roleText.${role}`)} rules={required}>
        <Select options={roles.map((each) => ({ value: each, label: t(`user.roles.${each}`) }))} />
      </Form.Item>
      {role === 'customer_viewer' && (
        <Form.Item name="tenants" label={t('user.tenants')} rules={required}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            options={me.tenants.map((each) => ({ value: each.id, label: each.name }))}
          />
        </Form.Item>
      )}
      <Form.Item name="locale" label={t('shell.language')}>
        <Select options={languages.map(({ id, name }) => ({ value: id, label: name }))} />
      </Form.Item>
      {user && (
        <Form.Item name="enabled" label={t('user.enabled')} valuePropName="checked" extra={t('user.enabledText')}>
          <Switch disabled={user.id === me.id} />
        </Form.Item>
      )}
    </>
  );
}

function initial(user: User | undefined): Partial<Values> {
  if (!user) return { role: 'provider_analyst', locale: 'zh-CN', enabled: true };
  return {
    username: user.username,
    name: user.name,
    role: user.role || 'customer_viewer',
    tenants: user.tenants.map((each) => each.id),
    locale: user.locale === 'en' ? 'en' : 'zh-CN',
    enabled: !user.disabled,
  };
}

function send(user: User | undefined, values: Values): Promise<User> {
  const customer = values.role === 'customer_viewer';
  const body = {
    name: values.name?.trim() || undefined,
    role: customer ? ('' as const) : (values.role as Exclude<Role, 'customer_viewer'>),
    tenants: customer ? (values.tenants ?? []).map((id) => ({ id, role: 'customer_viewer' as const })) : [],
    locale: values.locale,
  };
  if (!user) return ask(client.POST('/api/v1/users', { body: { ...body, username: values.username.trim(), password: values.password ?? '' } }));
  return ask(client.PATCH('/api/v1/users/{user}', {
    params: { path: { user: user.id } },
    body: { ...body, password: values.password || undefined, disabled: !values.enabled, version: user.version },
  }));
}
