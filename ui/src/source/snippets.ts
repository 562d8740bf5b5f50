import type { Source } from '../client';

/** Where senders reach this installation, seen from the browser that shows the settings. */
export interface Address {
  host: string;
  http: number;
  tls: boolean;
  syslog: number;
}

export function addressOf(location: Pick<Location, 'hostname' | 'port' | 'protocol'>, source: Pick<Source, 'port'>, sharedSyslog: number): Address {
  const tls = location.protocol === 'https:';
  return {
    host: location.hostname,
    http: Number(location.port) || (tls ? 443 : 80),
    tls,
    syslog: source.port || sharedSyslog,
  };
}

function base({ host, http, tls }: Address): string {
  return `${tls ? 'https' : 'http'}://${host}:${http}`;
}

/** One record, to see at once whether it arrives. */
export function curl(address: Address, token: string): string {
  return `echo 'hello from '"$(hostname)" | curl --fail-with-body -H 'Authorization: Bearer ${token}' --data-binary @- ${base(address)}/ingest/raw`;
}

/** rsyslog over TCP, RFC 5424, with the token in the structured data; frames by octet count. */
export function rsyslog(address: Address, token: string): string {
  return `# /etc/rsyslog.d/60-isoc.conf
template(name="isoc" type="string"
  string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% [isoc@0 token=\\"${token}\\"]%msg:::sp-if-no-1st-sp%%msg%")
action(type="omfwd" target="${address.host}" port="${address.syslog}" protocol="tcp"
  TCP_Framing="octet-counted" template="isoc"
  action.resumeRetryCount="-1" queue.type="LinkedList" queue.filename="isoc" queue.saveOnShutdown="on")`;
}

/** Fluent Bit's Elasticsearch output. */
export function fluentBit(address: Address, token: string): string {
  return `# fluent-bit.yaml
pipeline:
  inputs:
    - name: tail
      path: /var/log/*.log
  outputs:
    - name: es
      match: '*'
      host: ${address.host}
      port: ${address.http}
      tls: ${address.tls ? 'on' : 'off'}
      http_user: isoc
      http_passwd: ${token}
      suppress_type_name: on`;
}
