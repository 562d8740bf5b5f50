import { useTranslation } from 'react-i18next';

// Fields that have a name in everyday words, by their ECS name and by Windows' own.
const known = {
  'process.command_line': 'commandLine', CommandLine: 'commandLine', 'process.executable': 'executable', Image: 'executable', NewProcessName: 'executable',
  'process.name': 'processName', 'process.parent.executable': 'parent', ParentImage: 'parent', ParentProcessName: 'parent',
  'process.parent.command_line': 'parentCommandLine', ParentCommandLine: 'parentCommandLine', 'process.parent.name': 'parent',
  'process.pe.original_file_name': 'originalName', OriginalFileName: 'originalName', 'process.working_directory': 'directory', CurrentDirectory: 'directory',
  'user.name': 'user', User: 'user', SubjectUserName: 'user', 'user.target.name': 'targetUser', 'user.effective.name': 'targetUser', TargetUserName: 'targetUser',
  'host.name': 'host', 'source.ip': 'sourceIP', IpAddress: 'sourceIP', SourceIp: 'sourceIP', 'source.port': 'sourcePort',
  'destination.ip': 'destinationIP', DestinationIp: 'destinationIP', 'destination.port': 'destinationPort', DestinationPort: 'destinationPort',
  'destination.domain': 'destinationDomain', DestinationHostname: 'destinationDomain', 'url.original': 'url', 'url.path': 'urlPath', 'url.query': 'urlQuery',
  'url.domain': 'urlDomain', 'http.request.method': 'method', 'http.response.status_code': 'status', 'user_agent.original': 'agent',
  'http.request.referrer': 'referrer', 'dns.question.name': 'dnsName', QueryName: 'dnsName', 'dns.question.type': 'dnsType', 'file.path': 'file', TargetFilename: 'file', 'file.name': 'file',
  'registry.path': 'registry', TargetObject: 'registry', 'registry.data.strings': 'registryData', Details: 'registryData',
  'dll.path': 'library', ImageLoaded: 'library', 'event.code': 'eventID', 'winlog.event_id': 'eventID', EventID: 'eventID', 'winlog.channel': 'channel',
  'winlog.provider_name': 'provider', Provider_Name: 'provider', message: 'message', 'event.original': 'record', 'event.action': 'action', 'event.outcome': 'outcome',
  'powershell.file.script_block_text': 'script', ScriptBlockText: 'script', ServiceName: 'service', 'service.name': 'service', ServiceFileName: 'serviceFile',
  ImagePath: 'serviceFile', LogonType: 'logonType', TaskName: 'task', PipeName: 'pipe', 'file.pipe.name': 'pipe', ShareName: 'share', TicketEncryptionType: 'ticketEncryption',
  'process.title': 'commandLine', 'rule.name': 'deviceRule', 'network.protocol': 'protocol', 'network.transport': 'protocol', GrantedAccess: 'grantedAccess', TargetImage: 'targetProcess',
  'process.args': 'args', 'auditd.log.record_type': 'auditType', 'auditd.log.key': 'auditKey', IntegrityLevel: 'integrity', AccessMask: 'accessMask', ObjectName: 'object',
} as const;

type Label = (typeof known)[keyof typeof known];

export function labelOf(field: string): Label | undefined {
  const names: Record<string, Label> = known;
  const last = field.replace(/^winlog\.(event_data|user_data)\./, '');
  return Object.hasOwn(names, field) ? names[field] : Object.hasOwn(names, last) ? names[last] : undefined;
}

/** A field in everyday words, or its own name where it has none. */
export function useFieldLabel(): (field: string) => string | undefined {
  const { t } = useTranslation();
  return (field) => {
    const label = labelOf(field);
    return label && t(`why.field.${label}`);
  };
}
