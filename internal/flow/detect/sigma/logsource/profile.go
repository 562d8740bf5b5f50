package logsource

import (
	"slices"
	"strings"
)

// Profile works out what events of the signature are.
func (s Signature) Profile() Profile {
	if s.channel != "" || s.code != "" {
		return s.windows()
	}
	b := &builder{}
	b.dataset(&s)
	b.shape(s.marks)
	b.endpoint(&s)
	if s.marks.has(hasQuestion) {
		b.category("dns")
	}
	if s.observer == "proxy" {
		b.category("proxy")
	}
	if s.marks.has(categoryWeb) && b.p.Product == "" && !slices.Contains(b.p.Categories, "proxy") {
		b.category("webserver")
	}
	if s.observer == "firewall" && s.marks.has(categoryNetwork) {
		b.category("firewall")
	}
	if s.marks.has(categoryDatabase) {
		b.category("database")
	}
	if s.marks.has(categoryMalware) {
		b.category("antivirus")
	}
	return b.p
}

type builder struct{ p Profile }

func (b *builder) category(names ...string) {
	for _, n := range names {
		if n != "" && !slices.Contains(b.p.Categories, n) {
			b.p.Categories = append(b.p.Categories, n)
		}
	}
}

func (b *builder) service(names ...string) {
	for _, n := range names {
		if n != "" && !slices.Contains(b.p.Services, n) {
			b.p.Services = append(b.p.Services, n)
		}
	}
}

func (b *builder) add(p Profile) {
	if p.Product != "" {
		b.p.Product = p.Product
	}
	b.category(p.Categories...)
	b.service(p.Services...)
}

// dataset reads the event's dataset: a table of those known, else vendor.product.
func (b *builder) dataset(s *Signature) {
	ds := strings.ToLower(s.dataset)
	vendor, product, _ := strings.Cut(ds, ".")
	switch vendor {
	case "linux":
		b.linux(product, s.program)
		return
	case "web":
		b.web(product, s)
		return
	case "dns":
		b.category("dns")
		return
	case "proxy":
		b.category("proxy")
		return
	case "generic", "unparsed", "":
		return
	case "windows", "macos":
		b.p.Product = vendor
		b.service(product)
		return
	}
	if p, ok := datasets[ds]; ok {
		b.add(p)
		return
	}
	switch p, ok := vendors[vendor]; {
	case ok:
		b.add(p)
	case s.system == "linux": // a program of a Linux host: Sigma's product is the system, its services are the programs
		b.linux(product, vendor)
		return
	default:
		b.p.Product = vendor
	}
	b.service(product)
}

// programs are the Sigma services of Linux programs whose names differ.
var programs = map[string]string{
	"crond": "cron", "cron": "cron", "anacron": "cron", "guacd": "guacamole", "clamd": "clamav", "freshclam": "clamav",
	"clamav-daemon": "clamav", "audit": "auditd", "auditd": "auditd", "sshd-session": "sshd", "sshd-auth": "sshd",
}

func (b *builder) linux(kind, program string) {
	b.p.Product = "linux"
	program = strings.ToLower(program)
	if s, ok := programs[program]; ok {
		program = s
	}
	switch kind {
	case "audit":
		b.service("auditd")
		return
	case "firewall":
		b.service("iptables", "syslog")
		b.category("firewall")
		return
	case "auth":
		b.service("auth")
	case "cron":
		b.service("cron", "syslog")
	case "kernel":
		b.service("kernel", "syslog")
	default:
		b.service("syslog")
	}
	b.service(program)
}

func (b *builder) web(kind string, s *Signature) {
	if kind == "access" {
		b.category("webserver")
	}
	for _, name := range []string{s.program, s.product} {
		switch strings.ToLower(name) {
		case "apache", "apache2", "httpd", "apache http server":
			b.service("apache")
		case "nginx":
			b.service("nginx")
		case "iis":
			b.service("iis")
		}
	}
	if kind == "error" && len(b.p.Services) == 0 {
		b.service("apache", "nginx")
	}
}

// shape recognises records of cloud services and applications that arrive as plain JSON.
func (b *builder) shape(m mark) {
	if b.p.Product != "" {
		return
	}
	switch {
	case m.has(hasEventSource | hasEventName | hasAWSRegion):
		b.add(datasets["aws.cloudtrail"])
	case m.has(hasAuditID | hasObjectRef):
		b.add(datasets["kubernetes.audit"])
	case m.has(hasLegacyType):
		b.add(datasets["okta.system"])
	case m.has(hasProtoPayload):
		b.add(Profile{Product: "gcp", Services: []string{"gcp.audit", "google_workspace.login"}})
	case m.has(hasWorkload | hasRecordType):
		b.add(vendors["m365"])
	case m.has(hasLogtype | hasNodeID):
		b.add(vendors["opencanary"])
	case m.has(hasAuditType):
		b.add(Profile{Product: "bitbucket", Services: []string{"audit"}})
	case m.has(hasRisk):
		b.add(Profile{Product: "azure", Services: []string{"riskdetection", "pim"}})
	}
}

// endpoint reads ECS categories of what an agent on a host reports, for any operating system.
func (b *builder) endpoint(s *Signature) {
	if b.p.Product == "" {
		switch strings.ToLower(s.system) {
		case "windows", "linux", "macos":
			b.p.Product = strings.ToLower(s.system)
		case "darwin":
			b.p.Product = "macos"
		}
	}
	if !slices.Contains([]string{"windows", "linux", "macos"}, b.p.Product) {
		return
	}
	for _, c := range endpointCategories {
		if s.marks.has(c.marks) {
			b.category(c.names...)
		}
	}
}

var endpointCategories = []struct {
	marks mark
	names []string
}{
	{categoryProcess | typeStart, []string{"process_creation"}},
	{categoryProcess | typeEnd, []string{"process_termination"}},
	{categoryFile | typeCreation, []string{"file_event"}},
	{categoryFile | typeChange, []string{"file_change"}},
	{categoryFile | typeDeletion, []string{"file_delete"}},
	{categoryNetwork | typeConnection | hasExecutable, []string{"network_connection"}},
	{categoryNetwork | typeStart | hasExecutable, []string{"network_connection"}},
	{categoryRegistry, []string{"registry_event"}},
	{categoryRegistry | typeChange, []string{"registry_set"}},
	{categoryRegistry | typeCreation, []string{"registry_add"}},
	{categoryRegistry | typeDeletion, []string{"registry_delete"}},
	{categoryLibrary, []string{"image_load"}},
	{categoryDriver, []string{"driver_load"}},
	{hasQuestion | hasExecutable, []string{"dns_query"}},
}
