package app

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
)

// newFiles reads the log files of this host that the settings name.
func newFiles(a *App) *input.Files {
	patterns := make([]input.FilePattern, len(a.cfg.Tail))
	for i, t := range a.cfg.Tail {
		patterns[i] = input.FilePattern{Path: t.Path, Named: t.Source, Source: a.sourceNamed(t.Source), Join: t.Multiline, SkipOld: t.From == "end"}
	}
	host, _ := os.Hostname() // records without a host are records too
	return input.NewFiles(input.FilesOptions{
		Patterns: patterns, Intake: a.intake, Marks: a.queue, Host: host, Logger: a.log, Registerer: a.probe.Registry(),
	})
}

// sourceNamed finds the source that a setting calls tenant/source, each time anew: sources come, go and are renamed.
func (a *App) sourceNamed(text string) func() (*collect.Source, bool) {
	slug, name, _ := strings.Cut(text, "/")
	return func() (*collect.Source, bool) {
		t, ok := a.dir.Called(slug)
		if !ok {
			return nil, false
		}
		return a.registry.Named(t.ID, name)
	}
}

// newCaptures listens to the interfaces of this host that the settings name. What this process itself receives is not told of: the records of a
// customer would be flows of the provider's, and each record a packet more.
func newCaptures(a *App) (*input.Captures, error) {
	points := make([]input.CapturePoint, len(a.cfg.Capture))
	for i, p := range a.cfg.Capture {
		hosts, err := prefixes(strings.Join(p.Hosts, ","))
		if err != nil {
			return nil, fmt.Errorf("capture[%d].hosts: %w", i, err)
		}
		points[i] = input.CapturePoint{Interface: p.Interface, Named: p.Source, Source: a.sourceNamed(p.Source), Hosts: hosts}
	}
	return input.NewCaptures(input.CaptureOptions{Points: points, Intake: a.intake, Skip: a.own.has, Logger: a.log, Registerer: a.probe.Registry()})
}

// ownEnds are the addresses and ports at which this process listens. They are set once, before anything is captured.
type ownEnds struct {
	addrs map[netip.Addr]bool
	ports map[uint16]bool
}

func (o *ownEnds) set(listening ...string) error {
	local, err := net.InterfaceAddrs()
	if err != nil {
		return fmt.Errorf("addresses of this host: %w", err)
	}
	o.addrs, o.ports = map[netip.Addr]bool{}, map[uint16]bool{}
	for _, a := range local {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			o.addrs[p.Addr().Unmap()] = true
		}
	}
	for _, at := range listening {
		if port := portOf(at); port != 0 {
			o.ports[uint16(port)] = true
		}
	}
	return nil
}

func (o *ownEnds) has(end netip.AddrPort) bool {
	return o.ports[end.Port()] && (o.addrs[end.Addr()] || end.Addr().IsLoopback())
}

// newKafka reads the topics that the settings name.
func newKafka(a *App) (*input.Kafka, error) {
	clusters := make([]input.KafkaCluster, len(a.cfg.Kafka))
	for i, k := range a.cfg.Kafka {
		topics := make(map[string]input.KafkaTopic, len(k.Topics))
		for topic, source := range k.Topics {
			topics[topic] = input.KafkaTopic{Source: a.sourceNamed(source), Named: source}
		}
		secure, err := kafkaTLS(k.TLS)
		if err != nil {
			return nil, fmt.Errorf("kafka[%d].tls: %w", i, err)
		}
		clusters[i] = input.KafkaCluster{
			Brokers: k.Brokers, Group: k.Group, Topics: topics, Latest: k.Start == "latest", TLS: secure,
			SASL: k.SASL.Mechanism, User: k.SASL.Username, Password: k.SASL.Password,
		}
	}
	return input.NewKafka(input.KafkaOptions{Clusters: clusters, Instance: fmt.Sprintf("isoc-%d", a.queue.Epoch()), Intake: a.intake, Marks: a.queue, Logger: a.log, Registerer: a.probe.Registry()}), nil
}

// kafkaTLS reads the files of a connection to brokers; nil where it is not encrypted.
func kafkaTLS(c config.KafkaTLS) (*tls.Config, error) {
	if !c.Enabled {
		return nil, nil
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.ServerName}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, err
		}
		if t.RootCAs = x509.NewCertPool(); !t.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate", c.CA)
		}
	}
	if c.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
		if err != nil {
			return nil, err
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}
