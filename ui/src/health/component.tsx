import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Component } from '../client';
import { Untrusted } from '../kit/untrusted';

// What components name as wrong (internal/app/health.go); others show the server's own words.
const codes = [
  'store.unreachable', 'queue.unreachable', 'queue.refusing', 'queue.filling', 'inbox.discarded', 'archive.unreachable',
  'archive.readonly', 'archive.dropped', 'archive.retimed', 'pipeline.lag', 'rules.none', 'syslog.port',
] as const;
const parts = ['store', 'queue', 'archive', 'pipeline', 'rules', 'syslog'] as const;

/** What a component is called on the screen. */
export function componentName(t: TFunction, name: string): string {
  const known = parts.find((part) => part === name);
  return known ? t(`health.parts.${known}`) : name;
}

/** What is wrong with a component, in words where the server names it. */
export function Detail({ component }: { component: Component }) {
  const { t } = useTranslation();
  const code = codes.find((each) => each === component.code);
  if (!code && component.name === 'rules') return null; // its figures stand below
  if (!code) return <Untrusted value={component.detail} />;
  return <>{t(`health.codes.${code}`)} <span className="faint"><Untrusted value={component.detail} /></span></>;
}
