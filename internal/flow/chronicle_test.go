package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/tenant"
	"github.com/prometheus/client_golang/prometheus"
)

// chronicle is a path whose rules change, and the order in which it writes down and raises.
type chronicle struct {
	*stations
	edition int
	last    Edition
	refusal int
	told    []string
}

// Next changes the rules before the third batch is read.
func (c *chronicle) Next(ctx context.Context) (queue.Batch, error) {
	b, err := c.stations.Next(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.Seq == 3 {
		c.edition = 2
	}
	return b, err
}

func (c *chronicle) now() Edition { c.mu.Lock(); defer c.mu.Unlock(); return c.edition }

func (c *chronicle) InForce(_ context.Context, e Edition, seq uint64, _ time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refusal > 0 {
		c.refusal--
		return errors.New("no room")
	}
	if e != c.last {
		c.last = e
		c.told = append(c.told, fmt.Sprintf("edition %v from %d", e, seq))
	}
	return nil
}

func (c *chronicle) Apply(ctx context.Context, id tenant.ID, seq uint64, found []detect.Finding) error {
	c.mu.Lock()
	c.told = append(c.told, fmt.Sprintf("alerts of %d", seq))
	c.mu.Unlock()
	return c.stations.Apply(ctx, id, seq, found)
}

func TestWhichRulesAreInForceIsWrittenDownBeforeWhatTheyRaise(t *testing.T) {
	t.Parallel()
	for _, refusals := range []int{0, 3} {
		synctest.Test(t, func(t *testing.T) {
			c := &chronicle{stations: newStations(), edition: 1, refusal: refusals}
			for i := range 4 {
				c.add(alpha, fmt.Sprint("evil ", i))
			}
			p := New(Deps{Source: c, Parser: c, Enricher: c, NewJudge: func() Judge { return c.stations }, Edition: c.now, Chronicler: c, Keeper: c, Alerter: c, Observer: c,
				Known: func(tenant.ID) bool { return true }, Workers: 3, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry()})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- p.Run(ctx) }()
			time.Sleep(time.Minute)
			synctest.Wait()
			c.mu.Lock()
			c.edition = 3 // while nothing comes
			c.mu.Unlock()
			time.Sleep(time.Minute)
			synctest.Wait()
			cancel()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			want := []string{"edition 1 from 1", "alerts of 1", "alerts of 2", "edition 2 from 3", "alerts of 3", "alerts of 4", "edition 3 from 5"}
			if d := cmp.Diff(want, c.told); d != "" {
				t.Errorf("%d refusals (-want +got):\n%s", refusals, d)
			}
		})
	}
}
