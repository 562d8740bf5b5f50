package record

import "iter"

// Batches cuts recs, in order, into slices that each fit one batch.
func Batches(recs []Record) iter.Seq[[]Record] {
	return func(yield func([]Record) bool) {
		first, bytes := 0, HeaderBytes
		for i := range recs {
			n := recs[i].EncodedBound()
			if i > first && (i-first == MaxBatchRecords || bytes+n > MaxBatchBytes) {
				if !yield(recs[first:i]) {
					return
				}
				first, bytes = i, HeaderBytes
			}
			bytes += n
		}
		if first < len(recs) {
			yield(recs[first:])
		}
	}
}
