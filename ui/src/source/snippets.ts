import type { Source } from '../client';

/** Where senders reach this installation, seen from the browser that shows the settings. */
export interface Address {
  host: string;
  http: number;
  tls: boolean;
  syslog: number;
  /** Port of syslog over TLS; 0 where there is none. */
  syslogTls: number;
  /** Port of NetFlow, IPFIX and sFlow; 0 where there is none. */
  netflow: number;
  /** What this installation's own settings call the source: tenant/source. */
  source: string;
}

/** Ports of this installation besides that of HTTP; 0 where it does not listen. */
export type Ports = Pick<Address, 'syslog' | 'syslogTls' | 'netflow'>;

export function addressOf(location: Pick<Location, 'hostname' | 'port' | 'protocol'>, source: Pick<Source, 'port' | 'id'>, tenant: string, ports: Ports): Address {
  const tls = location.protocol === 'https:';
  return {
    host: location.hostname,
    http: Number(location.port) || (tls ? 443 : 80),
    tls,
    ...ports,
    syslog: source.port || ports.syslog,
    source: `${tenant}/${source.id}`,
  };
}

/** One way of sending: where its settings go, what they are, how they take effect. */
export interface Sender {
  key: string;
  name: string;
  /** Whose logs it is usual for; the first fitting one is offered first. */
  kinds: string[];
  transport: 'http' | 'syslog' | 'syslog-tls' | 'netflow' | 'own';
  /** Devices cannot carry a token: their address must be one of the source. */
  byAddress?: boolean;
  /** Read by this installation itself, by settings on its own host. */
  pulled?: 'files' | 'kafka';
  file?: string;
  /** What makes it take effect; typed in a shell or at the device. */
  apply?: string;
  text: (at: Address, token: string) => string;
}

const url = ({ host, http, tls }: Address) => `${tls ? 'https' : 'http'}://${bracketed(host)}:${http}`;
const bracketed = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
const bare = (host: string) => host.replace(/^\[|\]$/g, '');

const hosts = ['linux', 'macos', 'auto', 'syslog'];
const web = ['nginx', 'apache', 'web', 'iis', 'application', 'database', 'container', 'json', 'cloud', 'endpoint'];
const devices = ['network', 'firewall', 'ids', 'waf', 'vpn', 'proxy', 'cef', 'leef', 'kv'];

/** rsyslog over TCP, RFC 5424, with the token in the structured data; frames by octet count. */
export function rsyslog(at: Address, token: string): string {
  return `template(name="isoc" type="string"
  string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% [isoc@0 token=\\"${token}\\"]%msg:::sp-if-no-1st-sp%%msg%")
action(type="omfwd" target="${bare(at.host)}" port="${at.syslog}" protocol="tcp"
  TCP_Framing="octet-counted" template="isoc"
  action.resumeRetryCount="-1" queue.type="LinkedList" queue.filename="isoc" queue.saveOnShutdown="on")`;
}

/** The same over TLS. The host's own certificate is what iSOC may know it by; without one the two lines with its files go. */
export function rsyslogTls(at: Address, token: string): string {
  return `global(DefaultNetstreamDriverCAFile="/etc/rsyslog.d/isoc-ca.pem"
  DefaultNetstreamDriverCertFile="/etc/rsyslog.d/client.pem"
  DefaultNetstreamDriverKeyFile="/etc/rsyslog.d/client.key")
template(name="isoc" type="string"
  string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% [isoc@0 token=\\"${token}\\"]%msg:::sp-if-no-1st-sp%%msg%")
action(type="omfwd" target="${bare(at.host)}" port="${at.syslogTls}" protocol="tcp"
  StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="${bare(at.host)}"
  TCP_Framing="octet-counted" template="isoc"
  action.resumeRetryCount="-1" queue.type="LinkedList" queue.filename="isoc" queue.saveOnShutdown="on")`;
}

export function syslogNg(at: Address, token: string): string {
  return `template t_isoc { template("<\${PRI}>1 \${ISODATE} \${HOST} \${PROGRAM} \${PID:--} \${MSGID:--} [isoc@0 token=\\"${token}\\"] \${MESSAGE}\\n"); };
destination d_isoc {
  network("${bare(at.host)}" port(${at.syslog}) transport("tcp") template(t_isoc)
    disk-buffer(disk-buf-size(1048576) reliable(yes)));
};
log { source(s_src); destination(d_isoc); flags(flow-control); };`;
}

/** One record, to see at once whether it arrives. */
export function curl(at: Address, token: string): string {
  return `echo "$(date '+%b %e %H:%M:%S') $(hostname) sshd[4711]: Failed password for root from 203.0.113.9 port 40022 ssh2" |
  curl --fail-with-body -H 'Authorization: Bearer ${token}' --data-binary @- ${url(at)}/ingest/raw`;
}

