package netflow

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The files are what softflowd 1.1.0 sent of a capture of 20 conversations, each of one TCP packet either way with 100 and 500 bytes in it.
func TestSoftflowdsDatagrams(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"5", "9"} {
		files, _ := filepath.Glob("testdata/softflowd-v" + version + "-*.bin")
		if len(files) == 0 {
			t.Fatal("no files of version", version)
		}
		d, bytes, flows := NewDecoder(), map[any]float64{}, 0
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := decode(t, d, router, b)
			for _, f := range got {
				n, _ := f["source.bytes"].(float64)
				bytes[f["source.ip"]] += n
				flows++
				start, _ := f["event.start"].(string)
				if at, err := time.Parse(time.RFC3339Nano, start); err != nil || at.Year() != 2026 || f["network.transport"] != "tcp" || f["netflow.exporter.version"] != version {
					t.Fatal(f)
				}
			}
		}
		if flows != 40 || bytes["10.0.0.5"] != 20*140 || bytes["203.0.113.9"] != 20*540 {
			t.Errorf("version %s: %d flows, %v", version, flows, bytes)
		}
	}
}
