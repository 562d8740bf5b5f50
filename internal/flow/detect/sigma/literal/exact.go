package literal

// exactTable finds the literals that a value equals: by length first, then by a hash of the folded bytes.
type exactTable struct {
	lengths uint64 // modulo 64
	slots   []exactSlot
	mask    uint32
}

type exactSlot struct {
	text string // empty where the slot is
	hash uint32
	id   int32
}

func newExactTable(entries []Entry) *exactTable {
	size := 4
	for size < 2*len(entries) {
		size *= 2
	}
	t := &exactTable{slots: make([]exactSlot, size), mask: uint32(size - 1)}
	for _, e := range entries {
		t.lengths |= 1 << (len(e.Text) & 63)
		h := foldHash(e.Text)
		i := h & t.mask
		for t.slots[i].text != "" {
			i = (i + 1) & t.mask
		}
		t.slots[i] = exactSlot{text: e.Text, hash: h, id: e.ID}
	}
	return t
}

func (t *exactTable) find(s string, found []int32) []int32 {
	if t.lengths>>(len(s)&63)&1 == 0 {
		return found
	}
	h := foldHash(s)
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		e := &t.slots[i]
		if e.text == "" {
			return found
		}
		if e.hash == h && len(e.text) == len(s) && equalFold(s, 0, e.text) {
			return append(found, e.id)
		}
	}
}

// caseBits are those by which small letters differ from capitals. To set them is less than folding: it makes some other
// characters one, which comparing afterwards tells apart.
const (
	caseBits   = 0x20202020
	caseBits64 = caseBits | caseBits<<32
)

// foldHash is the same for an ASCII text and its fold.
func foldHash(s string) uint32 {
	const k = 0x9E3779B97F4A7C15
	h := uint64(len(s)) * k
	i := 0
	for ; i+8 <= len(s); i += 8 {
		h = (h ^ (word64(s, i) | caseBits64)) * k
		h ^= h >> 29
	}
	var tail uint64
	for ; i < len(s); i++ {
		tail = tail<<8 | uint64(s[i]|0x20)
	}
	h = (h ^ tail) * k
	return uint32(h >> 32)
}