function curlFile(at: Address, token: string): string {
  return `${curl(at, token)}

curl --fail-with-body -H 'Authorization: Bearer ${token}' --data-binary @/var/log/auth.log ${url(at)}/ingest/raw`;
}

export function logger(at: Address, token: string): string {
  return `logger --server ${bare(at.host)} --port ${at.syslog} --tcp --rfc5424 --sd-id isoc@0 --sd-param 'token="${token}"' \\
  -t sshd -p authpriv.info 'Failed password for root from 203.0.113.9 port 40022 ssh2'`;
}

export function fluentBit(at: Address, token: string): string {
  return `pipeline:
  inputs:
    - name: tail
      path: /var/log/*.log
  outputs:
    - name: es
      match: '*'
      host: ${bare(at.host)}
      port: ${at.http}
      tls: ${at.tls ? 'on' : 'off'}
      http_user: isoc
      http_passwd: ${token}
      suppress_type_name: on
      retry_limit: no_limits`;
}

function beat(at: Address, token: string): string {
  return `output.elasticsearch:
  hosts: ["${url(at)}"]
  api_key: "isoc:${token}"
setup.template.enabled: false
setup.ilm.enabled: false`;
}

export function filebeat(at: Address, token: string): string {
  return `filebeat.inputs:
  - type: filestream
    id: isoc
    paths: [/var/log/auth.log, /var/log/secure, /var/log/syslog, /var/log/messages]
${beat(at, token)}`;
}

export function winlogbeat(at: Address, token: string): string {
  return `winlogbeat.event_logs:
  - name: Security
  - name: System
  - name: Application
  - name: Microsoft-Windows-Sysmon/Operational
  - name: Microsoft-Windows-PowerShell/Operational
  - name: Microsoft-Windows-Windows Defender/Operational
${beat(at, token)}`;
}

export function vector(at: Address, token: string): string {
  return `sources:
  logs:
    type: file
    include: [/var/log/*.log]
sinks:
  isoc:
    type: elasticsearch
    inputs: [logs]
    endpoints: ["${url(at)}"]
    mode: bulk
    auth: {strategy: basic, user: isoc, password: ${token}}`;
}

export function logstash(at: Address, token: string): string {
  return `output {
  elasticsearch {
    hosts => ["${url(at)}"]
    user => "isoc"
    password => "${token}"
    manage_template => false
    ilm_enabled => false
    index => "logstash"
  }
}`;
}

/** OpenTelemetry's collector, reading files. */
export function collector(at: Address, token: string): string {
  return `receivers:
  filelog:
    include: [/var/log/*.log]
exporters:
  otlphttp/isoc:
    endpoint: ${url(at)}
    headers: {Authorization: "Bearer ${token}"}
service:
  pipelines:
    logs: {receivers: [filelog], exporters: [otlphttp/isoc]}`;
}

export function hec(at: Address, token: string): string {
  return `curl --fail-with-body ${url(at)}/services/collector/event -H 'Authorization: Splunk ${token}' \\
  -d '{"host":"app01","sourcetype":"app","event":{"action":"login","outcome":"failure","user":"root","src_ip":"203.0.113.9"}}'

# URL    ${url(at)}/services/collector
# Token  ${token}`;
}

const huawei = (at: Address) => `system-view
info-center enable
info-center loghost ${bare(at.host)}${at.syslog === 514 ? '' : ` port ${at.syslog}`}
quit
save`;

const cisco = (at: Address) => `configure terminal
service timestamps log datetime msec show-timezone year
logging host ${bare(at.host)} transport udp port ${at.syslog}
logging trap informational
end
write memory`;

const flowsHuawei = (at: Address) => `system-view
ip netstream export version 9
ip netstream export template timeout-rate 1
ip netstream export host ${bare(at.host)} ${at.netflow}
interface GigabitEthernet0/0/1
 ip netstream inbound
 ip netstream outbound
quit
save`;

const flowsCisco = (at: Address) => `configure terminal
flow exporter ISOC
 destination ${bare(at.host)}
 transport udp ${at.netflow}
 export-protocol netflow-v9
 template data timeout 60
flow monitor ISOC
 exporter ISOC
 cache timeout active 60
 record netflow ipv4 original-input
interface GigabitEthernet0/0/1
 ip flow monitor ISOC input
end
write memory`;

const softflowd = (at: Address) => `interface="eth0"
options="-v 9 -t maxlife=60 -n ${bracketed(at.host)}:${at.netflow}"`;

