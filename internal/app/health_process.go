package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/isoc-project/isoc/internal/api"
)

// heapMetric is what Go's objects take, reading which stops nobody.
const heapMetric = "/memory/classes/heap/objects:bytes"

// processHealth reads what the process takes of the machine. What the system does not tell stays 0.
func processHealth() api.ProcessHealth {
	out := api.ProcessHealth{Goroutines: runtime.NumGoroutine(), CPUs: runtime.GOMAXPROCS(0), Go: runtime.Version()}
	sample := []metrics.Sample{{Name: heapMetric}}
	metrics.Read(sample)
	if sample[0].Value.Kind() == metrics.KindUint64 {
		out.HeapBytes = sample[0].Value.Uint64()
	}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			pages, _ := strconv.ParseUint(fields[1], 10, 64)
			out.ResidentBytes = pages * uint64(os.Getpagesize())
		}
	}
	if dir, err := os.Open("/proc/self/fd"); err == nil {
		names, _ := dir.Readdirnames(-1)
		_ = dir.Close()
		out.OpenFiles = max(0, len(names)-1) // without the directory itself
	}
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil {
		out.MaxFiles = limit.Cur
	}
	return out
}

// disk measures the disk under the data directory.
func (h *health) disk() api.DiskHealth {
	out := api.DiskHealth{MinFreeBytes: uint64(max(0, h.minFree))}
	var st unix.Statfs_t
	if unix.Statfs(h.data, &st) == nil {
		out.FreeBytes = st.Bavail * uint64(st.Bsize)  //nolint:unconvert // the block size is narrower on some systems
		out.TotalBytes = st.Blocks * uint64(st.Bsize) //nolint:unconvert // likewise
	}
	return out
}

// archiveVersion is the version of the archive's engine in this build.
var archiveVersion = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/VictoriaMetrics/VictoriaLogs" {
			return dep.Version
		}
	}
	return ""
})
