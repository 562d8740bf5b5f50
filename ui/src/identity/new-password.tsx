import { Form, Input, type FormInstance } from 'antd';
import { useTranslation } from 'react-i18next';

/** What a form for one's own password holds. */
export interface Passwords {
  current_password: string;
  password: string;
  again: string;
}

/** The new password, twice. */
export function NewPassword({ form, focused = false }: { form: FormInstance<Passwords>; focused?: boolean }) {
  const { t } = useTranslation();
  const required = { required: true, message: t('kit.required') };
  const same = {
    validator: (_: unknown, value: string) =>
      value === form.getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('account.password.differs'))),
  };
  return (
    <>
      <Form.Item name="password" label={t('account.password.next')} rules={[required]} extra={t('user.passwordRule')}>
        <Input.Password autoFocus={focused} autoComplete="new-password" />
      </Form.Item>
      <Form.Item name="again" label={t('account.password.again')} dependencies={['password']} rules={[required, same]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  );
}
