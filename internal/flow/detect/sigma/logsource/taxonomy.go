package logsource

import (
	"maps"
	"slices"
	"strings"
)

// Names of fields by category, after the taxonomy of the Sigma specification (which is in the public domain) and the schema of Sysmon's
// events that most of it follows.
var (
	ofProcess = []string{"Image", "ProcessId", "ProcessGuid", "User"}

	taxonomy = map[string][]string{
		"process_creation": {
			"Image", "CommandLine", "ParentImage", "ParentCommandLine", "OriginalFileName", "User", "ParentUser", "CurrentDirectory", "IntegrityLevel", "Hashes", "Imphash",
			"md5", "sha1", "sha256", "Description", "Product", "Company", "FileVersion", "LogonId", "LogonGuid", "ProcessId", "ProcessGuid", "ParentProcessId",
			"ParentProcessGuid", "TerminalSessionId", "GrandParentImage",
		},
		"process_termination":  ofProcess,
		"process_tampering":    with(ofProcess, "Type"),
		"file_event":           with(ofProcess, "TargetFilename", "CreationUtcTime"),
		"file_change":          with(ofProcess, "TargetFilename", "CreationUtcTime", "PreviousCreationUtcTime"),
		"file_delete":          with(ofProcess, "TargetFilename", "Hashes", "IsExecutable", "Archived"),
		"file_rename":          with(ofProcess, "SourceFilename", "TargetFilename", "CreationUtcTime"),
		"file_access":          with(ofProcess, "FileName", "TargetFilename", "CommandLine", "Provider_Name"),
		"registry_event":       with(ofProcess, "TargetObject", "Details", "EventType", "NewName"),
		"registry_set":         with(ofProcess, "TargetObject", "Details", "EventType"),
		"registry_add":         with(ofProcess, "TargetObject", "EventType"),
		"registry_delete":      with(ofProcess, "TargetObject", "Details", "EventType"),
		"registry_rename":      with(ofProcess, "TargetObject", "NewName", "EventType"),
		"network_connection":   with(ofProcess, "CommandLine", "ParentImage", "DestinationIp", "DestinationPort", "DestinationHostname", "DestinationIsIpv6", "DestinationPortName", "SourceIp", "SourcePort", "SourceHostname", "SourceIsIpv6", "SourcePortName", "Protocol", "Initiated"),
		"dns_query":            with(ofProcess, "QueryName", "QueryResults", "QueryStatus", "record_type", "answer"),
		"image_load":           with(ofProcess, "ImageLoaded", "OriginalFileName", "Hashes", "Imphash", "Signed", "Signature", "SignatureStatus", "Description", "Product", "Company", "FileVersion", "CommandLine"),
		"driver_load":          {"ImageLoaded", "Hashes", "Imphash", "md5", "sha1", "sha256", "Signed", "Signature", "SignatureStatus", "OriginalFileName"},
		"pipe_created":         with(ofProcess, "PipeName", "EventType", "CommandLine"),
		"process_access":       {"SourceImage", "TargetImage", "GrantedAccess", "CallTrace", "SourceUser", "TargetUser", "SourceProcessId", "SourceProcessGUID", "SourceThreadId", "TargetProcessId", "TargetProcessGUID", "SourceCommandLine"},
		"create_remote_thread": {"SourceImage", "TargetImage", "StartAddress", "StartFunction", "StartModule", "NewThreadId", "SourceUser", "TargetUser", "SourceProcessId", "SourceProcessGuid", "TargetProcessId", "TargetProcessGuid", "SourceCommandLine", "SourceParentImage", "TargetParentImage", "TargetParentProcessId"},
		"create_stream_hash":   with(ofProcess, "TargetFilename", "Contents", "Hash", "Hashes", "CreationUtcTime"),
		"raw_access_thread":    with(ofProcess, "Device"),
		"clipboard_capture":    with(ofProcess, "Session", "ClientInfo", "Hashes", "Archived"),
		"wmi_event":            {"Operation", "EventType", "EventNamespace", "Name", "Query", "Type", "Destination", "Consumer", "Filter", "User"},
		"sysmon_status":        {"State", "Version", "SchemaVersion", "Configuration", "ConfigurationFileHash"},
		"sysmon_error":         {"ID", "Description"},
		"ps_script":            {"ScriptBlockText", "ScriptBlockId", "Path", "MessageNumber", "MessageTotal"},
		"ps_module":            {"Payload", "ContextInfo", "UserData"},
		"ps_classic_start":     {"Data", "EngineVersion", "HostVersion", "HostName", "HostApplication", "CommandLine", "ScriptName"},
		"antivirus":            {"Signature", "Filename", "Action", "Status", "ComputerName", "User"},
		"webserver":            slices.Sorted(maps.Keys(ecsWeb)),
		"proxy":                with(slices.Sorted(maps.Keys(ecsWeb)), "c-uri-port", "c-ip", "cs-uri-scheme", "sc-mime-type"),
		"dns":                  slices.Sorted(maps.Keys(ecsDNS)),
		"firewall":             slices.Sorted(maps.Keys(ecsFirewall)),
	}

	// taxonomyOfService names what rules of a service ask for most; its events have more.
	taxonomyOfService = map[string][]string{
		"security": {
			"SubjectUserName", "SubjectDomainName", "SubjectUserSid", "SubjectLogonId", "TargetUserName", "TargetDomainName", "TargetUserSid", "TargetSid", "TargetLogonId", "TargetServerName",
			"LogonType", "LogonProcessName", "AuthenticationPackageName", "WorkstationName", "IpAddress", "IpPort", "LmPackageName", "KeyLength", "Status", "SubStatus",
			"FailureReason", "ProcessName", "CallerProcessName", "NewProcessName", "ParentProcessName", "PrivilegeList", "ObjectName", "ObjectServer", "ObjectType", "AccessMask", "AccessList", "Properties",
			"ShareName", "RelativeTargetName", "TaskName", "TaskContent", "ServiceName", "ServiceFileName", "ServiceType", "ServiceStartType", "ServiceAccount", "TicketEncryptionType",
			"TicketOptions", "PreAuthType", "MemberName", "MemberSid", "SamAccountName", "AttributeLDAPDisplayName", "AttributeValue", "ObjectClass", "ObjectDN", "AuditPolicyChanges",
			"SubcategoryGuid", "NewUacValue", "OldUacValue", "AllowedToDelegateTo", "ServicePrincipalNames", "SidHistory",
		},
		"system":                    {"ServiceName", "ImagePath", "ServiceType", "StartType", "AccountName", "param1", "param2", "DeviceName", "Origin", "HiveName"},
		"application":               {"Data", "Level", "Message"},
		"windefend":                 {"ThreatName", "Path", "ActionSuccess", "NewValue", "OldValue", "ProcessName", "SourceName", "Value", "Feature_Name"},
		"taskscheduler":             {"TaskName", "Path", "UserContext", "UserName", "ActionName"},
		"powershell":                {"ScriptBlockText", "Payload", "ContextInfo", "Path"},
		"powershell-classic":        {"Data", "HostApplication", "EngineVersion"},
		"wmi":                       {"Operation", "Query", "User", "Consumer", "Namespace", "ESS", "PossibleCause"},
		"firewall-as":               {"Action", "ApplicationPath", "ModifyingApplication", "RuleName", "LocalPorts", "RemoteAddresses"},
		"bits-client":               {"RemoteName", "LocalName", "processPath", "jobTitle"},
		"ntlm":                      {"ProcessName", "SChannelName", "UserName", "WorkstationName", "SChannelType"},
		"applocker":                 {"FilePath", "Fqbn", "PolicyName", "RuleName", "TargetUser", "FileHash"},
		"auditd":                    with(slices.Sorted(maps.Keys(ecsAuditd)), "a0", "a1", "a2", "a3", "auid", "euid", "uid", "exit", "key", "nametype", "ses", "subj", "success", "syscall", "SYSCALL", "tty", "unit"),
		"sudo":                      {"USER", "COMMAND", "TTY", "PWD", "message"},
		"cloudtrail":                with(slices.Sorted(maps.Keys(ecsCloudTrail)), "eventType", "recipientAccountId", "requestParameters.attribute", "requestParameters.userName", "responseElements", "userIdentity.arn", "userIdentity.type", "userIdentity.sessionContext.attributes.mfaAuthenticated", "userIdentity.userName"),
		"audit":                     {"action", "actor", "Operation", "ResultStatus", "UserId", "verb", "objectRef.resource", "objectRef.subresource", "objectRef.namespace", "objectRef.name", "apiGroup", "username", "user.groups"},
		"signinlogs":                {"ResultType", "ResultDescription", "AppId", "AppDisplayName", "AuthenticationRequirement", "ClientApp", "ConditionalAccessStatus", "DeviceDetail.deviceId", "DeviceDetail.isCompliant", "DeviceDetail.trusttype", "Location", "NetworkLocationDetails", "ResourceDisplayName", "ResourceId", "RiskState", "Status", "TargetUserName", "Username", "userAgent"},
		"auditlogs":                 {"ActivityType", "Category", "InitiatedBy", "LoggedByService", "OperationName", "properties.message", "ResultDescription", "ResultReason", "Target.PropertyName", "TargetResources"},
		"activitylogs":              {"operationName", "properties.message", "status", "CategoryValue", "ResourceProviderValue", "ResourceId"},
		"gcp.audit":                 {"gcp.audit.method_name", "protoPayload.methodName", "protoPayload.serviceName", "protoPayload.resourceName", "protoPayload.status", "data.protoPayload.resource.type"},
		"okta":                      {"eventtype", "eventType", "displaymessage", "outcome.result", "outcome.reason", "actor.alternateid", "actor.displayname", "client.ipAddress", "target.user.id", "securitycontext.isproxy"},
		"zeek":                      slices.Sorted(maps.Keys(ecsZeek)),
		"dns-server-analytic":       {"QNAME", "QTYPE", "InterfaceIP", "Source", "Destination"},
		"codeintegrity-operational": {"FileNameBuffer", "ProcessNameBuffer", "FileName", "ProcessName", "RequestedPolicy", "ValidatedPolicy"},
	}
)

