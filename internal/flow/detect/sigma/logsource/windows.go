package logsource

import "strings"

// windows reads a Windows event's channel and event id. Sysmon for Linux writes the same events to a channel of its own.
func (s Signature) windows() Profile {
	channel := strings.ToLower(s.channel)
	b := &builder{p: Profile{Product: "windows"}}
	switch channel {
	case "linux-sysmon/operational":
		b.p.Product = "linux"
	case "rpcfw":
		b.add(Profile{Product: "rpc_firewall", Categories: []string{"application"}})
	}
	service := channelServices[channel]
	if service == "" && strings.HasPrefix(channel, "microsoft-windows-hyper-v-worker") {
		service = "hyper-v-worker"
	}
	b.service(strings.Fields(service)...)
	for _, c := range windowsCategories[channelClass(channel)] {
		if c.code == s.code && (c.eventType == "" || strings.EqualFold(c.eventType, s.eventType)) {
			b.category(c.names...)
		}
	}
	return b.p
}

// channelClass names the table of categories for a channel.
func channelClass(channel string) string {
	switch channel {
	case "microsoft-windows-sysmon/operational", "linux-sysmon/operational":
		return "sysmon"
	case "microsoft-windows-powershell/operational", "powershellcore/operational":
		return "powershell"
	case "microsoft-windows-kernel-file/analytic":
		return "kernel-file"
	}
	return channel
}

type windowsCategory struct {
	code      string
	eventType string
	names     []string
}

// windowsCategories says which event ids of a channel are which Sigma categories.
var windowsCategories = map[string][]windowsCategory{
	"security": {{code: "4688", names: []string{"process_creation"}}},
	"sysmon": {
		{code: "1", names: []string{"process_creation"}},
		{code: "2", names: []string{"file_change"}},
		{code: "3", names: []string{"network_connection"}},
		{code: "4", names: []string{"sysmon_status"}},
		{code: "5", names: []string{"process_termination"}},
		{code: "6", names: []string{"driver_load"}},
		{code: "7", names: []string{"image_load"}},
		{code: "8", names: []string{"create_remote_thread"}},
		{code: "9", names: []string{"raw_access_thread", "raw_access_read"}},
		{code: "10", names: []string{"process_access"}},
		{code: "11", names: []string{"file_event"}},
		{code: "12", names: []string{"registry_event"}},
		{code: "12", eventType: "CreateKey", names: []string{"registry_add"}},
		{code: "12", eventType: "DeleteKey", names: []string{"registry_delete"}},
		{code: "12", eventType: "DeleteValue", names: []string{"registry_delete"}},
		{code: "13", names: []string{"registry_event", "registry_set"}},
		{code: "14", names: []string{"registry_event", "registry_rename"}},
		{code: "15", names: []string{"create_stream_hash"}},
		{code: "16", names: []string{"sysmon_status"}},
		{code: "17", names: []string{"pipe_created"}},
		{code: "18", names: []string{"pipe_created"}},
		{code: "19", names: []string{"wmi_event"}},
		{code: "20", names: []string{"wmi_event"}},
		{code: "21", names: []string{"wmi_event"}},
		{code: "22", names: []string{"dns_query"}},
		{code: "23", names: []string{"file_delete"}},
		{code: "24", names: []string{"clipboard_capture", "clipboard_change"}},
		{code: "25", names: []string{"process_tampering"}},
		{code: "26", names: []string{"file_delete_detected", "file_delete"}},
		{code: "27", names: []string{"file_block_executable", "file_block"}},
		{code: "28", names: []string{"file_block_shredding"}},
		{code: "29", names: []string{"file_executable_detected"}},
		{code: "255", names: []string{"sysmon_error"}},
	},
	"powershell": {
		{code: "4103", names: []string{"ps_module"}},
		{code: "4104", names: []string{"ps_script"}},
	},
	"windows powershell": {
		{code: "400", names: []string{"ps_classic_start"}},
		{code: "600", names: []string{"ps_classic_provider_start"}},
		{code: "800", names: []string{"ps_classic_script"}},
	},
	"kernel-file": {
		{code: "12", names: []string{"file_access"}},
		{code: "19", names: []string{"file_rename"}},
		{code: "27", names: []string{"file_rename"}},
	},
	"microsoft-windows-windows defender/operational": antivirus("1006", "1007", "1008", "1009", "1010", "1011", "1012",
		"1015", "1017", "1018", "1019", "1115", "1116", "1117", "1118", "1119"),
}

func antivirus(codes ...string) []windowsCategory {
	out := make([]windowsCategory, len(codes))
	for i, c := range codes {
		out[i] = windowsCategory{code: c, names: []string{"antivirus"}}
	}
	return out
}

