package logsource

// ecsTables returns the tables of ECS names for a log source; the first that has a name is asked first.
func ecsTables(s Source) []map[string][]string {
	var out []map[string][]string
	if t, ok := ecsByCategory[s.Category]; ok {
		out = append(out, t)
	}
	if t, ok := ecsByService[s.Service]; ok {
		out = append(out, t)
	}
	if s.Product == "zeek" {
		out = append(out, ecsZeek, ecsWeb)
	}
	if s.Product == "aws" {
		out = append(out, ecsCloudTrail)
	}
	if s.Product == "windows" || s.Product == "linux" || s.Product == "macos" {
		out = append(out, ecsEndpoint)
	}
	return out
}

var ecsByCategory = map[string]map[string][]string{
	"process_access":       ecsTwoProcesses,
	"create_remote_thread": ecsTwoProcesses,
	"image_load":           ecsLibrary,
	"driver_load":          ecsLibrary,
	"pipe_created":         {"PipeName": {"file.name"}},
	"webserver":            ecsWeb,
	"proxy":                ecsWeb,
	"dns":                  ecsDNS,
	"firewall":             ecsFirewall,
	"antivirus":            {"Filename": {"file.path"}},
}

var ecsByService = map[string]map[string][]string{
	"apache":  ecsWeb,
	"nginx":   ecsWeb,
	"iis":     ecsWeb,
	"auditd":  ecsAuditd,
	"sudo":    {"USER": {"user.effective.name", "sudo.USER"}, "COMMAND": {"process.command_line"}, "TTY": {"process.tty.name"}, "PWD": {"process.working_directory"}},
	"openssh": {"process": {"process.name"}, "payload": {"message"}},
}

// ecsEndpoint names what agents on hosts report: processes, files, registry, connections, DNS.
var ecsEndpoint = map[string][]string{
	"Image":               {"process.executable"},
	"ProcessName":         {"process.executable"},
	"CommandLine":         {"process.command_line"},
	"CurrentDirectory":    {"process.working_directory"},
	"ProcessId":           {"process.pid"},
	"ProcessGuid":         {"process.entity_id"},
	"OriginalFileName":    {"process.pe.original_file_name"},
	"Description":         {"process.pe.description"},
	"Product":             {"process.pe.product"},
	"Company":             {"process.pe.company"},
	"FileVersion":         {"process.pe.file_version"},
	"Imphash":             {"process.pe.imphash"},
	"md5":                 {"process.hash.md5"},
	"sha1":                {"process.hash.sha1"},
	"sha256":              {"process.hash.sha256"},
	"ParentImage":         {"process.parent.executable"},
	"ParentCommandLine":   {"process.parent.command_line"},
	"ParentProcessId":     {"process.parent.pid"},
	"ParentProcessGuid":   {"process.parent.entity_id"},
	"ParentUser":          {"process.parent.user.name"},
	"User":                {"user.name"},
	"TargetFilename":      {"file.path"},
	"TargetObject":        {"registry.path"},
	"Details":             {"registry.data.strings"},
	"DestinationIp":       {"destination.ip"},
	"DestinationPort":     {"destination.port"},
	"DestinationHostname": {"destination.domain"},
	"SourceIp":            {"source.ip"},
	"SourcePort":          {"source.port"},
	"SourceHostname":      {"source.domain"},
	"Protocol":            {"network.transport"},
	"QueryName":           {"dns.question.name"},
	"QueryResults":        {"dns.answers.data"},
	"ScriptBlockText":     {"powershell.file.script_block_text"},
	"IpAddress":           {"source.ip"},
	"IpPort":              {"source.port"},
	"WorkstationName":     {"source.domain"},
}

var ecsTwoProcesses = map[string][]string{
	"SourceImage":       {"process.executable"},
	"SourceProcessId":   {"process.pid"},
	"SourceProcessGuid": {"process.entity_id"},
	"SourceProcessGUID": {"process.entity_id"},
}

var ecsLibrary = map[string][]string{
	"ImageLoaded":      {"dll.path", "file.path"},
	"OriginalFileName": {"dll.pe.original_file_name", "file.pe.original_file_name"},
	"Description":      {"dll.pe.description", "file.pe.description"},
	"Product":          {"dll.pe.product", "file.pe.product"},
	"Company":          {"dll.pe.company", "file.pe.company"},
	"Signature":        {"dll.code_signature.subject_name", "file.code_signature.subject_name"},
	"SignatureStatus":  {"dll.code_signature.status", "file.code_signature.status"},
	"Signed":           {"dll.code_signature.exists", "file.code_signature.exists"},
}

