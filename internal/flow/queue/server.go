package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// startServer runs a NATS server inside this process that listens on nothing and syncs every write.
func startServer(ctx context.Context, o Options, log *slog.Logger) (*server.Server, error) {
	if o.Dir == "" {
		return nil, errors.New("neither a folder nor the URL of a NATS server is given")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	ns, err := server.NewServer(&server.Options{
		ServerName:         "isoc",
		DontListen:         true,
		NoSigs:             true,
		JetStream:          true,
		StoreDir:           o.Dir,
		SyncAlways:         true,
		MaxPayload:         maxPayloadBytes,
		MaxPending:         8 * maxPayloadBytes,
		JetStreamMaxMemory: 64 << 20,
		JetStreamMaxStore:  o.MaxBytes + o.InboxMaxBytes + cursorMaxBytes + 64<<20,
	})
	if err != nil {
		return nil, fmt.Errorf("embedded nats server: %w", err)
	}
	ns.SetLoggerV2(serverLog{log.With("component", "nats")}, false, false, false)
	ns.Start()
	if !readyForConnections(ctx, ns) {
		ns.Shutdown()
		return nil, errors.New("embedded nats server did not become ready")
	}
	if !ns.JetStreamEnabled() {
		ns.Shutdown()
		return nil, fmt.Errorf("embedded nats server has no JetStream in %s: see its log", o.Dir)
	}
	return ns, nil
}

func readyForConnections(ctx context.Context, ns *server.Server) bool {
	wait := openTimeout
	if deadline, ok := ctx.Deadline(); ok {
		wait = time.Until(deadline)
	}
	return ns.ReadyForConnections(wait)
}

func connect(ns *server.Server, url string, log *slog.Logger) (*nats.Conn, error) {
	opts := []nats.Option{
		nats.Name("isoc"),
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1), // a publish while disconnected fails at once: the caller decides whether to retry
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("nats connection", "error", err) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("nats disconnected", "error", err)
			}
		}),
	}
	if ns != nil {
		opts = append(opts, nats.InProcessServer(ns))
	}
	nc, err := nats.Connect(url, opts...)
	if err != nil {
		return nil, fmt.Errorf("connect to nats: %w", err)
	}
	return nc, nil
}

// serverLog passes the embedded server's own messages on; its chatter is debug to us.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l serverLog) Warnf(format string, v ...any)   { l.log.Warn(fmt.Sprintf(format, v...)) }
func (l serverLog) Fatalf(format string, v ...any)  { l.log.Error(fmt.Sprintf(format, v...)) }
func (l serverLog) Errorf(format string, v ...any)  { l.log.Error(fmt.Sprintf(format, v...)) }
func (l serverLog) Debugf(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l serverLog) Tracef(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }

var _ server.Logger = serverLog{}
