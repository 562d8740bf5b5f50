// Package audit keeps an append-only, hash-chained record of who did what to whose data.
package audit
