import { describe, expect, it } from 'vitest';
import { addressOf, reachable, senders, usual } from './snippets';
import { kinds } from './kinds';

const token = 'src_abc123';

describe('settings for senders', () => {
  const address = addressOf({ hostname: 'soc.example', port: '8080', protocol: 'http:' }, { port: 0, id: '01J' }, 'acme', { syslog: 5514, syslogTls: 6514, netflow: 2055 });

  it('name this installation', () => {
    expect(address).toEqual({ host: 'soc.example', http: 8080, tls: false, syslog: 5514, syslogTls: 6514, netflow: 2055, source: 'acme/01J' });
    expect(addressOf({ hostname: 'soc.example', port: '', protocol: 'https:' }, { port: 6514, id: '01J' }, 'acme', { syslog: 5514, syslogTls: 0, netflow: 0 })).toEqual({
      host: 'soc.example', http: 443, tls: true, syslog: 6514, syslogTls: 0, netflow: 0, source: 'acme/01J',
    });
  });

  it.each(senders.map((sender) => [sender.key, sender] as const))('%s has its address, port and token, and nothing left to fill in', (_, sender) => {
    const text = sender.text(address, token);
    expect(text).toContain(sender.pulled ? 'acme/01J' : 'soc.example');
    expect(text).toContain({ http: '8080', syslog: '5514', 'syslog-tls': '6514', netflow: '2055', own: ':' }[sender.transport]);
    expect(text.includes(token)).toBe(!sender.byAddress && !sender.pulled);
    expect(text).not.toMatch(/undefined|NaN|\[object|src_…|<your|<token|YOUR_|example\.com|TODO|xxx/i);
  });

  it('use TLS where the page does', () => {
    const safe = { ...address, tls: true, http: 443 };
    for (const sender of senders.filter(({ transport }) => transport === 'http')) {
      expect(sender.text(safe, token), sender.key).toMatch(/https:\/\/soc\.example:443|tls: on/);
    }
  });

  it('write IPv6 addresses as each program reads them', () => {
    const six = { ...address, host: '[2001:db8::1]' };
    for (const sender of senders.filter(({ pulled }) => !pulled)) {
      const inUrl = sender.key === 'softflowd' || (sender.transport === 'http' && sender.key !== 'fluent-bit');
      expect(sender.text(six, token), sender.key).toMatch(inUrl ? /\[2001:db8::1\]/ : /[^[]2001:db8::1[^\]]/);
    }
  });

  it('are offered for what this installation listens to', () => {
    const offered = (at: Partial<typeof address>) => senders.filter((sender) => reachable(sender, { ...address, ...at })).map(({ key }) => key);
    expect(offered({})).toHaveLength(senders.length);
    expect(offered({ syslogTls: 0 })).not.toContain('rsyslog-tls');
    expect(offered({ netflow: 0 })).not.toContain('netflow-cisco');
    expect(offered({ syslog: 0 })).toContain('rsyslog-tls');
    expect(offered({ syslog: 0 })).not.toContain('rsyslog');
  });

  it('offer a way for every kind', () => {
    for (const kind of [...kinds, 'toaster']) expect(senders.map(({ key }) => key)).toContain(usual(kind));
    expect(usual('windows')).toBe('winlogbeat');
    expect(usual('firewall')).toBe('huawei');
  });
});
