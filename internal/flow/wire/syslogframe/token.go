package syslogframe

import "bytes"

// Token finds the value of the first structured-data parameter called "token" in an RFC 5424 record and returns where it
// stands; the value may be empty. Not ok means that rec is not RFC 5424 or has no such parameter.
//
// Only the structured data is looked at, never the message: a token that somebody's log line happens to quote is nobody's
// claim. At most 64 KiB of structured data are searched.
func Token(rec []byte) (start, end int, ok bool) {
	i := structuredData(rec)
	if i < 0 {
		return 0, 0, false
	}
	rec = rec[:min(len(rec), i+64<<10)]
	for i < len(rec) && rec[i] == '[' {
		i++
		for i < len(rec) && rec[i] != ' ' && rec[i] != ']' { // SD-ID
			i++
		}
		for i < len(rec) && rec[i] == ' ' {
			name := i + 1
			from, to := value(rec, name)
			if to < 0 {
				return 0, 0, false
			}
			if string(rec[name:from-2]) == "token" {
				return from, to, true
			}
			i = to + 1
		}
		if i >= len(rec) || rec[i] != ']' {
			return 0, 0, false
		}
		i++
	}
	return 0, 0, false
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
