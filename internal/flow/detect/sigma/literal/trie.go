package literal

import (
	"bytes"
	"slices"
)

// trie is a radix tree over the beginnings of values, or over their ends read backwards.
type trie struct {
	first [256]int32 // node by first byte; 0 is none
	nodes []trieNode // the one at 0 is not used
}

type trieNode struct {
	label  string
	id     int32  // -1 where no literal ends
	firsts []byte // of the kids' labels
	kids   []int32
}

// insert adds a literal, reversed if the trie is read backwards, and returns the trie, which it makes where there is none.
func (t *trie) insert(text string, id int32) *trie {
	if t == nil {
		t = &trie{nodes: make([]trieNode, 1)}
	}
	at := t.first[text[0]]
	if at == 0 {
		t.first[text[0]] = t.add(text, id)
		return t
	}
	for {
		n := commonPrefix(text, t.nodes[at].label)
		if n < len(t.nodes[at].label) {
			t.split(at, n)
		}
		text = text[n:]
		if text == "" {
			t.nodes[at].id = id
			return t
		}
		next := t.kid(at, text[0])
		if next == 0 {
			leaf := t.add(text, id)
			n := &t.nodes[at]
			n.firsts, n.kids = append(n.firsts, text[0]), append(n.kids, leaf)
			return t
		}
		at = next
	}
}

func (t *trie) add(label string, id int32) int32 {
	t.nodes = append(t.nodes, trieNode{label: label, id: id})
	return int32(len(t.nodes) - 1)
}

// split cuts the node's label after n bytes; what follows becomes its only kid.
func (t *trie) split(at int32, n int) {
	old := t.nodes[at]
	tail := t.add(old.label[n:], old.id)
	t.nodes[tail].firsts, t.nodes[tail].kids = old.firsts, old.kids
	t.nodes[at] = trieNode{label: old.label[:n], id: -1, firsts: []byte{old.label[n]}, kids: []int32{tail}}
}

func (t *trie) kid(at int32, b byte) int32 {
	n := &t.nodes[at]
	if i := bytes.IndexByte(n.firsts, b); i >= 0 {
		return n.kids[i]
	}
	return 0
}

func (t *trie) find(s string, found []int32) []int32 {
	if s == "" {
		return found
	}
	for at := t.first[asciiFold[s[0]]]; at != 0; {
		n := &t.nodes[at]
		if !equalFold(s, 0, n.label) {
			return found
		}
		if n.id >= 0 {
			found = append(found, n.id)
		}
		if s = s[len(n.label):]; s == "" {
			return found
		}
		at = t.kid(at, asciiFold[s[0]])
	}
	return found
}

// findBackwards reads s from its end; the literals were inserted reversed.
func (t *trie) findBackwards(s string, found []int32) []int32 {
	if s == "" {
		return found
	}
	for at := t.first[asciiFold[s[len(s)-1]]]; at != 0; {
		n := &t.nodes[at]
		if !endsReversed(s, n.label) {
			return found
		}
		if n.id >= 0 {
			found = append(found, n.id)
		}
		if s = s[:len(s)-len(n.label)]; s == "" {
			return found
		}
		at = t.kid(at, asciiFold[s[len(s)-1]])
	}
	return found
}

func endsReversed(s, label string) bool {
	if len(s) < len(label) {
		return false
	}
	for i := range len(label) {
		if asciiFold[s[len(s)-1-i]] != label[i] {
			return false
		}
	}
	return true
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
