package e2e

import (
	"database/sql"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/isoc-project/isoc/test/rig"
)

// TestUnclaimedRecordsAreKeptAndAssigned sends UDP syslog that no source claims, looks at it, assigns it, and finds it parsed and alerted on.
func TestUnclaimedRecordsAreKeptAndAssigned(t *testing.T) {
	ctx := t.Context()
	p, c := customers(t)
	src := source(t, c, "alpha", nil)
	conn, err := net.Dial("udp", p.Syslog)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const n = 5
	for i := range n {
		if _, err := fmt.Fprintf(conn, "<38>%s gw sshd[7]: Failed password for invalid user nobody%d from 203.0.113.5 port 4022 ssh2", time.Now().UTC().Format(time.Stamp), i); err != nil {
			t.Fatal(err)
		}
	}
	var inbox struct {
		Items []struct {
			Group  string
			Sender string
			Count  int
		}
	}
	err = rig.Eventually(10*time.Second, func() error {
		if err := c.Do(ctx, "GET", "/api/v1/inbox", nil, &inbox); err != nil {
			return err
		}
		if len(inbox.Items) != 1 || inbox.Items[0].Count != n {
			return fmt.Errorf("inbox holds %+v", inbox.Items)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found(ctx, t, c, "alpha", "*", 0)
	group := "/api/v1/inbox/" + inbox.Items[0].Group
	var records struct{ Items []struct{ Raw string } }
	if err := c.Do(ctx, "GET", group+"/records?limit=10", nil, &records); err != nil || len(records.Items) != n || !strings.Contains(records.Items[0].Raw, "nobody") {
		t.Fatalf("records: %+v, %v", records, err)
	}
	var moved struct{ Moved int }
	if err := c.Do(ctx, "POST", group+"/assign", map[string]any{"tenant": "alpha", "source": src.ID, "add_sender": true}, &moved); err != nil || moved.Moved != n {
		t.Fatalf("assign: %+v, %v", moved, err)
	}
	found(ctx, t, c, "alpha", "process.name:=sshd", n)
	alerted(ctx, t, c, "alpha")
	// The sender is the source's from now on.
	if _, err := fmt.Fprint(conn, "<38>Nov 23 10:00:00 gw sshd[7]: Failed password for root from 203.0.113.6 port 4022 ssh2"); err != nil {
		t.Fatal(err)
	}
	found(ctx, t, c, "alpha", "source.ip:=203.0.113.6", 1)
}

// TestAuditVerifyFindsTampering edits one row of the database behind the product's back.
func TestAuditVerifyFindsTampering(t *testing.T) {
	ctx := t.Context()
	data := t.TempDir()
	p, err := rig.Start(rig.Options{Binary: binary, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	c := admin(ctx, t, p)
	if _, err := c.CreateTenant(ctx, "alpha"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		source(t, c, "alpha", map[string]any{"name": fmt.Sprint("s", i)})
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	verify := func() (string, error) {
		out, err := exec.Command(binary, "audit", "verify", "--data", data, "--tenant", "alpha").CombinedOutput()
		return string(out), err
	}
	if out, err := verify(); err != nil || !strings.Contains(out, "alpha") {
		t.Fatalf("intact chain: %v\n%s", err, out)
	}
	db, err := sql.Open("sqlite", filepath.Join(data, "isoc.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res, err := db.Exec(`UPDATE audit_entries SET actor = 'mallory' WHERE tenant_id <> 'provider' AND seq = 2`)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := res.RowsAffected(); n != 1 {
		t.Fatalf("tampered with %d rows", n)
	}
	if out, err := verify(); err == nil || !strings.Contains(out, "2") {
		t.Errorf("edited entry 2 not found: %v\n%s", err, out)
	}
}
