import { SettingOutlined } from '@ant-design/icons';
import { Button, Segmented, Select } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { language, languages } from '../i18n';
import { densities, setDensity, useDensity } from '../kit/density';
import { Popup } from '../kit/popup';
import { choices, choose, useChoice } from '../kit/theme';
import { allZones, browserZone, offsetName, ownZone, setZone, useZone, useZoneChoice } from '../kit/zone';
import { useSpeak } from './speak';

/** How things look here: language, colours, height of rows, time zone. Says the zone, since every time on the screen is in it. */
export function DisplayMenu() {
  const { t } = useTranslation();
  const zone = useZone();
  const short = zone === 'UTC' ? 'UTC' : offsetName(new Date(), zone);
  return (
    <Popup placement="bottomRight" content={<Display />}>
      <Button type="text" icon={<SettingOutlined />} aria-label={`${t('shell.display')} ${short} · ${zone}`} aria-haspopup="dialog" title={`${t('shell.display')} · ${zone}`}>
        <span className="wide-text">{short}</span>
      </Button>
    </Popup>
  );
}

/** The choices themselves; the account page shows them too. */
export function Display() {
  const { t } = useTranslation();
  const speak = useSpeak();
  const theme = useChoice();
  const density = useDensity();
  return (
    <div className="display">
      <Choice label={t('shell.language')}>
        <Segmented value={language()} onChange={(next) => void speak(next)} options={languages.map(({ id, name }) => ({ value: id, label: name }))} />
      </Choice>
      <Choice label={t('shell.theme.label')}>
        <Segmented value={theme} onChange={choose} options={choices.map((each) => ({ value: each, label: t(`shell.theme.${each}`) }))} />
      </Choice>
      <Choice label={t('shell.density.label')}>
        <Segmented value={density} onChange={setDensity} options={densities.map((each) => ({ value: each, label: t(`shell.density.${each}`) }))} />
      </Choice>
      <Choice label={t('shell.zone.label')}><ZoneChoice /></Choice>
    </div>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="display-choice" role="group" aria-label={label}>
      <span className="soft">{label}</span>
      {children}
    </div>
  );
}

const usual = ['UTC', 'Asia/Shanghai'];

function ZoneChoice() {
  const { t, i18n } = useTranslation();
  const chosen = useZoneChoice();
  const options = useMemo(() => {
    const now = new Date();
    const option = (zone: string) => ({ value: zone, label: `${zone} · ${offsetName(now, zone)}`, search: `${zone} ${offsetName(now, zone)} ${wordsOf(zone, i18n.language)}` });
    const own = { value: ownZone, label: t('shell.zone.own', { zone: browserZone() }), search: `${t('shell.zone.own', { zone: browserZone() })}` };
    return [
      { label: t('shell.zone.usual'), options: [own, ...usual.map(option)] },
      { label: t('shell.zone.all'), options: allZones().filter((zone) => !usual.includes(zone)).map(option) },
    ];
  }, [t, i18n.language]);
  return (
    <Select
      className="zone-choice"
      showSearch={{ optionFilterProp: 'search' }}
      aria-label={t('shell.zone.label')}
      value={chosen}
      onChange={setZone}
      options={options}
      popupMatchSelectWidth={300}
    />
  );
}

// "China Standard Time": so that a zone is found by the word for its country.
function wordsOf(zone: string, language: string): string {
  const parts = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: 'long' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