// ecsWeb names what web servers and proxies log, in the words of W3C's extended log format.
var ecsWeb = map[string][]string{
	"cs-method":       {"http.request.method"},
	"method":          {"http.request.method"},
	"c-uri":           {"url.original"},
	"cs-uri":          {"url.original"},
	"uri":             {"url.original"},
	"c-uri-query":     {"url.query"},
	"cs-uri-query":    {"url.query"},
	"c-uri-stem":      {"url.path"},
	"cs-uri-stem":     {"url.path"},
	"c-uri-extension": {"url.extension"},
	"sc-status":       {"http.response.status_code"},
	"status_code":     {"http.response.status_code"},
	"c-useragent":     {"user_agent.original"},
	"cs-user-agent":   {"user_agent.original"},
	"user_agent":      {"user_agent.original"},
	"cs-referer":      {"http.request.referrer"},
	"cs-referrer":     {"http.request.referrer"},
	"cs-host":         {"url.domain", "destination.domain", "http.request.headers.host"},
	"r-dns":           {"url.domain", "destination.domain"},
	"cs-username":     {"user.name"},
	"cs-content-type": {"http.request.mime_type"},
	"cs-cookie":       {"http.request.headers.cookie"},
	"cs-version":      {"http.version"},
	"cs-bytes":        {"http.request.bytes"},
	"sc-bytes":        {"http.response.bytes", "http.response.body.bytes"},
	"c-ip":            {"source.ip"},
	"src_ip":          {"source.ip"},
	"s-ip":            {"destination.ip"},
	"dst_ip":          {"destination.ip"},
	"s-port":          {"destination.port", "url.port"},
	"s-computername":  {"host.name"},
}

var ecsDNS = map[string][]string{
	"query":         {"dns.question.name"},
	"QueryName":     {"dns.question.name"},
	"record_type":   {"dns.question.type"},
	"answer":        {"dns.answers.data", "dns.resolved_ip"},
	"parent_domain": {"dns.question.registered_domain"},
	"src_ip":        {"source.ip"},
	"c-ip":          {"source.ip"},
	"dst_ip":        {"destination.ip"},
}

var ecsFirewall = map[string][]string{
	"src_ip":    {"source.ip"},
	"dst_ip":    {"destination.ip"},
	"src_port":  {"source.port"},
	"dst_port":  {"destination.port"},
	"action":    {"event.action"},
	"protocol":  {"network.transport"},
	"username":  {"user.name"},
	"rule_name": {"rule.name"},
}

var ecsZeek = map[string][]string{
	"id.orig_h":  {"source.ip"},
	"id.orig_p":  {"source.port"},
	"id.resp_h":  {"destination.ip"},
	"id.resp_p":  {"destination.port"},
	"query":      {"dns.question.name"},
	"qtype_name": {"dns.question.type"},
	"answers":    {"dns.answers.data"},
	"host":       {"url.domain"},
	"Z":          {"packet.dns.z"},
	"conn_state": {"packet.tcp.state"},
	"history":    {"packet.tcp.history"},
	"proto":      {"network.transport"},
	"service":    {"network.protocol"},

	"resp_mime_types":     {"http.response.mime_type"},
	"orig_mime_types":     {"http.request.mime_type"},
	"server_name":         {"tls.client.server_name"},
	"ja3":                 {"tls.client.ja3"},
	"ja3s":                {"tls.server.ja3s"},
	"certificate.serial":  {"tls.server.x509.serial_number"},
	"certificate.subject": {"tls.server.subject"},
	"certificate.issuer":  {"tls.server.issuer"},
}

var ecsAuditd = map[string][]string{
	"type":      {"auditd.log.record_type", "auditd.message_type"},
	"exe":       {"process.executable"},
	"comm":      {"process.name"},
	"cwd":       {"process.working_directory"},
	"pid":       {"process.pid"},
	"ppid":      {"process.parent.pid"},
	"proctitle": {"process.title"},
	"acct":      {"user.name"},
	"addr":      {"source.ip"},
	"name":      {"file.path"},
	"hostname":  {"source.domain"},
}

var ecsCloudTrail = map[string][]string{
	"eventName":       {"event.action"},
	"eventSource":     {"event.provider"},
	"errorCode":       {"aws.cloudtrail.error_code"},
	"errorMessage":    {"aws.cloudtrail.error_message"},
	"userAgent":       {"user_agent.original"},
	"sourceIPAddress": {"source.ip", "source.address"},
	"awsRegion":       {"cloud.region"},
}
