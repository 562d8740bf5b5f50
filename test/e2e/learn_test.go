package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

// proposal is what the test reads of one.
type proposal struct {
	ID       string `json:"id"`
	Reason   string `json:"reason"`
	State    string `json:"state"`
	Lines    int    `json:"lines"`
	Covered  int    `json:"covered"`
	Version  int64  `json:"version"`
	Proposal struct {
		Formats []struct {
			ID     string `json:"id"`
			Fields []struct {
				Name   string `json:"name"`
				Target string `json:"target"`
			} `json:"fields"`
		} `json:"formats"`
	} `json:"proposal"`
	Rows []struct {
		Fields []struct {
			Name string `json:"name"`
			From string `json:"from"`
		} `json:"fields"`
	} `json:"rows"`
}

// fieldOf returns the format that has a field of the name, and its target.
func (p *proposal) fieldOf(name string) (format, target string, ok bool) {
	for _, f := range p.Proposal.Formats {
		for _, v := range f.Fields {
			if v.Name == name {
				return f.ID, v.Target, true
			}
		}
	}
	return "", "", false
}

// wicket is a device that nobody has made, as its firmware writes it; the second one calls things otherwise.
func wicket(firmware, from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		verdict := []string{"granted", "refused"}[i%2]
		switch {
		case firmware == 1:
			fmt.Fprintf(&b, "wicket ev=pass seq=%d caller_addr=192.0.2.%d caller_port=%d far_addr=198.51.100.%d far_port=443 verdict=%s badge=emp%d\n", i, i%250+1, 1024+i, i%9+1, verdict, i%40)
		default:
			fmt.Fprintf(&b, "wicket kind:pass|no:%d|peer:192.0.2.%d|door:D%d|answer:%s|holder:emp%d\n", i, i%250+1, i%7, verdict, i%40)
		}
	}
	return b.String()
}

