package app

import (
	"slices"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/api"
)

func TestHistoryCountsGrowthAndKeepsTheWorstOfEachMinute(t *testing.T) {
	t.Parallel()
	var h history
	start := time.Date(2026, 3, 4, 12, 0, 20, 0, time.UTC)
	put := func(after time.Duration, received uint64, lag float64) {
		h.keep(start.Add(after), api.Health{Ingest: api.IngestHealth{Received: received, Parsed: received / 2}, Queue: api.QueueHealth{LagSeconds: lag}})
	}
	put(0, 10, 1)
	put(20*time.Second, 30, 7)
	put(30*time.Second, 30, 2)
	put(3*time.Minute, 100, 0)
	list := h.list(start, start.Add(3*time.Minute))
	var received []uint64
	for _, m := range list {
		received = append(received, m.Received)
	}
	if !slices.Equal(received, []uint64{30, 0, 0, 70}) || list[0].LagSeconds != 7 || list[3].Parsed != 35 {
		t.Errorf("history = %+v", list)
	}
	if !list[0].At.Equal(start.Truncate(time.Minute)) {
		t.Errorf("it begins at %v", list[0].At)
	}
	put(65*time.Minute, 101, 0)
	list = h.list(start, start.Add(65*time.Minute))
	if len(list) != historyMinutes || list[historyMinutes-1].Received != 1 || list[0].Received != 0 {
		t.Errorf("after an hour %d minutes, the last %+v", len(list), list[len(list)-1])
	}
}

func TestComponentsWarnBeforeTheyRefuse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		got  api.Component
		code string
	}{
		"much room":   {checkDisk(api.DiskHealth{FreeBytes: 200, MinFreeBytes: 100}), ""},
		"little room": {checkDisk(api.DiskHealth{FreeBytes: 199, MinFreeBytes: 100}), "disk.low"},
		"no bound":    {checkDisk(api.DiskHealth{FreeBytes: 1}), ""},
		"few files":   {checkProcess(api.ProcessHealth{OpenFiles: 80, MaxFiles: 100}), ""},
		"many files":  {checkProcess(api.ProcessHealth{OpenFiles: 81, MaxFiles: 100}), "process.files"},
		"not told":    {checkProcess(api.ProcessHealth{OpenFiles: 81}), ""},
	} {
		if c.got.Code != c.code || (c.got.Status == "ok") != (c.code == "") {
			t.Errorf("%s: %+v", name, c.got)
		}
	}
	is := processHealth()
	if is.Goroutines < 1 || is.HeapBytes == 0 || is.ResidentBytes == 0 || is.OpenFiles < 3 || is.MaxFiles < uint64(is.OpenFiles) {
		t.Errorf("this process = %+v", is)
	}
}
