package config

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
)

// maxFileBytes bounds a settings file.
const maxFileBytes = 1 << 20

// binding ties one setting to its flag; the environment variable is ISOC_ and the flag's name in capitals.
type binding struct {
	flag  string
	usage string
	bind  func(*flag.FlagSet, string, string)
}

func bindings(c *Config) []binding {
	text := func(p *string) func(*flag.FlagSet, string, string) {
		return func(fs *flag.FlagSet, name, usage string) { fs.StringVar(p, name, *p, usage) }
	}
	integer := func(p *int) func(*flag.FlagSet, string, string) {
		return func(fs *flag.FlagSet, name, usage string) { fs.IntVar(p, name, *p, usage) }
	}
	bytesize := func(p *int64) func(*flag.FlagSet, string, string) {
		return func(fs *flag.FlagSet, name, usage string) { fs.Int64Var(p, name, *p, usage) }
	}
	return []binding{
		{"data", "directory of all embedded stores", text(&c.Data)},
		{"http", "address of UI, API and HTTP ingest; port 0 picks a free one", text(&c.HTTP)},
		{"roles", "what this process does", text(&c.Roles)},
		{"syslog", "address of the syslog listener, UDP and TCP; port 0 picks a free one", text(&c.Syslog.Address)},
		{"syslog-max-connections", "open TCP connections over all syslog ports", integer(&c.Syslog.MaxConnections)},
		{"syslog-tls", "address of syslog over TLS; port 0 picks a free one", text(&c.Syslog.TLS.Address)},
		{"syslog-tls-certificate", "PEM file of its certificate, with those between it and a root", text(&c.Syslog.TLS.Certificate)},
		{"syslog-tls-key", "PEM file of the certificate's key", text(&c.Syslog.TLS.Key)},
		{"syslog-tls-client-ca", "PEM file of those who vouch for clients' certificates", text(&c.Syslog.TLS.ClientCA)},
		{"syslog-tls-client-certificates", "required or optional, where there is a client CA", text(&c.Syslog.TLS.ClientCertificates)},
		{"netflow", "address for NetFlow, IPFIX and sFlow, UDP; port 0 picks a free one", text(&c.NetFlow.Address)},
		{"tail", "PATTERN=TENANT/SOURCE: files of this host to read as they grow, whose they are; may be repeated", func(fs *flag.FlagSet, name, usage string) {
			fs.Var(tails{&c.Tail}, name, usage)
		}},
		{"capture", "INTERFACE=TENANT/SOURCE: an interface of this host to listen to, whose its flows are; may be repeated; needs CAP_NET_RAW", func(fs *flag.FlagSet, name, usage string) {
			fs.Var(captures{&c.Capture}, name, usage)
		}},
		{"log-level", "debug, info, warn or error", text(&c.Log.Level)},
		{"log-format", "text or json", text(&c.Log.Format)},
		{"database-dsn", "postgres://… instead of SQLite in the data directory", text(&c.Database.DSN)},
		{"queue-url", "nats://… of an external JetStream instead of the embedded one", text(&c.Queue.URL)},
		{"queue-max-bytes", "size of the queue beyond which ingest answers 503", bytesize(&c.Queue.MaxBytes)},
		{"archive-memory-bytes", "memory for the archive's caches; 0 means 512 MiB", bytesize(&c.Archive.MemoryBytes)},
		{"archive-flush-interval", "how long events stay in memory before they are on disk", func(fs *flag.FlagSet, name, usage string) {
			fs.DurationVar(&c.Archive.FlushInterval, name, c.Archive.FlushInterval, usage)
		}},
		{"ingest-events-per-second", "a tenant's rate where it has none of its own; 0 means unlimited", integer(&c.Ingest.EventsPerSecond)},
		{"ingest-min-free-bytes", "free disk space below which ingest answers 503", bytesize(&c.Ingest.MinFreeBytes)},
		{"web-trusted-proxies", "CIDRs whose X-Forwarded-For is believed, comma-separated", text(&c.Web.TrustedProxies)},
		{"web-secure-cookies", "mark cookies Secure behind a TLS proxy", func(fs *flag.FlagSet, name, usage string) {
			fs.BoolVar(&c.Web.SecureCookies, name, c.Web.SecureCookies, usage)
		}},
		{"admin-password-file", "file with the first administrator's password", text(&c.Admin.PasswordFile)},
		{"content-private-networks", "CIDRs that packs may be fetched from although they are not public, comma-separated", text(&c.Content.PrivateNetworks)},
		{"detect-verdicts-from", "level from which alerts of devices raise alerts here, or off", text(&c.Detect.VerdictsFrom)},
		{"detect-device-verdicts-from", "level from which records of CEF and LEEF devices raise alerts, or off", text(&c.Detect.DeviceVerdictsFrom)},
		{"geo-country", "MaxMind, DB-IP or ip-location-db file (.mmdb) of countries instead of the one that ships", text(&c.Geo.Country)},
		{"geo-asn", "the same of autonomous systems; without one there are none", text(&c.Geo.ASN)},
		{"demo", "begin a demonstration at the start, where there is none: two made-up customers and three attacks", func(fs *flag.FlagSet, name, usage string) {
			fs.BoolVar(&c.Demo, name, c.Demo, usage)
		}},
		{"shutdown-timeout", "bound of the ordered stop", func(fs *flag.FlagSet, name, usage string) {
			fs.DurationVar(&c.ShutdownTimeout, name, c.ShutdownTimeout, usage)
		}},
	}
}

