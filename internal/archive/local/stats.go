package local

import (
	"context"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/fs"

	"github.com/isoc-project/isoc/internal/archive"
)

// Stats tells the state of the archive.
func (a *Archive) Stats(context.Context) (archive.Stats, error) {
	leave, err := a.enter()
	if err != nil {
		return archive.Stats{}, err
	}
	defer leave()
	out := archive.Stats{
		FreeBytes: fs.MustGetFreeSpace(a.opts.Dir),
		Retimed:   a.retimed.Load(), Fitted: a.fitted.Load(), Durable: a.Durable(),
	}
	out.ReadOnly = a.opts.MinFreeBytes > 0 && out.FreeBytes < uint64(a.opts.MinFreeBytes)
	var dropped uint64 // those the engine counts; the books notice them, too, and others besides
	for _, k := range a.storages() {
		var s logstorage.StorageStats
		k.storage.UpdateStats(&s)
		out.Rows += s.RowsCount() + s.PendingRows
		out.InMemoryRows += s.InmemoryRowsCount + s.PendingRows
		out.DiskBytes += s.CompressedSmallPartSize + s.CompressedBigPartSize + s.IndexdbSizeBytes
		dropped += s.RowsDroppedTooBigTimestamp + s.RowsDroppedTooSmallTimestamp
		out.Classes = append(out.Classes, k.days)
	}
	out.DroppedRows = max(dropped, a.books.missing.Load())
	return out, nil
}