// channelServices are the Sigma services of Windows channels, by lower-case name; a blank separates two names of one.
var channelServices = map[string]string{
	"application":                          "application",
	"security":                             "security",
	"system":                               "system",
	"microsoft-windows-sysmon/operational": "sysmon",
	"linux-sysmon/operational":             "sysmon",
	"microsoft-windows-powershell/operational":                           "powershell",
	"powershellcore/operational":                                         "powershell",
	"windows powershell":                                                 "powershell-classic",
	"microsoft-windows-taskscheduler/operational":                        "taskscheduler",
	"microsoft-windows-wmi-activity/operational":                         "wmi",
	"microsoft-windows-dhcp-server/operational":                          "dhcp",
	"microsoft-windows-ntlm/operational":                                 "ntlm",
	"microsoft-windows-printservice/admin":                               "printservice-admin",
	"microsoft-windows-printservice/operational":                         "printservice-operational",
	"microsoft-windows-smbclient/security":                               "smbclient-security",
	"microsoft-windows-smbclient/connectivity":                           "smbclient-connectivity",
	"microsoft-windows-smbserver/connectivity":                           "smbserver-connectivity",
	"microsoft-windows-terminalservices-localsessionmanager/operational": "terminalservices-localsessionmanager",
	"microsoft-windows-codeintegrity/operational":                        "codeintegrity-operational",
	"microsoft-windows-applocker/msi and script":                         "applocker",
	"microsoft-windows-applocker/exe and dll":                            "applocker",
	"microsoft-windows-applocker/packaged app-deployment":                "applocker",
	"microsoft-windows-applocker/packaged app-execution":                 "applocker",
	"msexchange management":                                              "msexchange-management",
	"microsoft-windows-windows defender/operational":                     "windefend",
	"microsoft-windows-windows firewall with advanced security/firewall": "firewall-as",
	"microsoft-windows-bits-client/operational":                          "bits-client",
	"microsoft-windows-security-mitigations/kernel mode":                 "security-mitigations",
	"microsoft-windows-security-mitigations/user mode":                   "security-mitigations",
	"microsoft-windows-security-mitigations/kernelmode":                  "security-mitigations",
	"microsoft-windows-security-mitigations/usermode":                    "security-mitigations",
	"microsoft-windows-diagnosis-scripted/operational":                   "diagnosis-scripted",
	"microsoft-windows-shell-core/operational":                           "shell-core",
	"openssh/operational":                                                "openssh",
	"microsoft-windows-ldap-client/debug":                                "ldap",
	"microsoft-windows-bitlocker/bitlocker management":                   "bitlocker",
	"microsoft-windows-vhdmp/operational":                                "vhdmp",
	"microsoft-windows-vhdmp-operational":                                "vhdmp",
	"microsoft-windows-appxdeploymentserver/operational":                 "appxdeployment-server",
	"microsoft-windows-appxdeployment-server/operational":                "appxdeployment-server",
	"microsoft-windows-lsa/operational":                                  "lsa-server",
	"microsoft-windows-appxpackaging/operational":                        "appxpackaging-om",
	"microsoft-windows-dns client events/operational":                    "dns-client",
	"microsoft-windows-dns-client/operational":                           "dns-client",
	"dns server": "dns-server",
	"microsoft-windows-dns-server/analytical":                                  "dns-server-analytic",
	"microsoft-windows-dnsserver/analytical":                                   "dns-server-analytic",
	"microsoft-windows-dns-server/audit":                                       "dns-server-audit",
	"microsoft-windows-dnsserver/audit":                                        "dns-server-audit",
	"microsoft-windows-appmodel-runtime/admin":                                 "appmodel-runtime",
	"microsoft-windows-capi2/operational":                                      "capi2",
	"microsoft-windows-certificateservicesclient-lifecycle-system/operational": "certificateservicesclient-lifecycle-system",
	"microsoft-windows-driverframeworks-usermode/operational":                  "driver-framework",
	"microsoft-windows-kernel-shimengine/operational":                          "kernel-shimengine",
	"microsoft-windows-kernel-shimengine/diagnostic":                           "kernel-shimengine",
	"microsoft-windows-application-experience/program-telemetry":               "application-experience",
	"microsoft-windows-application-experience/program-compatibility-assistant": "application-experience",
	"microsoft-windows-ntfs/operational":                                       "ntfs",
	"microsoft-windows-kernel-eventtracing":                                    "kernel-event-tracing",
	"microsoft-windows-kernel-eventtracing/admin":                              "kernel-event-tracing",
	"microsoft-windows-sense/operational":                                      "sense",
	"microsoft-servicebus-client/admin":                                        "servicebus-client microsoft-servicebus-client",
	"microsoft-servicebus-client/operational":                                  "servicebus-client microsoft-servicebus-client",
	"microsoft-iis-configuration/operational":                                  "iis-configuration",
}
