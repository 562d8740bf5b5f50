package input

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// Messages are walked as they lie, not unmarshalled: of two bytes an unmarshaller makes a hundred. Numbers of fields are those of
// opentelemetry/proto/logs/v1 and common/v1.

// protobuf takes an ExportLogsServiceRequest apart.
func (q *otlpRequest) protobuf(body []byte) error {
	ok := protoFields(body, func(n protowire.Number, v []byte, _ uint64) {
		if n == 1 && v != nil {
			q.protoResource(v)
		}
	})
	if !ok {
		return fmt.Errorf("%w: not a protobuf message", errBody)
	}
	return nil
}

// protoResource takes a ResourceLogs apart: first the resource, wherever it stands, then the records.
func (q *otlpRequest) protoResource(b []byte) {
	var shared []event.Field
	ok := protoFields(b, func(n protowire.Number, v []byte, _ uint64) {
		if n == 1 && v != nil {
			shared = protoAttributes(shared, v, 1)
		}
	})
	protoFields(b, func(n protowire.Number, v []byte, _ uint64) {
		if n == 2 && v != nil {
			q.protoScope(v, shared)
		}
	})
	if !ok {
		q.refuse("a part of the message is broken")
	}
}

func (q *otlpRequest) protoScope(b []byte, shared []event.Field) {
	scope := ""
	protoFields(b, func(n protowire.Number, v []byte, _ uint64) {
		if n == 1 && v != nil {
			protoFields(v, func(n protowire.Number, v []byte, _ uint64) {
				if n == 1 {
					scope = string(v[:min(len(v), 1024)])
				}
			})
		}
	})
	if scope != "" {
		shared = addOTLP(slices.Clone(shared), "otel.scope.name", scope)
		q.fields += len(shared)
	}
	ok := protoFields(b, func(n protowire.Number, v []byte, _ uint64) {
		if n == 2 && v != nil && !q.full() {
			q.protoEntry(v, shared)
		}
	})
	if !ok {
		q.refuse("a part of the message is broken")
	}
}

func (q *otlpRequest) protoEntry(b []byte, shared []event.Field) {
	if len(b) > maxOTLPEntry {
		q.refuse(fmt.Sprintf("a log record is larger than %d bytes", maxOTLPEntry))
		return
	}
	var e otlpEntry
	ok := protoFields(b, func(n protowire.Number, v []byte, number uint64) {
		switch n {
		case 1:
			e.time = number
		case 2:
			e.severity = number
		case 3:
			e.level = string(v[:min(len(v), 256)])
		case 5:
			if v != nil {
				e.body, _ = protoValue(v, 0)
			}
		case 6:
			e.attributes = protoAttribute(e.attributes, "", v, 0)
		case 9:
			e.trace = hex.EncodeToString(v[:min(len(v), 16)])
		case 10:
			e.span = hex.EncodeToString(v[:min(len(v), 8)])
		case 11:
			e.observed = number
		case 12:
			e.name = string(v[:min(len(v), 1024)])
		}
	})
	if !ok {
		q.refuse("a log record is broken")
		return
	}
	q.add(&e, shared)
}

// protoFields calls fn for each field of a message: with its bytes, else its number. It returns false where the message is broken,
// after the fields before that.
func protoFields(b []byte, fn func(n protowire.Number, bytes []byte, number uint64)) bool {
	for len(b) > 0 {
		num, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return false
		}
		b = b[n:]
		var value []byte
		var number uint64
		switch kind {
		case protowire.BytesType:
			value, n = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			number, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			number, n = protowire.ConsumeFixed64(b)
		case protowire.Fixed32Type:
			var small uint32
			small, n = protowire.ConsumeFixed32(b)
			number = uint64(small)
		default:
			if n = protowire.ConsumeFieldValue(num, kind, b); n < 0 {
				return false
			}
			b = b[n:]
			continue // a group: nothing of ours
		}
		if n < 0 {
			return false
		}
		b = b[n:]
		fn(num, value, number)
	}
	return true
}

