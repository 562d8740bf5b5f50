import { SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox } from 'antd';
import { useTranslation } from 'react-i18next';
import { Popup } from '../kit/popup';
import { optional, setColumns, useShownColumns, type ColumnName } from './columns';

/** Chooses the columns of the list; those that do not fit beside one another are left out by themselves. */
export function ColumnChooser() {
  const { t } = useTranslation();
  const shown = useShownColumns();
  const name: Record<ColumnName, string> = {
    level: t('alert.level'), risk: t('triage.column.risk'), host: t('triage.column.host'), source_ip: t('triage.column.sourceIp'), user: t('triage.column.user'),
    tenant: t('kit.tenant'), source: t('triage.column.source'), state: t('alert.stateTitle'), assignee: t('alert.assignee'), count: t('alert.count'),
    last: t('alert.last'), raised: t('triage.column.raised'),
  };
  return (
    <Popup
      placement="bottomRight"
      content={
        <div className="stack tight" role="dialog" aria-label={t('triage.column.choose')}>
          {optional.map((each) => (
            <Checkbox
              key={each}
              checked={shown.includes(each)}
              onChange={(event) => setColumns(optional.filter((other) => (other === each ? event.target.checked : shown.includes(other))))}
            >{name[each]}</Checkbox>
          ))}
          <p className="faint column-note">{t('triage.column.note')}</p>
        </div>
      }
    >
      <Button icon={<SettingOutlined />} aria-haspopup="dialog" aria-label={t('triage.column.choose')} title={t('triage.column.choose')} />
    </Popup>
  );
}