func with(names []string, more ...string) []string {
	out := slices.Clone(names)
	for _, n := range more {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// Vocabulary returns the names of fields that rules of a log source use, in no matter which, and whether these are all there are: events
// of a service that writes its own data have more than anybody could list. Where nothing is known it is empty.
func Vocabulary(s Source) (names []string, closed bool) {
	names, closed = taxonomy[s.Category], taxonomy[s.Category] != nil
	names = with(names, taxonomyOfService[s.Service]...)
	if s.Product == "zeek" {
		names = with(names, taxonomyOfService["zeek"]...)
	}
	if isWindows(s) {
		names = with(names, slices.Sorted(maps.Keys(systemFields))...)
	}
	if s.Product == "linux" || s.Category == "" && s.Service == "" {
		names = with(names, "message")
	}
	return names, closed && s.Service == ""
}

// Categories returns the categories that an event can be of, in order: a rule of another never fires.
func Categories() []string {
	found := map[string]bool{"webserver": true, "dns": true, "proxy": true, "firewall": true, "database": true, "antivirus": true}
	note := func(names []string) {
		for _, n := range names {
			found[n] = true
		}
	}
	for _, list := range windowsCategories {
		for _, c := range list {
			note(c.names)
		}
	}
	for _, c := range endpointCategories {
		note(c.names)
	}
	for _, list := range []map[string]Profile{datasets, vendors} {
		for _, p := range list {
			note(p.Categories)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Services returns services that events are of, in order. It is not all: the second part of a dataset is a service too.
func Services() []string {
	found := map[string]bool{"iptables": true, "kernel": true, "sshd": true, "sudo": true, "su": true, "useradd": true, "usermod": true, "passwd": true}
	for _, list := range []map[string]Profile{datasets, vendors} {
		for _, p := range list {
			for _, n := range p.Services {
				found[n] = true
			}
		}
	}
	for _, names := range channelServices {
		for _, n := range strings.Fields(names) {
			found[n] = true
		}
	}
	for _, n := range programs {
		found[n] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// Products returns products that events are of, in order. It is not all: the vendor of a dataset is a product too.
func Products() []string {
	found := map[string]bool{"windows": true, "linux": true, "macos": true, "zeek": true, "suricata": true, "rpc_firewall": true}
	for _, list := range []map[string]Profile{datasets, vendors} {
		for _, p := range list {
			found[p.Product] = true
		}
	}
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}