// protoAttributes adds the attributes that stand under a number of a message.
func protoAttributes(fields []event.Field, b []byte, number protowire.Number) []event.Field {
	protoFields(b, func(n protowire.Number, v []byte, _ uint64) {
		if n == number {
			fields = protoAttribute(fields, "", v, 0)
		}
	})
	return fields
}

// protoAttribute adds a KeyValue: a map as a field for each of its members, under names with dots, a list as JSON.
func protoAttribute(fields []event.Field, prefix string, b []byte, depth int) []event.Field {
	if len(fields) > record.MaxFields || depth > maxOTLPDepth {
		return fields
	}
	key, value := protoPair(b)
	if len(key) > 256 || len(prefix)+len(key) > 256 || len(value) > maxOTLPEntry {
		return fields
	}
	name := prefix + string(key)
	if members, is := protoMembers(value); is {
		protoFields(members, func(n protowire.Number, v []byte, _ uint64) {
			if n == 1 {
				fields = protoAttribute(fields, name+".", v, depth+1)
			}
		})
		return fields
	}
	text, _ := protoValue(value, 0)
	return addOTLP(fields, name, string(text[:min(len(text), record.MaxFieldBytes+1)]))
}

func protoPair(b []byte) (key, value []byte) {
	protoFields(b, func(n protowire.Number, v []byte, _ uint64) {
		switch n {
		case 1:
			key = v
		case 2:
			value = v
		}
	})
	return key, value
}

// protoMembers returns the list of an AnyValue that is a map.
func protoMembers(value []byte) (members []byte, is bool) {
	protoFields(value, func(n protowire.Number, v []byte, _ uint64) {
		if is = n == 6 && v != nil; is {
			members = v
		}
	})
	return members, is
}

// protoValue returns an AnyValue: the text of a string, bytes as they are, the JSON of anything else. Nothing of nothing.
func protoValue(b []byte, depth int) (text []byte, plain bool) {
	protoFields(b, func(n protowire.Number, v []byte, number uint64) {
		plain = n == 1 || n == 7
		switch n {
		case 1, 7:
			text = v
		case 2:
			text = strconv.AppendBool(nil, number != 0)
		case 3:
			text = strconv.AppendInt(nil, int64(number), 10)
		case 4:
			text = appendDouble(nil, math.Float64frombits(number))
		case 5, 6:
			text = protoJSON(nil, b, depth)
		}
	})
	return text, plain
}

// protoJSON appends an AnyValue as JSON. What is nested too deep is null.
func protoJSON(dst, b []byte, depth int) []byte {
	start := len(dst)
	if depth > maxOTLPDepth {
		return append(dst, "null"...)
	}
	protoFields(b, func(n protowire.Number, v []byte, number uint64) {
		dst = dst[:start] // the last one stands
		switch n {
		case 1:
			dst = appendJSON(dst, string(v))
		case 2:
			dst = strconv.AppendBool(dst, number != 0)
		case 3:
			dst = strconv.AppendInt(dst, int64(number), 10)
		case 4:
			dst = appendDouble(dst, math.Float64frombits(number))
		case 5:
			dst = protoList(dst, v, '[', ']', func(dst, v []byte) []byte { return protoJSON(dst, v, depth+1) })
		case 6:
			dst = protoList(dst, v, '{', '}', func(dst, v []byte) []byte {
				key, value := protoPair(v)
				return protoJSON(append(appendJSON(dst, string(key)), ':'), value, depth+1)
			})
		case 7:
			dst = appendJSON(dst, base64.StdEncoding.EncodeToString(v))
		}
	})
	if len(dst) == start {
		dst = append(dst, "null"...)
	}
	return dst
}

func protoList(dst, list []byte, open, end byte, each func(dst, v []byte) []byte) []byte {
	dst = append(dst, open)
	first := true
	protoFields(list, func(n protowire.Number, v []byte, _ uint64) {
		if n != 1 {
			return
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = each(dst, v)
	})
	return append(dst, end)
}

// appendDouble appends a number, which JSON has no infinite ones of: those are texts.
func appendDouble(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return appendJSON(dst, strconv.FormatFloat(f, 'g', -1, 64))
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}
