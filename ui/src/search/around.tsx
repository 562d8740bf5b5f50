import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { asText } from '../kit/fields';
import { Failure, Loading } from '../kit/states';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { cellText } from './columns';
import { filter } from './logsql';
import { aroundQuery } from './queries';

type Of = 'host' | 'source' | 'any';
const fieldOf = { host: 'host.name', source: 'isoc.source.id' } as const;
const step = 10; // records on either side

/** What was recorded just before and after, of the same host or source or of the whole customer. */
export function Around({ event, open }: { event: FlatEvent; open: (event: FlatEvent) => void }) {
  const { t } = useTranslation();
  const has = (of: Of) => of === 'any' || asText(event[fieldOf[of]]) !== '';
  const [of, setOf] = useState<Of>(has('host') ? 'host' : has('source') ? 'source' : 'any');
  const [count, setCount] = useState(step);
  const tenant = asText(event['isoc.tenant']);
  const condition = of === 'any' || !has(of) ? '*' : filter(fieldOf[of], asText(event[fieldOf[of]]), true);
  const around = useQuery(aroundQuery(tenant ? [tenant] : undefined, asText(event['@timestamp']), condition, count));
  const list = around.data && inOrder(around.data.before, event, around.data.after);
  const names = { host: t('search.aroundHost'), source: t('search.aroundSource'), any: t('search.aroundAny') };
  return (
    <div className="stack tight">
      <div className="row">
        <Segmented<Of> size="small" value={of} onChange={setOf} options={(['host', 'source', 'any'] as const).filter(has).map((value) => ({ value, label: names[value] }))} />
        <Button size="small" loading={around.isFetching} onClick={() => setCount(count + 20)}>{t('search.aroundMore')}</Button>
      </div>
      {around.error && <Failure error={around.error} retry={() => void around.refetch()} />}
      {!list && !around.error && <Loading lines={8} />}
      <ol className="around">
        {list?.map((each) => {
          const own = asText(each['event.id']) === asText(event['event.id']);
          return (
            <li key={asText(each['event.id'])} className={own ? 'own' : ''} aria-current={own || undefined}>
              <button type="button" onClick={() => open(each)} title={own ? t('search.aroundHere') : t('search.open')}>
                <span className="mono"><At at={asText(each['@timestamp'])} fine /></span>
                <span className="mono clip"><Untrusted value={cellText(each, 'message').slice(0, 400)} /></span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Newest first, each once; before comes newest first and after oldest first, and both may hold the record itself. */
export function inOrder(before: FlatEvent[], event: FlatEvent, after: FlatEvent[]): FlatEvent[] {
  const id = (each: FlatEvent) => asText(each['event.id']);
  const key = (each: FlatEvent) => `${asText(each['@timestamp']).replace(/(\.\d*)?Z$/, (_, fraction: string | undefined) => (fraction ?? '.').padEnd(10, '0'))} ${id(each)}`;
  const all = new Map([...before, event, ...after].map((each) => [id(each), each]));
  return [...all.values()].sort((a, b) => (key(a) < key(b) ? 1 : -1));
}
