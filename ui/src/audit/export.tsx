import { DownloadOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AuditParams } from './params';

const formats = ['csv', 'jsonl'] as const;

/** Takes the entries that the filters select home as a file. The browser streams it to disk; the export is an entry itself. */
export function Export({ chain, filters }: { chain: string; filters: AuditParams }) {
  const { t } = useTranslation();
  const take = (format: string) => {
    const query = new URLSearchParams({ tenant: chain, format });
    for (const [name, value] of Object.entries(filters)) if (value) query.set(name, String(value));
    const link = document.createElement('a');
    link.href = `/api/v1/audit/export?${query.toString()}`;
    link.download = '';
    link.click();
  };
  return (
    <Dropdown trigger={['click']} menu={{ items: formats.map((format) => ({ key: format, label: t(`audit.export.${format}`) })), onClick: ({ key }) => take(key) }}>
      <Button icon={<DownloadOutlined />}>{t('audit.export.title')}</Button>
    </Dropdown>
  );
}
