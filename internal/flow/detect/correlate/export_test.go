package correlate

import "slices"

// Seal ends a body as a snapshot is ended, for the fuzzer to get beyond the check.
func Seal(body []byte) []byte { return seal(slices.Clone(body)) }
