import type { TFunction } from 'i18next';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Component } from '../client';
import { Untrusted } from '../kit/untrusted';

// What components name as wrong (internal/app/health.go); others show the server's own words.
export const codes = [
  'store.unreachable', 'queue.unreachable', 'queue.refusing', 'queue.filling', 'inbox.discarded', 'archive.unreachable',
  'archive.readonly', 'archive.dropped', 'archive.retimed', 'pipeline.lag', 'rules.none', 'correlation.unsaved', 'correlation.lost',
  'correlation.evicted', 'correlation.late', 'syslog.port', 'syslog.certificate',
  'files.source', 'files.none', 'files.unreadable', 'files.many', 'kafka.unreachable', 'kafka.source', 'kafka.data', 'capture.interface', 'capture.source', 'capture.dropping', 'disk.low', 'process.files',
] as const;
export const parts = ['store', 'queue', 'archive', 'pipeline', 'rules', 'correlation', 'syslog', 'files', 'kafka', 'capture', 'disk', 'process'] as const;

/** What a component is called on the screen. */
export function componentName(t: TFunction, name: string): string {
  const known = parts.find((part) => part === name);
  return known ? t(`health.parts.${known}`) : name;
}

/** What to do about a component, or what it is for where nothing is wrong. */
export function Advice({ component }: { component: Component }) {
  const { t } = useTranslation();
  const code = codes.find((each) => each === component.code);
  const part = parts.find((each) => each === component.name);
  return (
    <div className="advice">
      {part && <p className="soft">{t(`health.about.${part}`)}</p>}
      {code && (
        <dl className="pairs">
          <dt>{t('health.advice.means')}</dt><dd>{t(`health.advice.${code}.means`)}</dd>
          <dt>{t('health.advice.do')}</dt><dd>{t(`health.advice.${code}.do`)}</dd>
          <dt>{t('health.advice.where')}</dt><dd><code>{t(`health.advice.${code}.where`)}</code></dd>
          <dt>{t('health.advice.code')}</dt><dd><code>{component.code}</code></dd>
        </dl>
      )}
      {component.code === 'syslog.port' && <Link to="/sources" search={{ state: 'degraded,never' }}>{t('health.advice.toSources')}</Link>}
      {component.code === 'inbox.discarded' && <Link to="/inbox">{t('shell.nav.inbox')}</Link>}
      {component.name === 'rules' && <Link to="/packs">{t('shell.nav.packs')}</Link>}
    </div>
  );
}

/** What is wrong with a component, in words where the server names it; a figure of it where nothing is. */
export function Detail({ component, brief }: { component: Component; brief?: string }) {
  const { t } = useTranslation();
  const code = codes.find((each) => each === component.code);
  if (component.status === 'ok' && !code && brief !== undefined) return <span className="soft">{brief}</span>;
  if (!code) return <Untrusted value={component.detail} />;
  return <>{t(`health.codes.${code}`)} <span className="faint"><Untrusted value={component.detail} /></span></>;
}
