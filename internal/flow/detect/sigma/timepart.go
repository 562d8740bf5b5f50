package sigma

import "time"

// timePart is the part of a time that a modifier takes out of a field.
type timePart uint8

const (
	wholeValue timePart = iota // no part: the value itself
	partMinute
	partHour
	partDay
	partWeek // ISO 8601
	partMonth
	partYear
)

// timeLayouts are tried in turn. A part is taken as the value states it; zones are not converted.
var timeLayouts = [...]string{ // constant; Go has no constant arrays
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02T15:04:05.999999999-0700",
	"2006-01-02 15:04",
	"2006-01-02T15:04",
	"2006-01-02",
	"2006/01/02 15:04:05",
	"02/Jan/2006:15:04:05 -0700",
	time.RFC1123,
	time.RFC1123Z,
	time.ANSIC,
	time.UnixDate,
}

// of takes the part out of a value; ok is false where the value is no date.
func (p timePart) of(value string) (number, bool) {
	if p == wholeValue {
		return parseNumber(value)
	}
	if len(value) < len("2006-01-02") || len(value) > 64 {
		return number{}, false
	}
	for _, layout := range timeLayouts {
		t, err := time.Parse(layout, value)
		if err != nil {
			continue
		}
		n := int64(p.take(t))
		return number{whole: n, float: float64(n), isWhole: true}, true
	}
	return number{}, false
}

func (p timePart) take(t time.Time) int {
	switch p {
	case partMinute:
		return t.Minute()
	case partHour:
		return t.Hour()
	case partDay:
		return t.Day()
	case partWeek:
		_, week := t.ISOWeek()
		return week
	case partMonth:
		return int(t.Month())
	default:
		return t.Year()
	}
}
