import { useTranslation } from 'react-i18next';

// What a sender may be said to be; a hint for the parser, so "auto" is right where one is not sure.
export const kinds = [
  'auto', 'linux', 'windows', 'macos', 'network', 'firewall', 'ids', 'waf', 'vpn', 'proxy', 'dns', 'mail', 'web', 'nginx', 'apache', 'iis',
  'database', 'container', 'cloud', 'endpoint', 'application', 'syslog', 'json', 'cef', 'leef', 'kv', 'csv',
] as const;
export const encodings = ['auto', 'utf-8', 'gb18030', 'utf-16'] as const;

export function useKindName(): (kind: string) => string {
  const { t } = useTranslation();
  return (kind) => {
    const known = kinds.find((each) => each === kind);
    return known ? t(`source.kinds.${known}`) : kind;
  };
}
