package store

import (
	"strconv"
	"strings"
)

// where collects the conditions of a list whose filters vary. Conditions are fixed text with one ? for each value;
// values are always bound, never written into the text.
type where struct {
	conditions []string // with ? for each value
	args       []any
	after      int // values bound outside the conditions; these come last
}

// rows returns conditions that begin with the customers whose rows the transaction may touch: every dynamic list on a
// tenant table starts here, so that it binds tenant_id wherever it does not run behind AllTenants.
func (t *txn) rows() *where {
	w := &where{}
	switch {
	case t.at.all:
	case len(t.at.tenants) == 0:
		w.and("1 = 0")
	default:
		in(w, "tenant_id", t.at.tenants)
	}
	return w
}

// and adds a condition with one ? for each value.
func (w *where) and(condition string, values ...any) *where {
	if w.after > 0 {
		panic("store: a condition after a value outside the conditions")
	}
	w.conditions = append(w.conditions, "("+condition+")")
	w.args = append(w.args, values...)
	return w
}

// in adds that a column holds one of the values; without values it adds nothing.
func in[T ~string](w *where, column string, values []T) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	w.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// within adds the conditions of a select inside this one: begin, " WHERE " and they, end.
func (w *where) within(inner *where, begin, end string) {
	w.and(begin+inner.text()+end, inner.args...)
}

// either adds that one of the conditions holds, whose values are args.
func (w *where) either(conditions []string, args []any) {
	w.and(strings.Join(conditions, " OR "), args...)
}

// bind adds a value that stands outside the conditions, such as LIMIT, and returns its placeholder. No condition may follow.
func (w *where) bind(value any) string {
	w.args = append(w.args, value)
	w.after++
	return "$" + strconv.Itoa(len(w.args))
}

// text is " WHERE …" with ? for each value, or nothing where there is no condition.
func (w *where) text() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// String returns " WHERE …" with the values' numbers, or nothing where there is no condition.
func (w *where) String() string {
	var b strings.Builder
	for i, part := range strings.Split(w.text(), "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

// like returns the pattern that finds text anywhere, for LIKE … ESCAPE '\'. Lower-case both sides: SQLite folds ASCII
// in LIKE and PostgreSQL folds nothing.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
}
