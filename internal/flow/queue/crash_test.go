package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/flow/queue"
)

// envChild holds the queue's folder in a process that TestKilledProcessLosesNothingItAcknowledged starts and kills.
const envChild = "ISOC_TEST_QUEUE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(envChild); dir != "" {
		publishForEver(dir, os.Getenv(envChild+"_ROUND"))
	}
	os.Exit(m.Run())
}

// publishForEver publishes from several goroutines, commits now and then, and prints each record once it is acknowledged.
func publishForEver(dir, round string) {
	q, err := queue.Open(context.Background(), queue.Options{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	out := bufio.NewWriter(os.Stdout)
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				recs := records(fmt.Sprintf("%s:%d:%d", round, g, i), 1+i%40)
				if err := q.Publish(context.Background(), recs); err != nil {
					continue
				}
				mu.Lock()
				for _, text := range texts(recs) {
					fmt.Fprintln(out, text)
				}
				_ = out.Flush()
				mu.Unlock()
			}
		}()
	}
	select {}
}

func TestKilledProcessLosesNothingItAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var acked []string
	const rounds = 5
	for round := range rounds {
		acked = append(acked, killedRound(t, dir, round)...)
	}
	q := open(t, queue.Options{Dir: dir})
	seen := map[string]int{}
	last := q.LastSeq()
	for seq := uint64(0); seq < last; {
		b, err := q.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if b.Seq != seq+1 {
			t.Fatalf("sequence %d after %d", b.Seq, seq)
		}
		if seq = b.Seq; b.Records == nil {
			t.Fatalf("batch %d does not decode", seq)
		}
		for _, text := range texts(b.Records) {
			seen[text]++
		}
	}
	lost, doubled := 0, 0
	for _, text := range acked {
		if seen[text] == 0 {
			lost++
		}
	}
	for _, n := range seen {
		if n > 1 {
			doubled++
		}
	}
	t.Logf("%d kills, %d records acknowledged, %d found, %d lost, %d doubled", rounds, len(acked), len(seen), lost, doubled)
	if lost > 0 || doubled > 0 || len(acked) == 0 {
		t.Fail()
	}
}

// killedRound runs a publishing process, kills it with SIGKILL in the midst of it, and returns what it had acknowledged.
func killedRound(t *testing.T, dir string, round int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"="+dir, fmt.Sprintf("%s_ROUND=%d", envChild, round))
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var acked []string
	lines := bufio.NewScanner(pipe)
	enough := 500 + 700*round
	killed := false
	deadline := time.AfterFunc(60*time.Second, func() { _ = cmd.Process.Kill() })
	defer deadline.Stop()
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		acked = append(acked, lines.Text())
		if len(acked) >= enough && !killed {
			killed = true
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // it was killed
	if !killed {
		t.Fatalf("round %d: only %d records acknowledged", round, len(acked))
	}
	return acked[:len(acked)-1] // the last line may be cut
}
