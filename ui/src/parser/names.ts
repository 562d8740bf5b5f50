import { useTranslation } from 'react-i18next';
import type { Parser } from '../client';

export const deviceKinds = [
  'firewall', 'waf', 'ids', 'edr', 'antivirus', 'vpn', 'proxy', 'switch', 'router', 'wireless', 'loadbalancer', 'antiddos', 'dlp', 'sandbox', 'ndr', 'siem', 'audit',
  'bastion', 'identity', 'mail', 'dns', 'dhcp', 'web', 'database', 'host', 'application', 'cloud', 'container', 'virtualization', 'storage', 'iot', 'ot',
] as const;

type Named = Pick<Parser, 'vendor' | 'vendor_zh' | 'product' | 'product_zh'>;

/** Names of vendors, products and kinds of device in the language of the screen. */
export function useParserNames() {
  const { t, i18n } = useTranslation();
  const chinese = i18n.language === 'zh-CN';
  return {
    vendor: (row: Named) => (chinese && row.vendor_zh) || row.vendor,
    product: (row: Named) => (chinese && row.product_zh) || row.product,
    kind: (kind: string) => {
      const known = deviceKinds.find((each) => each === kind);
      return known ? t(`parser.kinds.${known}`) : kind;
    },
  };
}

/** Everything a parser may be looked for by. */
export function wordsOf(row: Parser, kind: string): string {
  return [row.vendor_zh, row.vendor, row.product_zh, row.product, row.id, row.dataset, kind].join(' ');
}
