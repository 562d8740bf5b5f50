import { Select } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { deviceKinds, useParserNames } from '../parser/names';
import type { Device } from './types';

/** Who made the device: it names the pack and stands in every event. */
export function DeviceLine({ device, set }: { device: Device; set: (device: Device) => void }) {
  const { t } = useTranslation();
  const names = useParserNames();
  const id = useId();
  return (
    <div className="row learn-device" role="group" aria-label={t('learn.device')}>
      <span className="learn-pair">
        <label htmlFor={`${id}-vendor`}>{t('parser.vendor')}</label>
        <input id={`${id}-vendor`} className="field" value={device.vendor} maxLength={64} onChange={(event) => set({ ...device, vendor: event.target.value })} />
      </span>
      <span className="learn-pair">
        <label htmlFor={`${id}-product`}>{t('parser.product')}</label>
        <input id={`${id}-product`} className="field" value={device.product} maxLength={64} onChange={(event) => set({ ...device, product: event.target.value })} />
      </span>
      <span className="learn-pair">
        <span>{t('parser.kind')}</span>
        <Select
          className="filter"
          aria-label={t('parser.kind')}
          showSearch={{ optionFilterProp: 'label' }}
          value={device.kind}
          onChange={(kind) => set({ ...device, kind })}
          options={deviceKinds.map((kind) => ({ value: kind, label: names.kind(kind) }))}
        />
      </span>
    </div>
  );
}
