import { CloseOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Demo } from '../client';
import { useCan } from '../identity/session';
import { count } from '../kit/number';
import { preference } from '../kit/preference';
import { useChange } from '../kit/use-change';
import { useScope } from '../tenancy/scope';
import './demo.css';
import { demoQuery } from './queries';
import { isCode, percent, worthALook } from './story';
import { DemoTag } from './tag';

/** Phases that a demonstration never leaves by itself, its day untold. */
const cutOff = ['stopped', 'interrupted', 'failed'];

const Story = lazy(() => import('./story-drawer').then(({ StoryDrawer }) => ({ default: StoryDrawer })));

/** Which demonstration's strip was put away, by when it began. */
const putAway = preference<string>({ key: 'isoc.demo.hidden', read: (stored) => stored ?? '', write: (began) => began || null });

/** Says above every screen that there is a demonstration, how far it is and what happens in it now. */
export function DemoStrip() {
  const can = useCan();
  return can('demo.manage') ? <Strip /> : null;
}

function Strip() {
  const { data: demo } = useQuery(demoQuery);
  const hidden = putAway.use();
  if (!demo || demo.phase === 'absent') return null;
  if (hidden === demo.started_at && demo.phase !== 'running') return null;
  return <Shown demo={demo} />;
}

function Shown({ demo }: { demo: Demo }) {
  const { t, i18n } = useTranslation();
  const [reading, setReading] = useState(false);
  const { phase } = demo;
  const running = phase === 'running';
  const look = worthALook(demo.steps);
  return (
    <section className="demo-strip" aria-label={t('demo.label')}>
      <DemoTag />
      {running ? <Bar demo={demo} /> : phase !== 'absent' && <span>{t(`demo.phase.${phase}`)}</span>}
      <span className="demo-now clip" aria-live="polite">{running && isCode(demo.now) && t('demo.now', { step: t(`demo.step.${demo.now}`) })}</span>
      <span className="grow" />
      {look && (
        <Link className="demo-look" to="/alerts/$id" params={{ id: look.id }}>
          {t('demo.look', { title: i18n.language === 'zh-CN' && look.title_zh ? look.title_zh : look.title })}
        </Link>
      )}
      <Link to="/alerts" search={{ tenant: undefined }}>{t('demo.alerts', { count: demo.alerts, shown: count(demo.alerts, i18n.language) })}</Link>
      <Button size="small" onClick={() => setReading(true)}>{t('demo.story')}</Button>
      {cutOff.includes(phase) && <Again />}
      {running ? <Stop /> : <Remove removing={demo.phase === 'removing'} />}
      {!running && (
        <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('demo.hide')} title={t('demo.hide')} onClick={() => putAway.set(demo.started_at ?? '')} />
      )}
      {reading && <Suspense><Story demo={demo} close={() => setReading(false)} /></Suspense>}
    </section>
  );
}

function Bar({ demo }: { demo: Demo }) {
  const { t, i18n } = useTranslation();
  const done = percent(demo);
  const figures = t('demo.sent', { sent: count(demo.sent, i18n.language), total: count(demo.total, i18n.language) });
  return (
    <>
      <span className="demo-bar" role="progressbar" aria-label={t('demo.progress')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={done} aria-valuetext={figures} title={figures}>
        <i style={{ width: `${done}%` }} />
      </span>
      <span className="demo-figures">{figures}</span>
    </>
  );
}

function Stop() {
  const { t } = useTranslation();
  const stop = useChange({ run: () => ask(client.POST('/api/v1/demo/stop')), stale: [demoQuery.queryKey] });
  return <Button size="small" loading={stop.isPending} onClick={() => stop.mutate()}>{t('demo.stop')}</Button>;
}

/** Removes what was sent and sends a new day, after asking. */
function Again() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const { choose } = useScope();
  const again = useChange({
    run: async () => {
      await ask(client.DELETE('/api/v1/demo'));
      return ask(client.POST('/api/v1/demo'));
    },
    stale: [],
    then: (demo) => {
      choose(undefined);
      queries.setQueryData(demoQuery.queryKey, demo);
      void queries.invalidateQueries();
    },
  });
  const askFirst = () => void modal.confirm({
    title: t('demo.againTitle'), content: t('demo.againText'), okText: t('demo.again'),
    onOk: () => again.mutateAsync().catch(() => undefined),
  });
  return <Button size="small" loading={again.isPending} onClick={askFirst}>{t('demo.again')}</Button>;
}

/** Removes it all, after asking: it cannot be brought back, only begun anew. */
export function Remove({ removing }: { removing: boolean }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const { choose } = useScope();
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/demo')),
    stale: [],
    done: t('demo.removed'),
    then: () => {
      choose(undefined);
      void queries.invalidateQueries();
    },
  });
  const askFirst = () => void modal.confirm({
    title: t('demo.removeTitle'),
    content: t('demo.removeText'),
    okText: t('demo.remove'),
    okButtonProps: { danger: true },
    onOk: () => remove.mutateAsync().catch(() => undefined),
  });
  return <Button size="small" loading={removing || remove.isPending} onClick={askFirst}>{t('demo.remove')}</Button>;
}