// Load reads the settings: defaults, then the YAML file named by --config or ISOC_CONFIG, then ISOC_* variables,
// then flags, each overriding the one before. Unknown YAML keys, flags and ISOC_* variables are errors: of package flag
// for the flags, an *[Error] for all others. Where --help is given, help shows the flags and the error is [flag.ErrHelp].
func Load(args, environ []string, help func(*flag.FlagSet)) (Config, error) {
	c := Default()
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	file := fs.String("config", "", "YAML file of settings")
	all := bindings(&c)
	for _, b := range all {
		b.bind(fs, b.flag, b.usage)
	}
	env, err := environment(environ, all)
	if err != nil {
		return Config{}, err
	}
	// First pass only to find --config and reject unknown flags; the second lets flags win over file and variables.
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			help(fs)
		}
		return Config{}, err
	}
	if fs.NArg() > 0 {
		return Config{}, mistake(codeArgument, fs.Arg(0))
	}
	if *file == "" {
		*file = env["config"]
	}
	c = Default()
	if *file != "" {
		if err := readFile(*file, &c); err != nil {
			return Config{}, err
		}
	}
	for _, b := range all {
		if v, ok := env[b.flag]; ok {
			if fs.Set(b.flag, v) != nil {
				return Config{}, mistake(codeVariableValue, variable(b.flag), v)
			}
		}
	}
	if err := fs.Parse(args); err != nil {
		return Config{}, err
	}
	if err := c.readSecrets(env["admin-password"]); err != nil {
		return Config{}, err
	}
	return c, c.Validate()
}

func variable(flagName string) string {
	return "ISOC_" + strings.ToUpper(strings.ReplaceAll(flagName, "-", "_"))
}

// environment picks the ISOC_* variables, by flag name. ISOC_TEST_* and ISOC_LANG belong to others.
func environment(environ []string, all []binding) (map[string]string, error) {
	known := map[string]string{"ISOC_CONFIG": "config", "ISOC_ADMIN_PASSWORD": "admin-password"}
	for _, b := range all {
		known[variable(b.flag)] = b.flag
	}
	found := make(map[string]string)
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "ISOC_") || strings.HasPrefix(name, "ISOC_TEST_") || name == "ISOC_LANG" {
			continue
		}
		flagName, ok := known[name]
		if !ok {
			return nil, mistake(codeVariable, name)
		}
		found[flagName] = value
	}
	return found, nil
}

func readFile(path string, c *Config) error {
	f, err := os.Open(path)
	if err != nil {
		return mistake(codeFileUnreadable, path, cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return mistake(codeFileUnreadable, path, cause(err))
	}
	if len(text) > maxFileBytes {
		return mistake(codeFileLarge, path, maxFileBytes)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField())
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return inFile(path, text, err)
	}
	return nil
}

// cause strips the operation and path off an error of the file system, where they stand beside it already.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// secret returns the value given directly or the first line of the file.
func secret(setting, value, file string) (string, error) {
	if value != "" || file == "" {
		return value, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", mistake(codePasswordFile, setting, err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimRight(line, "\r"), nil
}
