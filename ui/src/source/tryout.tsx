import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type ParseResult } from '../client';
import { useCan } from '../identity/session';
import { Page } from '../kit/page';
import { Failure } from '../kit/states';
import { encodings, kinds, useKindName } from './kinds';
import { ParsedRecord } from './parsed';
import './source.css';

const most = 200; // lines at a time

interface Settings {
  kind: string;
  time_zone?: string;
  encoding: (typeof encodings)[number];
}

/** The page for trying the parser. */
export function TryParser() {
  const { t } = useTranslation();
  const can = useCan();
  return (
    <Page title={t('source.try')}>
      {can('source.manage') ? <TryOut settings={{ kind: 'auto', encoding: 'auto' }} /> : <p className="notice">{t('source.mayNot')}</p>}
    </Page>
  );
}

/** Lines of one's own, parsed by the pipeline's parser: fields, steps and the first step that failed of each. */
export function TryOut({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const kindName = useKindName();
  const [text, setText] = useState('');
  const [as, setAs] = useState(settings);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const tried = useMutation({
    mutationFn: async (of: string[]) => {
      const answer = await ask(client.POST('/api/v1/parse/lines', { body: { lines: of, kind: as.kind, time_zone: as.time_zone ?? '', encoding: as.encoding } }));
      return answer.items.map((item, i): [string, ParseResult] => [of[i] ?? '', item]);
    },
  });
  const understood = tried.data?.filter(([, result]) => result.fields['isoc.parser'] !== 'none').length ?? 0;
  return (
    <div className="stack">
      <p className="soft">{t('source.tryText')}</p>
      <Input.TextArea
        className="mono"
        value={text}
        rows={6}
        aria-label={t('source.tryLines')}
        placeholder={t('source.tryLines')}
        onChange={(change) => setText(change.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && lines.length > 0) tried.mutate(lines.slice(0, most));
        }}
      />
      <Form layout="inline" requiredMark={false} onFinish={() => tried.mutate(lines.slice(0, most))}>
        <Form.Item label={t('source.kind')}>
          <Select
            className="filter"
            showSearch={{ optionFilterProp: 'label' }}
            value={as.kind}
            onChange={(kind) => setAs({ ...as, kind })}
            options={(kinds.some((kind) => kind === as.kind) ? [...kinds] : [...kinds, as.kind]).map((kind) => ({ value: kind, label: kindName(kind) }))}
          />
        </Form.Item>
        <Form.Item label={t('source.timeZone')}>
          <Select
            className="zone-field"
            allowClear
            placeholder="UTC"
            value={as.time_zone}
            onChange={(time_zone?: string) => setAs({ ...as, time_zone })}
            options={Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone }))}
            showSearch={{ optionFilterProp: 'label' }}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" disabled={lines.length === 0} loading={tried.isPending}>{t('source.tryRun')}</Button>
      </Form>
      {lines.length > most && <p className="notice warn">{t('source.tryMost', { most })}</p>}
      {tried.error && <Failure error={tried.error} />}
      {tried.data && (
        <section aria-live="polite">
          <p className="soft">{t('source.tryDone', { understood, all: tried.data.length })}</p>
          {tried.data.map(([line, result], i) => (
            <ParsedRecord key={`${i} ${line}`} raw={line} fields={result.fields} steps={result.steps} open={tried.data.length === 1} />
          ))}
        </section>
      )}
    </div>
  );
}
