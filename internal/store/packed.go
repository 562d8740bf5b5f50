package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// SQLite hands each column of each row over in a call of its own, which costs more than finding the row. So it is asked to join the columns of
// many rows to one text, with characters between that no value has: rule ids, usernames and folded values are free of them.
const (
	unitSeparator   = "\x1f"
	recordSeparator = "\x1e"
	packedRows      = 50_000 // that are joined at a time, so that memory stays bounded
)

// packed calls fn with the columns of every row that a select finds, as text; rest is the statement from FROM on, without order or limit. The
// texts stand until fn returns.
func (t *txn) packed(ctx context.Context, columns []string, rest string, args []any, fn func(row []string)) error {
	if t.store.engine == enginePostgres {
		return t.unpacked(ctx, columns, rest, args, fn)
	}
	row := make([]string, len(columns))
	for offset := 0; ; offset += packedRows {
		text := fmt.Sprintf("SELECT COUNT(*), STRING_AGG(packed, '%s') FROM (SELECT CONCAT_WS('%s', %s) AS packed%s LIMIT %d OFFSET %d)",
			recordSeparator, unitSeparator, strings.Join(columns, ", "), rest, packedRows, offset)
		var n int
		var joined sql.NullString
		if err := t.sql.QueryRowContext(ctx, text, args...).Scan(&n, &joined); err != nil {
			return translate(err)
		}
		if n == 0 {
			return nil
		}
		for record := range strings.SplitSeq(joined.String, recordSeparator) {
			if strings.Count(record, unitSeparator) != len(columns)-1 {
				return fmt.Errorf("a row of %d columns reads as %q", len(columns), record)
			}
			for i := range columns[1:] {
				row[i], record, _ = strings.Cut(record, unitSeparator)
			}
			row[len(row)-1] = record
			fn(row)
		}
		if n < packedRows {
			return nil
		}
	}
}

// unpacked is packed for an engine that gives rows cheaply.
func (t *txn) unpacked(ctx context.Context, columns []string, rest string, args []any, fn func(row []string)) error {
	row := make([]string, len(columns))
	into := make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	return t.each(ctx, "SELECT "+strings.Join(columns, ", ")+rest, args, func(scan func(...any) error) error {
		err := scan(into...)
		fn(row)
		return err
	})
}
