package syslogframe

import "bytes"

// EachToken calls fn with where each possible token stands in the structured data of an RFC 5424 record, until fn returns
// false: the values, which may be empty, of parameters called "token", and the names of elements up to their "@", where
// some senders put it ("[TOKEN@41058 tag=…]"). For any other record it calls nothing.
//
// Only the structured data is looked at, never the message: a token that somebody's log line happens to quote is nobody's
// claim. At most 64 KiB of structured data are searched. fn may overwrite what it is called with.
func EachToken(rec []byte, fn func(start, end int) bool) {
	i := structuredData(rec)
	if i < 0 {
		return
	}
	rec = rec[:min(len(rec), i+64<<10)]
	for i < len(rec) && rec[i] == '[' {
		i++
		id := i
		for i < len(rec) && rec[i] != ' ' && rec[i] != ']' {
			i++
		}
		name, _, _ := bytes.Cut(rec[id:i], []byte{'@'})
		if i == len(rec) || !fn(id, id+len(name)) {
			return
		}
		for i < len(rec) && rec[i] == ' ' {
			name := i + 1
			from, to := value(rec, name)
			if to < 0 || string(rec[name:from-2]) == "token" && !fn(from, to) {
				return
			}
			i = to + 1
		}
		if i >= len(rec) || rec[i] != ']' {
			return
		}
		i++
	}
}

// structuredData returns where the structured data starts: after "<PRI>1 " and five more words.
func structuredData(rec []byte) int {
	if len(rec) < 4 || rec[0] != '<' {
		return -1
	}
	gt := bytes.IndexByte(rec[:min(len(rec), 5)], '>')
	if gt < 2 || !bytes.HasPrefix(rec[gt+1:], []byte("1 ")) {
		return -1
	}
	i := gt + 3
	for range 5 {
		sp := bytes.IndexByte(rec[i:], ' ')
		if sp <= 0 || sp > 512 {
			return -1
		}
		i += sp + 1
	}
	return i
}

// value returns where the quoted value of the parameter at i stands, to < 0 where there is none. Inside quotes a backslash
// takes the next byte along.
func value(rec []byte, i int) (from, to int) {
	for i < len(rec) && rec[i] != '=' && rec[i] != ' ' && rec[i] != ']' && rec[i] != '"' {
		i++
	}
	if i+1 >= len(rec) || rec[i] != '=' || rec[i+1] != '"' {
		return 0, -1
	}
	for j := i + 2; j < len(rec); j++ {
		switch rec[j] {
		case '\\':
			j++
		case '"':
			return i + 2, j
		}
	}
	return 0, -1
}
