package local

import (
	"strconv"
	"sync"
	"time"
)

// The engine drops rows silently where a block would hold more than 2000 columns, when it builds a
// block and when it merges two. Blocks of different streams never meet, so a stream whose names are
// bounded can never reach that number.
const (
	maxStreamNames = 900  // distinct field names in a stream
	maxStreams     = 1000 // streams of one tenant in a process's life
	// fullStreamLife is how long a stream that is full of names goes on before a new one replaces it.
	fullStreamLife = time.Hour
)

// streams gives every row its stream, which is its dataset and a generation, and bounds the names in it.
// A process starts with new generations, since it does not know the names in older streams.
type streams struct {
	generation uint64
	mu         sync.Mutex
	known      map[streamKey]*stream
	perAccount map[uint32]int
}

type streamKey struct {
	account uint32
	dataset string
}

// stream is the names seen in one stream. Its methods need the lock of streams.
type stream struct {
	name  string
	born  time.Time
	names map[string]struct{}
	last  []string // names of the row before, since most rows of a stream look alike
}

// of returns the stream for a dataset. A tenant with too many datasets shares one for the rest.
func (s *streams) of(account uint32, dataset string, now time.Time) *stream {
	if s.known == nil {
		s.known, s.perAccount = map[streamKey]*stream{}, map[uint32]int{}
	}
	key := streamKey{account, dataset}
	old, ok := s.known[key]
	if ok && (len(old.names) < maxStreamNames || now.Sub(old.born) < fullStreamLife) {
		return old
	}
	if dataset != overflowDataset && !ok && (!validDataset(dataset) || s.perAccount[account] >= maxStreams) {
		return s.of(account, overflowDataset, now)
	}
	if ok {
		s.generation++
	} else {
		s.perAccount[account]++
	}
	st := &stream{name: dataset + "/" + strconv.FormatUint(s.generation, 36), born: now, names: map[string]struct{}{}}
	s.known[key] = st
	return st
}

const overflowDataset = "other"

func validDataset(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// admits reports whether the i-th field of a row may be a column of its own.
func (st *stream) admits(i int, name string) bool {
	if i < len(st.last) && st.last[i] == name {
		return true
	}
	if _, ok := st.names[name]; !ok && !own(name) {
		if len(st.names) >= maxStreamNames {
			return false
		}
		st.names[name] = struct{}{}
	}
	if i <= len(st.last) {
		st.last = append(st.last[:i], name)
	}
	return true
}
