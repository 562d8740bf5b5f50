package learned

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/tenant"
)

// templatesKept is a repository of templates alone.
type templatesKept struct {
	Repository
	kept map[string]Template
}

func (r *templatesKept) TemplatesOf(_ context.Context, _ tenant.ID, _ string) ([]Template, error) {
	var list []Template
	for _, one := range r.kept {
		list = append(list, one)
	}
	return list, nil
}

func (r *templatesKept) PutTemplates(_ context.Context, _ tenant.ID, _ string, changed []Template, gone []string) error {
	for _, id := range gone {
		delete(r.kept, id)
	}
	for _, one := range changed {
		r.kept[one.ID] = one
	}
	return nil
}

func TestTemplatesAreCountedKeptAndNovel(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	clock := func() time.Time { return now }
	store := &templatesKept{kept: map[string]Template{}}
	open := func() (*Service, *Collector) {
		c := NewCollector(parse.Structural, clock)
		log := slog.New(slog.DiscardHandler)
		return NewService(Deps{Repository: store, Collector: c, Book: NewBook(store, c, log), Now: clock, Logger: log}), c
	}
	turn := func(s *Service, c *Collector) {
		t.Helper()
		for _, sh := range c.shelves() {
			if err := s.mine(t.Context(), c.look(sh, false, true)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	list := func(s *Service) map[string]TemplateUse {
		t.Helper()
		all, err := s.SourceTemplates(t.Context(), "t", "a", now.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]TemplateUse{}
		for _, one := range all {
			out[one.Sample] = one
		}
		return out
	}
	s, c := open()
	feed(c, "a", "none", "session %d opened by the operator", 150)
	turn(s, c)
	feed(c, "a", "none", "link of port %d went down", 300) // more than are kept between two turns
	turn(s, c)
	got := list(s)
	if len(got) != 2 || got["session 0 opened by the operator"].Count != 150 {
		t.Fatalf("%+v", got)
	}
	var down TemplateUse
	for _, one := range got {
		if one.Count == 300 {
			down = one
		}
		if one.Novel {
			t.Errorf("of the first ones %q is novel", one.Text)
		}
	}
	if down.ID == "" {
		t.Errorf("300 messages, of which 200 were kept, count otherwise: %+v", got)
	}
	before := fmt.Sprint(got)
	s, c = open() // after a restart
	if after := fmt.Sprint(list(s)); after != before {
		t.Errorf("after a restart\n%s\nbefore\n%s", after, before)
	}
	now = now.Add(time.Minute)
	feed(c, "a", "none", "session %d opened by the operator", 50)
	feed(c, "a", "none", "licence expires in %d days and nobody renews it", 3)
	turn(s, c)
	got = list(s)
	if n := got["session 0 opened by the operator"].Count; n != 200 || len(got) != 3 {
		t.Errorf("%d sessions among %d templates", n, len(got))
	}
	if one := got["licence expires in 0 days and nobody renews it"]; !one.Novel || one.Count != 3 {
		t.Errorf("what came later is not novel: %+v", one)
	}
}
