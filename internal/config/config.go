package config

import (
	"slices"
	"strings"
	"time"
)

// Config is every setting of `isoc serve`. Zero values are never meaningful: start from [Default].
type Config struct {
	Data  string `yaml:"data"`  // directory of all embedded stores
	HTTP  string `yaml:"http"`  // address of UI, API and HTTP ingest
	Roles string `yaml:"roles"` // comma-separated; "all" for one box

	Syslog   Syslog    `yaml:"syslog"`
	NetFlow  NetFlow   `yaml:"netflow"`
	Tail     []Tail    `yaml:"tail"`
	Capture  []Capture `yaml:"capture"`
	Kafka    []Kafka   `yaml:"kafka"`
	Log      Log       `yaml:"log"`
	Database Database  `yaml:"database"`
	Queue    Queue     `yaml:"queue"`
	Archive  Archive   `yaml:"archive"`
	Ingest   Ingest    `yaml:"ingest"`
	Web      Web       `yaml:"web"`
	Admin    Admin     `yaml:"admin"`
	Content  Content   `yaml:"content"`
	Detect   Detect    `yaml:"detect"`
	Geo      Geo       `yaml:"geo"`

	// Demo begins a demonstration at the start where there is none.
	Demo bool `yaml:"demo"`

	// ShutdownTimeout bounds the whole ordered stop; what has not drained by then is left to replay.
	ShutdownTimeout time.Duration `yaml:"shutdown_timeout"`
}

// Syslog is the shared syslog listener; sources may have ports of their own beside it.
type Syslog struct {
	Address string `yaml:"address"` // UDP and TCP; empty switches it off
	// MaxConnections bounds open TCP connections over all syslog ports.
	MaxConnections int       `yaml:"max_connections"`
	TLS            SyslogTLS `yaml:"tls"`
}

// SyslogTLS is syslog over TLS (RFC 5425). The files are PEM and read anew when they change.
type SyslogTLS struct {
	Address     string `yaml:"address"` // empty switches it off
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// ClientCA is the file of those who vouch for clients; empty asks clients for no certificate.
	ClientCA string `yaml:"client_ca"`
	// ClientCertificates is "required" or "optional"; it counts where there is a ClientCA.
	ClientCertificates string `yaml:"client_certificates"`
}

// NetFlow is the listener for NetFlow v5 and v9, IPFIX and sFlow v5.
type NetFlow struct {
	Address string `yaml:"address"` // UDP; empty switches it off
}

// Log is how the process writes its own log to standard error.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text or json
}

// Database is where state is kept. An empty DSN means SQLite in the data directory.
type Database struct {
	DSN string `yaml:"dsn"` // postgres://…
}

// Queue is the durable queue between listeners and pipeline. An empty URL means embedded.
type Queue struct {
	URL      string `yaml:"url"`       // nats://… of an external JetStream
	MaxBytes int64  `yaml:"max_bytes"` // beyond it ingest answers 503
}

// Archive is the event archive.
type Archive struct {
	MemoryBytes   int64         `yaml:"memory_bytes"`   // caches of the engine; 0 means 512 MiB
	FlushInterval time.Duration `yaml:"flush_interval"` // how long rows stay in memory only, 1s–60s
}

// Ingest bounds what senders may do.
type Ingest struct {
	// EventsPerSecond is a tenant's rate where the tenant has none of its own; 0 means unlimited.
	EventsPerSecond int `yaml:"events_per_second"`
	// MinFreeBytes is the free space on the data directory's disk below which ingest answers 503.
	MinFreeBytes int64 `yaml:"min_free_bytes"`
}

// Web is how browsers reach the process.
type Web struct {
	// TrustedProxies are the CIDRs whose X-Forwarded-For and -Proto are believed, comma-separated.
	TrustedProxies string `yaml:"trusted_proxies"`
	// SecureCookies marks cookies Secure although this process itself speaks plain HTTP.
	SecureCookies bool `yaml:"secure_cookies"`
}

// Admin sets up the first administrator on an empty database.
type Admin struct {
	// Password is taken from ISOC_ADMIN_PASSWORD or PasswordFile only; it never stands in a file of settings.
	Password     string `yaml:"-"`
	PasswordFile string `yaml:"password_file"`
}

