package config

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
)

// Tail is files of this host that are read as they grow. Only who runs the process names paths: here, never over the API.
type Tail struct {
	Path      string `yaml:"path"`      // absolute; * ? and […] stand for what they do in a shell
	Source    string `yaml:"source"`    // tenant/source: the tenant's short name or id, the source's name or id
	Multiline bool   `yaml:"multiline"` // indented lines and the rest of a stack trace belong to the line before
	From      string `yaml:"from"`      // "beginning" (or empty), or "end": what stands in the files when they are first seen is not read
}

// Capture is an interface of this host whose traffic is listened to. Only who runs the process names interfaces: here, never over the API.
type Capture struct {
	Interface string   `yaml:"interface"`
	Source    string   `yaml:"source"` // tenant/source, as for [Tail]
	Hosts     []string `yaml:"hosts"`  // networks of which one end of a flow must be; none means all
}

// Kafka is one cluster whose topics are read as a member of a consumer group.
type Kafka struct {
	Brokers []string `yaml:"brokers"` // host:port
	Group   string   `yaml:"group"`   // empty means "isoc"
	// Topics names the source of each topic, as tenant/source.
	Topics map[string]string `yaml:"topics"`
	// Start is where a partition begins that the group has never read: "earliest" (or empty) or "latest".
	Start string    `yaml:"start"`
	TLS   KafkaTLS  `yaml:"tls"`
	SASL  KafkaSASL `yaml:"sasl"`
}

// KafkaTLS is how brokers are known, and we to them. The files are PEM, read at the start.
type KafkaTLS struct {
	Enabled     bool   `yaml:"enabled"`
	CA          string `yaml:"ca"` // empty means those the system trusts
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	ServerName  string `yaml:"server_name"` // empty means the broker's own
}

// KafkaSASL is who we are to the brokers.
type KafkaSASL struct {
	Mechanism    string `yaml:"mechanism"` // PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty for none
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"`
	Password     string `yaml:"-"` // its first line
}

// tails adds what the flag is given to the list.
type tails struct{ list *[]Tail }

func (t tails) String() string { return "" }

// Set takes PATTERN=TENANT/SOURCE.
func (t tails) Set(text string) error {
	i := strings.LastIndexByte(text, '=')
	if i < 0 {
		return errors.New("not PATTERN=TENANT/SOURCE")
	}
	*t.list = append(*t.list, Tail{Path: text[:i], Source: text[i+1:]})
	return nil
}

// captures adds what the flag is given to the list.
type captures struct{ list *[]Capture }

func (c captures) String() string { return "" }

// Set takes INTERFACE=TENANT/SOURCE.
func (c captures) Set(text string) error {
	name, source, ok := strings.Cut(text, "=")
	if !ok {
		return errors.New("not INTERFACE=TENANT/SOURCE")
	}
	*c.list = append(*c.list, Capture{Interface: name, Source: source})
	return nil
}

type check struct {
	bad  bool
	name string
	code Code
	args []any
}

// inputs are the checks of what is read from elsewhere.
func (c Config) inputs() []check {
	var list []check
	for i, t := range c.Tail {
		at := fmt.Sprintf("tail[%d].", i)
		_, malformed := filepath.Match(t.Path, "")
		list = append(list,
			check{!filepath.IsAbs(t.Path) || malformed != nil, at + "path", codePattern, nil},
			check{!named(t.Source), at + "source", codeSource, nil},
			check{!slices.Contains([]string{"", "beginning", "end"}, t.From), at + "from", codeChoice, []any{"beginning, end"}},
		)
	}
	for i, p := range c.Capture {
		at := fmt.Sprintf("capture[%d].", i)
		list = append(list,
			check{p.Interface == "" || len(p.Interface) > 15, at + "interface", codeNeeded, []any{at + "source"}},
			check{!named(p.Source), at + "source", codeSource, nil},
		)
		for _, h := range p.Hosts {
			list = append(list, check{!network(h), at + "hosts", codeNetwork, nil})
		}
	}
	for i, k := range c.Kafka {
		at := fmt.Sprintf("kafka[%d].", i)
		list = append(list,
			check{len(k.Brokers) == 0, at + "brokers", codeNeeded, []any{at + "topics"}},
			check{len(k.Topics) == 0, at + "topics", codeNeeded, []any{at + "brokers"}},
			check{!slices.Contains([]string{"", "earliest", "latest"}, k.Start), at + "start", codeChoice, []any{"earliest, latest"}},
			check{(k.TLS.Certificate == "") != (k.TLS.Key == ""), at + "tls.key", codeNeeded, []any{at + "tls.certificate"}},
			check{!k.TLS.Enabled && k.TLS.CA+k.TLS.Certificate+k.TLS.ServerName != "", at + "tls.enabled", codeNeeded, []any{at + "tls"}},
			check{!slices.Contains([]string{"", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}, k.SASL.Mechanism), at + "sasl.mechanism", codeChoice, []any{"PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"}},
			check{k.SASL.Mechanism != "" && k.SASL.Username == "", at + "sasl.username", codeNeeded, []any{at + "sasl.mechanism"}},
			check{k.SASL.Mechanism != "" && k.SASL.Password == "", at + "sasl.password_file", codeNeeded, []any{at + "sasl.mechanism"}},
		)
		for _, b := range k.Brokers {
			list = append(list, check{!strings.Contains(b, ":"), at + "brokers", codeAddress, nil})
		}
		for topic, source := range k.Topics {
			list = append(list, check{!named(source), at + "topics." + topic, codeSource, nil})
		}
	}
	return list
}

// named reports whether text is tenant/source.
func named(text string) bool {
	tenant, source, ok := strings.Cut(text, "/")
	return ok && tenant != "" && source != ""
}

// network reports whether text is a network or an address.
func network(text string) bool {
	_, err := netip.ParsePrefix(text)
	if err != nil {
		_, err = netip.ParseAddr(text)
	}
	return err == nil
}

// readSecrets fills in what stands in files.
func (c *Config) readSecrets(admin string) (err error) {
	if c.Admin.Password, err = secret("admin.password_file", admin, c.Admin.PasswordFile); err != nil {
		return err
	}
	for i := range c.Kafka {
		s := &c.Kafka[i].SASL
		if s.Password, err = secret(fmt.Sprintf("kafka[%d].sasl.password_file", i), "", s.PasswordFile); err != nil {
			return err
		}
	}
	return nil
}
