import { describe, expect, it } from 'vitest';
import { addressOf, curl, fluentBit, rsyslog } from './snippets';

const token = 'isoc_src_abc123';

describe('settings for senders', () => {
  const address = addressOf({ hostname: 'soc.example', port: '8080', protocol: 'http:' }, { port: 0 }, 5514);

  it('name this installation', () => {
    expect(address).toEqual({ host: 'soc.example', http: 8080, tls: false, syslog: 5514 });
    expect(addressOf({ hostname: 'soc.example', port: '', protocol: 'https:' }, { port: 6514 }, 5514)).toEqual({
      host: 'soc.example', http: 443, tls: true, syslog: 6514,
    });
  });

  it.each([['curl', curl], ['rsyslog', rsyslog], ['fluent-bit', fluentBit]] as const)('%s carries address and token', (_, make) => {
    expect(make(address, token)).toContain(token);
    expect(make(address, token)).toContain('soc.example');
  });
});
