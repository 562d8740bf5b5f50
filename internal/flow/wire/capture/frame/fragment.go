package frame

import (
	"net/netip"
	"slices"
	"time"
)

// Bounds of fragments that wait.
const (
	maxDatagrams     = 1024
	maxPieces        = 64 // of one datagram
	maxDatagramBytes = 64 << 10
	maxFragmentBytes = 8 << 20 // of all
	fragmentPatience = 30 * time.Second
)

type fragmentKey struct {
	src, dst netip.Addr
	proto    uint8
	id       uint32
}

// fragment is a piece of a datagram.
type fragment struct {
	key     fragmentKey
	offset  int
	more    bool
	head    int
	body    []byte
	missing int
}

// datagram is what came of one so far.
type datagram struct {
	since  time.Time
	pieces []piece // by offset, none over another
	bytes  int     // held
	length int     // of the packets that the pieces were in
	total  int     // 0 until the last piece came
}

type piece struct {
	offset int
	body   []byte
}

// fragments holds datagrams that are not whole. The oldest makes room.
type fragments struct {
	by      map[fragmentKey]*datagram
	order   []fragmentKey // oldest first; some may be gone
	bytes   int
	dropped uint64
}

// fragment takes in a piece, and reads on where its datagram is whole now.
func (d *Decoder) fragment(f fragment, p *Packet) Verdict {
	body, length, ok := d.fragments.take(f, d.at)
	if !ok {
		return Part
	}
	p.Length = length
	return d.transport(body, 0, p)
}

func (x *fragments) take(f fragment, now time.Time) (body []byte, length int, whole bool) {
	x.age(now)
	if f.missing > 0 || len(f.body) == 0 || f.offset+len(f.body) > maxDatagramBytes || f.more && len(f.body)%8 != 0 {
		x.give(f.key)
		x.dropped++
		return nil, 0, false
	}
	if x.by == nil {
		x.by = map[fragmentKey]*datagram{}
	}
	for x.bytes+len(f.body) > maxFragmentBytes {
		x.oldest()
	}
	g := x.by[f.key]
	if g == nil {
		for len(x.by) >= maxDatagrams {
			x.oldest()
		}
		g = &datagram{since: now}
		x.by[f.key] = g
		x.order = append(x.order, f.key)
	}
	i, same := slices.BinarySearchFunc(g.pieces, f.offset, func(p piece, at int) int { return p.offset - at })
	if same && len(g.pieces[i].body) == len(f.body) {
		return nil, 0, false // the same again
	}
	end := f.offset + len(f.body)
	switch {
	case same,
		i > 0 && g.pieces[i-1].offset+len(g.pieces[i-1].body) > f.offset,
		i < len(g.pieces) && end > g.pieces[i].offset,
		len(g.pieces) == maxPieces,
		g.total > 0 && (end > g.total || !f.more),
		!f.more && len(g.pieces) > 0 && end < g.end(): // pieces over one another are an attack, not an accident
		x.give(f.key)
		x.dropped++
		return nil, 0, false
	}
	g.pieces = slices.Insert(g.pieces, i, piece{f.offset, slices.Clone(f.body)})
	g.bytes += len(f.body)
	g.length += f.head + len(f.body)
	x.bytes += len(f.body)
	if !f.more {
		g.total = end
	}
	if g.total == 0 || g.bytes != g.total {
		return nil, 0, false
	}
	body = make([]byte, 0, g.total)
	for _, p := range g.pieces {
		body = append(body, p.body...)
	}
	length = g.length
	x.remove(f.key)
	return body, length, true
}

func (g *datagram) end() int {
	last := g.pieces[len(g.pieces)-1]
	return last.offset + len(last.body)
}

// age gives up datagrams that waited too long.
func (x *fragments) age(now time.Time) {
	for len(x.order) > 0 {
		g := x.by[x.order[0]]
		if g != nil && now.Sub(g.since) < fragmentPatience {
			return
		}
		x.oldest()
	}
}

func (x *fragments) oldest() {
	if len(x.order) == 0 {
		return
	}
	key := x.order[0]
	x.order = x.order[1:]
	x.give(key)
}

// give drops a datagram and counts its pieces.
func (x *fragments) give(key fragmentKey) {
	if g := x.by[key]; g != nil {
		x.dropped += uint64(len(g.pieces))
		x.remove(key)
	}
}

func (x *fragments) remove(key fragmentKey) {
	if g := x.by[key]; g != nil {
		x.bytes -= g.bytes
		delete(x.by, key)
	}
	if len(x.order) > 4*maxDatagrams { // names of datagrams long gone
		x.order = slices.DeleteFunc(x.order, func(k fragmentKey) bool { return x.by[k] == nil })
	}
}
