import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, Form, Input, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type ParseResult } from '../client';
import { isProvider, useCan, useMe } from '../identity/session';
import { Page } from '../kit/page';
import { Failure, Loading } from '../kit/states';
import { useStart } from './bench-start';
import { encodings, kinds, useKindName } from './kinds';
import { ParsedRecord } from './parsed';
import './source.css';

const most = 200; // lines at a time

interface Settings {
  kind: string;
  time_zone?: string;
  encoding: (typeof encodings)[number];
}

const route = getRouteApi('/shell/sources/parser');

/** The test bench: lines of one's own, or those that an address names, and what the parser makes of them. */
export function TryParser() {
  const { t } = useTranslation();
  const can = useCan();
  const provider = isProvider(useMe());
  return (
    <Page title={t('source.try')} actions={<Link to="/parsers">{t('source.toParsers')}</Link>}>
      {provider && can('source.manage') ? <Bench /> : <p className="notice">{t('source.mayNot')}</p>}
    </Page>
  );
}

function Bench() {
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { text, error, retry } = useStart(params);
  if (error) return <Failure error={error} retry={retry} />;
  if (text === undefined) return <Loading lines={8} />;
  const change = ({ kind, time_zone: zone, encoding }: Settings) => void navigate({
    search: (before) => ({ ...before, kind: kind === 'auto' ? undefined : kind, zone: zone || undefined, encoding: encoding === 'auto' ? undefined : encoding }), replace: true,
  });
  const { kind = 'auto', zone, encoding = 'auto' } = params;
  const from = [params.pack, params.sample, params.source, params.group, params.event].join(' ');
  return <TryOut key={from} start={text} settings={{ kind, time_zone: zone, encoding }} change={change} />;
}

interface TryOutProps {
  /** Lines that stand there at first and are parsed at once. */
  start: string;
  settings: Settings;
  change: (settings: Settings) => void;
}

/** Lines of one's own, parsed by the pipeline's parser: pack, format, fields, steps and the first step that failed of each. */
function TryOut({ start, settings: as, change: setAs }: TryOutProps) {
  const { t } = useTranslation();
  const kindName = useKindName();
  const [text, setText] = useState(start);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const tried = useMutation({
    mutationFn: async (of: string[]) => {
      const answer = await ask(client.POST('/api/v1/parse/lines', { body: { lines: of, kind: as.kind, time_zone: as.time_zone ?? '', encoding: as.encoding } }));
      return answer.items.map((item, i): [string, ParseResult] => [of[i] ?? '', item]);
    },
  });
  const { mutate } = tried;
  const begun = useRef(false);
  useEffect(() => {
    const given = start.split(/\r?\n/).filter((line) => line.trim() !== '');
    if (begun.current || given.length === 0) return;
    begun.current = true;
    mutate(given.slice(0, most));
  }, [start, mutate]);
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
            aria-label={t('source.kind')}
            showSearch={{ optionFilterProp: 'label' }}
            value={as.kind}
            onChange={(kind) => setAs({ ...as, kind })}
            options={(kinds.some((kind) => kind === as.kind) ? [...kinds] : [...kinds, as.kind]).map((kind) => ({ value: kind, label: kindName(kind) }))}
          />
        </Form.Item>
        <Form.Item label={t('source.timeZone')}>
          <Select
            className="zone-field"
            aria-label={t('source.timeZone')}
            allowClear
            placeholder="UTC"
            value={as.time_zone}
            onChange={(time_zone?: string) => setAs({ ...as, time_zone })}
            options={Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone }))}
            showSearch={{ optionFilterProp: 'label' }}
          />
        </Form.Item>
        <Form.Item label={t('source.encoding')}>
          <Select
            className="filter"
            aria-label={t('source.encoding')}
            value={as.encoding}
            onChange={(encoding) => setAs({ ...as, encoding })}
            options={encodings.map((each) => ({ value: each, label: each === 'auto' ? t('source.encodingAuto') : each.toUpperCase() }))}
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