// Content is where packs of rules come from.
type Content struct {
	// PrivateNetworks are the CIDRs that packs may be fetched from although they are not public, comma-separated.
	PrivateNetworks string `yaml:"private_networks"`
}

// Detect is what of devices' own verdicts counts: a level of Sigma, or "off".
type Detect struct {
	// VerdictsFrom is for what a device calls an alert: Suricata, Windows Defender, alerts in ECS.
	VerdictsFrom string `yaml:"verdicts_from"`
	// DeviceVerdictsFrom is for CEF and LEEF, whose devices rate all they write.
	DeviceVerdictsFrom string `yaml:"device_verdicts_from"`
}

// Geo is where countries and autonomous systems of addresses come from: files in the MaxMind format, read anew when they change.
type Geo struct {
	Country string `yaml:"country"` // empty takes the countries that ship
	ASN     string `yaml:"asn"`     // empty knows no autonomous systems
}

// Default returns the settings of one box.
func Default() Config {
	return Config{
		Data: "data", HTTP: "127.0.0.1:8080", Roles: "all",
		Syslog:          Syslog{Address: "127.0.0.1:5514", MaxConnections: 4096, TLS: SyslogTLS{ClientCertificates: "required"}},
		Log:             Log{Level: "info", Format: "text"},
		Queue:           Queue{MaxBytes: 8 << 30},
		Archive:         Archive{FlushInterval: 2 * time.Second},
		Ingest:          Ingest{EventsPerSecond: 20000, MinFreeBytes: 512 << 20},
		Detect:          Detect{VerdictsFrom: "medium", DeviceVerdictsFrom: "high"},
		ShutdownTimeout: 30 * time.Second,
	}
}

// Validate reports the first setting that cannot work, by its name, as an *[Error].
func (c Config) Validate() error {
	const minQueueBytes = 64 << 20
	floors := []string{"off", "informational", "low", "medium", "high", "critical"}
	for _, check := range append([]check{
		{c.Data == "", "data", codeDirectory, nil},
		{c.HTTP == "", "http", codeAddress, nil},
		{c.Roles != "all", "roles", codeRoles, nil},
		{!slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level), "log.level", codeChoice, []any{"debug, info, warn, error"}},
		{!slices.Contains([]string{"text", "json"}, c.Log.Format), "log.format", codeChoice, []any{"text, json"}},
		{c.Syslog.MaxConnections < 1, "syslog.max_connections", codeMinimum, []any{1}},
		{c.Syslog.TLS.Address != "" && c.Syslog.TLS.Certificate == "", "syslog.tls.certificate", codeNeeded, []any{"syslog.tls.address"}},
		{c.Syslog.TLS.Address != "" && c.Syslog.TLS.Key == "", "syslog.tls.key", codeNeeded, []any{"syslog.tls.address"}},
		{!slices.Contains([]string{"required", "optional"}, c.Syslog.TLS.ClientCertificates), "syslog.tls.client_certificates", codeChoice, []any{"required, optional"}},
		{c.Queue.MaxBytes < minQueueBytes, "queue.max_bytes", codeMinimum, []any{minQueueBytes}},
		{c.Archive.MemoryBytes < 0, "archive.memory_bytes", codeNegative, nil},
		{c.Archive.FlushInterval < time.Second || c.Archive.FlushInterval > time.Minute, "archive.flush_interval", codeRange, []any{"1s", "60s"}},
		{c.Ingest.EventsPerSecond < 0, "ingest.events_per_second", codeNegative, nil},
		{c.Ingest.MinFreeBytes < 0, "ingest.min_free_bytes", codeNegative, nil},
		{!slices.Contains(floors, c.Detect.VerdictsFrom), "detect.verdicts_from", codeChoice, []any{strings.Join(floors, ", ")}},
		{!slices.Contains(floors, c.Detect.DeviceVerdictsFrom), "detect.device_verdicts_from", codeChoice, []any{strings.Join(floors, ", ")}},
		{c.ShutdownTimeout < time.Second, "shutdown_timeout", codeMinimum, []any{"1s"}},
	}, c.inputs()...) {
		if check.bad {
			return mistake(check.code, check.name, check.args...)
		}
	}
	return nil
}