// open waits until a proposal is open at the customer.
func open(ctx context.Context, t *testing.T, c *rig.Client, tenant, reason string) proposal {
	t.Helper()
	var got proposal
	err := rig.Eventually(90*time.Second, func() error {
		var list struct {
			Items []proposal `json:"items"`
		}
		if err := c.Do(ctx, http.MethodGet, "/api/v1/parser-proposals?state=open&tenant="+tenant, nil, &list); err != nil {
			return err
		}
		if len(list.Items) != 1 || list.Items[0].Reason != reason {
			return fmt.Errorf("proposals of %s: %+v", tenant, list.Items)
		}
		return c.Do(ctx, http.MethodGet, "/api/v1/parser-proposals/"+list.Items[0].ID, nil, &got)
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func raw(ctx context.Context, t *testing.T, p *rig.Process, s rig.Source, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.HTTP+"/ingest/raw", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("ingest: %s", res.Status)
	}
}

// TestADeviceNobodyKnowsIsLearned has an invented device send, the proposal corrected and approved, later lines read by the customer's
// own parser, a change of the format noticed, and the parser kept over a restart, for its customer alone, until it is retired.
func TestADeviceNobodyKnowsIsLearned(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	data := t.TempDir()
	p := start(t, rig.Options{Data: data})
	c := admin(ctx, t, p)
	for _, slug := range []string{"alpha", "beta"} {
		if _, err := c.CreateTenant(ctx, slug); err != nil {
			t.Fatal(err)
		}
	}
	gate, other := source(t, c, "alpha", nil), source(t, c, "beta", nil)
	raw(ctx, t, p, gate, wicket(1, 0, 500))
	raw(ctx, t, p, other, wicket(1, 0, 100)) // too few to be learned from

	made := open(ctx, t, c, "alpha", "new")
	if made.Lines < 200 || made.Covered < made.Lines*9/10 || len(made.Rows) == 0 {
		t.Fatalf("proposed from %d lines, of which %d are read, %d shown", made.Lines, made.Covered, len(made.Rows))
	}
	format, target, _ := made.fieldOf("badge")
	if format == "" || target == "user.id" {
		t.Fatalf("badge goes to %q of %q: nothing to correct", target, format)
	}
	badge := map[string]any{"format": format, "field": "badge", "target": "user.id"}
	wrong := map[string]any{"format": format, "field": "badge", "target": "user.nonsense"}
	path := "/api/v1/parser-proposals/" + made.ID
	if err := c.Do(ctx, http.MethodPost, path+"/preview", map[string]any{"corrections": []any{wrong}}, nil); err == nil || !strings.Contains(err.Error(), "user.nonsense") {
		t.Errorf("a field that the schema does not have: %v", err)
	}
	var shown proposal
	if err := c.Do(ctx, http.MethodPost, path+"/preview", map[string]any{"corrections": []any{badge}}, &shown); err != nil {
		t.Fatal(err)
	}
	if _, to, _ := shown.fieldOf("badge"); to != "user.id" {
		t.Errorf("previewed as %q", to)
	}
	corrections := []any{badge}
	for name, to := range map[string]string{"far_addr": "destination.ip", "far_port": "destination.port"} {
		corrections = append(corrections, map[string]any{"format": format, "field": name, "target": to})
	}
	approve := map[string]any{"version": made.Version, "corrections": corrections, "device": map[string]any{"vendor": "Wicket", "product": "Turnstile", "kind": "iot"}}
	var pack struct {
		Pack    string `json:"pack"`
		Version int64  `json:"version"`
	}
	if err := c.Do(ctx, http.MethodPost, path+"/approve", approve, &pack); err != nil {
		t.Fatal(err)
	}
	if err := c.Do(ctx, http.MethodPost, path+"/approve", approve, nil); err == nil || !strings.Contains(err.Error(), "409") {
		t.Errorf("approved twice: %v", err)
	}
	if pack.Pack != "own-turnstile" || pack.Version != 1 {
		t.Errorf("approved as %+v", pack)
	}

	raw(ctx, t, p, gate, wicket(1, 5000, 40))
	own := `isoc.parser:="own-turnstile"`
	ev := found(ctx, t, c, "alpha", own+` user.id:="emp0"`, 1)[0]
	if ev["source.ip"] != "192.0.2.1" || ev["destination.port"] != "443" || ev["observer.product"] != "Turnstile" || ev["wicket.turnstile.seq"] != "5000" {
		t.Errorf("read as %v", ev)
	}
	raw(ctx, t, p, other, wicket(1, 9000, 10))
	if ev := found(ctx, t, c, "beta", `"seq=9000"`, 1)[0]; strings.HasPrefix(fmt.Sprint(ev["isoc.parser"]), "own-") {
		t.Errorf("another customer's record is read by it: %v", ev)
	}
	found(ctx, t, c, "beta", own, 0)

	raw(ctx, t, p, gate, wicket(2, 0, 500)) // new firmware
	drift := open(ctx, t, c, "alpha", "drift")
	if _, _, ok := drift.fieldOf("holder"); !ok {
		t.Errorf("the new format is not in the proposal: %+v", drift.Proposal)
	}
	if _, to, _ := drift.fieldOf("badge"); to != "user.id" {
		t.Errorf("what was corrected is %q in the proposal that is to replace it", to)
	}

	restarted := restart(ctx, t, p, data)
	p, c = restarted.p, restarted.c
	raw(ctx, t, p, gate, wicket(1, 7000, 40))
	found(ctx, t, c, "alpha", own+` wicket.turnstile.seq:="7000"`, 1)
	if again := open(ctx, t, c, "alpha", "drift"); again.ID != drift.ID {
		t.Errorf("after the restart %s is proposed, not %s", again.ID, drift.ID)
	}
	if err := c.Do(ctx, http.MethodPost, "/api/v1/parser-proposals/"+drift.ID+"/approve", map[string]any{"version": drift.Version}, &pack); err != nil || pack.Pack != "own-turnstile" || pack.Version != 2 {
		t.Fatalf("the drift is approved as %+v, %v", pack, err)
	}
	raw(ctx, t, p, gate, wicket(2, 8000, 40)+wicket(1, 8100, 1))
	found(ctx, t, c, "alpha", own+` wicket.turnstile.no:="8000"`, 1)
	found(ctx, t, c, "alpha", own+` user.id:="emp20" wicket.turnstile.seq:="8100"`, 1)

	var templates struct {
		Items []struct {
			Count int64 `json:"count"`
		} `json:"items"`
	}
	err := rig.Eventually(30*time.Second, func() error {
		if err := c.Do(ctx, http.MethodGet, "/api/v1/sources/"+gate.ID+"/templates", nil, &templates); err != nil {
			return err
		}
		var n int64
		for _, one := range templates.Items {
			n += one.Count
		}
		if n < 1100 {
			return fmt.Errorf("%d messages in %d templates", n, len(templates.Items))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}

	if err := c.Do(ctx, http.MethodPost, "/api/v1/sources/"+gate.ID+"/own-pack/retire", map[string]any{"note": "not needed"}, nil); err != nil {
		t.Fatal(err)
	}
	raw(ctx, t, p, gate, wicket(1, 9500, 1))
	if ev := found(ctx, t, c, "alpha", `"seq=9500"`, 1)[0]; strings.HasPrefix(fmt.Sprint(ev["isoc.parser"]), "own-") {
		t.Errorf("read after it was retired: %v", ev)
	}
}

type running struct {
	p *rig.Process
	c *rig.Client
}

// restart stops the product and starts it anew on its data.
func restart(ctx context.Context, t *testing.T, p *rig.Process, data string) running {
	t.Helper()
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, rig.Options{Data: data})
	return running{again, admin(ctx, t, again)}
}