const files = (at: Address) => `tail:
  - path: /var/log/auth.log
    source: ${at.source}
  - path: /opt/app/logs/*.log
    source: ${at.source}
    multiline: true`;

const kafka = (at: Address) => `kafka:
  - brokers: [localhost:9092]
    group: isoc
    topics:
      logs: ${at.source}`;

/** Every way there are settings for. Paths and commands are those of the programs' own packages. */
export const senders: Sender[] = [
  { key: 'rsyslog', name: 'rsyslog', kinds: hosts, transport: 'syslog', file: '/etc/rsyslog.d/60-isoc.conf', apply: 'rsyslogd -N1 && systemctl restart rsyslog', text: rsyslog },
  { key: 'rsyslog-tls', name: 'rsyslog TLS', kinds: [], transport: 'syslog-tls', file: '/etc/rsyslog.d/60-isoc.conf', apply: 'apt-get install rsyslog-gnutls && rsyslogd -N1 && systemctl restart rsyslog', text: rsyslogTls },
  { key: 'syslog-ng', name: 'syslog-ng', kinds: [], transport: 'syslog', file: '/etc/syslog-ng/conf.d/isoc.conf', apply: 'syslog-ng --syntax-only && systemctl restart syslog-ng', text: syslogNg },
  { key: 'winlogbeat', name: 'Winlogbeat', kinds: ['windows'], transport: 'http', file: 'C:\\Program Files\\Winlogbeat\\winlogbeat.yml', apply: 'Restart-Service winlogbeat', text: winlogbeat },
  { key: 'filebeat', name: 'Filebeat', kinds: web, transport: 'http', file: '/etc/filebeat/filebeat.yml', apply: 'filebeat test config && systemctl restart filebeat', text: filebeat },
  { key: 'fluent-bit', name: 'Fluent Bit', kinds: [], transport: 'http', file: '/etc/fluent-bit/fluent-bit.yaml', apply: 'fluent-bit -c /etc/fluent-bit/fluent-bit.yaml', text: fluentBit },
  { key: 'vector', name: 'Vector', kinds: [], transport: 'http', file: '/etc/vector/vector.yaml', apply: 'vector validate /etc/vector/vector.yaml && systemctl restart vector', text: vector },
  { key: 'logstash', name: 'Logstash', kinds: [], transport: 'http', file: '/etc/logstash/conf.d/isoc.conf', apply: 'systemctl restart logstash', text: logstash },
  { key: 'otel', name: 'OpenTelemetry', kinds: [], transport: 'http', file: '/etc/otelcol-contrib/config.yaml', apply: 'otelcol-contrib validate --config=/etc/otelcol-contrib/config.yaml && systemctl restart otelcol-contrib', text: collector },
  { key: 'hec', name: 'Splunk HEC', kinds: [], transport: 'http', text: hec },
  { key: 'huawei', name: 'Huawei · H3C', kinds: devices, transport: 'syslog', byAddress: true, text: huawei },
  { key: 'cisco', name: 'Cisco IOS', kinds: [], transport: 'syslog', byAddress: true, text: cisco },
  { key: 'netflow-huawei', name: 'NetStream', kinds: [], transport: 'netflow', byAddress: true, text: flowsHuawei },
  { key: 'netflow-cisco', name: 'NetFlow', kinds: [], transport: 'netflow', byAddress: true, text: flowsCisco },
  { key: 'softflowd', name: 'softflowd', kinds: [], transport: 'netflow', byAddress: true, file: '/etc/softflowd/default.conf', apply: 'systemctl restart softflowd', text: softflowd },
  { key: 'files', name: '', kinds: [], transport: 'own', pulled: 'files', file: '/etc/isoc/isoc.yaml', apply: 'systemctl restart isoc', text: files },
  { key: 'kafka', name: 'Kafka', kinds: [], transport: 'own', pulled: 'kafka', file: '/etc/isoc/isoc.yaml', apply: 'systemctl restart isoc', text: kafka },
  { key: 'logger', name: 'logger', kinds: [], transport: 'syslog', text: logger },
  { key: 'curl', name: 'curl', kinds: [], transport: 'http', text: curlFile },
];

/** Whether this installation listens for what a sender speaks. */
export function reachable(sender: Sender, at: Address): boolean {
  return { http: at.http, syslog: at.syslog, 'syslog-tls': at.syslogTls, netflow: at.netflow, own: 1 }[sender.transport] > 0;
}

/** The sender that fits a kind best. */
export function usual(kind: string): string {
  return senders.find((sender) => sender.kinds.includes(kind))?.key ?? 'rsyslog';
}
