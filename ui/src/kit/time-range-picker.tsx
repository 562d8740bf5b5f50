import { CalendarOutlined } from '@ant-design/icons';
import { Button, DatePicker, Popover } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { absolute } from './time';
import { presetOf, presets, resolve, type Range } from './time-range';

interface Props {
  value: Range;
  onChange: (range: Range) => void;
}

/** Chooses a span of time: one of the usual ones up to now, or two moments. */
export function TimeRangePicker({ value, onChange }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const choose = (range: Range) => {
    setOpen(false);
    onChange(range);
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      placement="bottomLeft"
      content={<Choices value={value} choose={choose} />}
    >
      <Button icon={<CalendarOutlined />} aria-label={t('kit.range.label')}>{useName(value)}</Button>
    </Popover>
  );
}

function useName(range: Range): string {
  const { t } = useTranslation();
  const preset = presetOf(range);
  if (preset) return t(`kit.range.last.${preset}`);
  const name = (bound: string, none: string) => {
    if (bound === '') return none;
    if (bound === 'now') return t('kit.range.now');
    if (bound.startsWith('now')) return bound;
    const at = resolve(bound, 0);
    return at ? absolute(at) : bound;
  };
  return `${name(range.from, t('kit.range.start'))} – ${name(range.to, t('kit.range.now'))}`;
}

function Choices({ value, choose }: { value: Range; choose: (range: Range) => void }) {
  const { t } = useTranslation();
  const [now] = useState(() => Date.now());
  const bound = (text: string) => {
    const at = resolve(text, now);
    return at ? dayjs(at) : null;
  };
  return (
    <div className="stack">
      <div className="row">
        {presets.map((preset) => (
          <Button
            key={preset}
            size="small"
            type={presetOf(value) === preset ? 'primary' : 'default'}
            onClick={() => choose({ from: `now-${preset}`, to: 'now' })}
          >
            {t(`kit.range.last.${preset}`)}
          </Button>
        ))}
      </div>
      <DatePicker.RangePicker
        showTime
        allowClear={false}
        defaultValue={[bound(value.from), bound(value.to)]}
        onChange={(both) => {
          if (both?.[0] && both[1]) choose({ from: both[0].toISOString(), to: both[1].toISOString() });
        }}
      />
    </div>
  );
}
