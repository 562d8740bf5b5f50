package input

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// json takes an ExportLogsServiceRequest in JSON apart: names in camel case, numbers of 64 bits as texts, ids in hex.
func (q *otlpRequest) json(body []byte) error {
	value, rest, ok := nextValue(body)
	if !ok || !isObject(value) || len(skipBlank(rest)) > 0 || !validJSON(body) {
		return fmt.Errorf("%w: not a JSON object", errBody)
	}
	elements(value, "resourceLogs", q.jsonResource)
	return nil
}

// elements calls fn for each object in the array that a member of an object is.
func elements(object []byte, name string, fn func([]byte)) {
	members(object, func(n string, v []byte) {
		if n == name && len(v) > 1 && v[0] == '[' {
			eachValue(v[1:len(v)-1], func(v []byte) {
				if isObject(v) {
					fn(v)
				}
			})
		}
	})
}

// within calls fn for the object that a member of an object is.
func within(object []byte, name string, fn func([]byte)) {
	members(object, func(n string, v []byte) {
		if n == name && isObject(v) {
			fn(v)
		}
	})
}

func (q *otlpRequest) jsonResource(v []byte) {
	var shared []event.Field
	within(v, "resource", func(v []byte) {
		elements(v, "attributes", func(v []byte) { shared = jsonAttribute(shared, "", v, 0) })
	})
	elements(v, "scopeLogs", func(v []byte) {
		of := shared
		within(v, "scope", func(v []byte) {
			members(v, func(n string, v []byte) {
				if n == "name" && len(v) <= 1024 {
					of = addOTLP(slices.Clone(shared), "otel.scope.name", text(v))
					q.fields += len(of)
				}
			})
		})
		elements(v, "logRecords", func(v []byte) {
			if !q.full() {
				q.jsonEntry(v, of)
			}
		})
	})
}

func (q *otlpRequest) jsonEntry(v []byte, shared []event.Field) {
	if len(v) > maxOTLPEntry {
		q.refuse(fmt.Sprintf("a log record is larger than %d bytes", maxOTLPEntry))
		return
	}
	var e otlpEntry
	number := func(v []byte) uint64 {
		n, _ := strconv.ParseUint(text(v), 10, 64) // what is none counts as absent
		return n
	}
	members(v, func(name string, v []byte) {
		switch name {
		case "timeUnixNano":
			e.time = number(v)
		case "observedTimeUnixNano":
			e.observed = number(v)
		case "severityNumber":
			e.severity = number(v)
		case "severityText":
			e.level = short(v)
		case "eventName":
			e.name = short(v)
		case "traceId":
			e.trace = strings.ToLower(short(v))
		case "spanId":
			e.span = strings.ToLower(short(v))
		case "body":
			if isObject(v) {
				e.body = jsonValue(v, 0)
			}
		case "attributes":
			if len(v) > 1 && v[0] == '[' {
				eachValue(v[1:len(v)-1], func(v []byte) {
					if isObject(v) {
						e.attributes = jsonAttribute(e.attributes, "", v, 0)
					}
				})
			}
		}
	})
	q.add(&e, shared)
}

// short is a text that has no business to be long.
func short(v []byte) string {
	if len(v) < 2 || v[0] != '"' || len(v) > 1024 {
		return ""
	}
	return text(v)
}

// jsonAttribute adds a key with its value, as protoAttribute does.
func jsonAttribute(fields []event.Field, prefix string, pair []byte, depth int) []event.Field {
	if len(fields) > record.MaxFields || depth > maxOTLPDepth || len(pair) > maxOTLPEntry {
		return fields
	}
	name, value := jsonPair(pair)
	if len(prefix)+len(name) > 256 {
		return fields
	}
	name = prefix + name
	isMap := false
	within(value, "kvlistValue", func(v []byte) {
		isMap = true
		elements(v, "values", func(v []byte) { fields = jsonAttribute(fields, name+".", v, depth+1) })
	})
	if isMap {
		return fields
	}
	said := jsonValue(value, 0)
	return addOTLP(fields, name, string(said[:min(len(said), record.MaxFieldBytes+1)]))
}

// jsonPair returns key and value of a KeyValue; a value that is missing is an empty one.
func jsonPair(pair []byte) (key string, value []byte) {
	value = []byte("{}")
	members(pair, func(n string, v []byte) {
		switch {
		case n == "key" && v[0] == '"':
			key = text(v)
		case n == "value" && isObject(v):
			value = v
		}
	})
	return key, value
}

// jsonValue returns an AnyValue: the text of a string, bytes as they are, the JSON of anything else.
func jsonValue(v []byte, depth int) (out []byte) {
	members(v, func(n string, v []byte) {
		switch n {
		case "stringValue":
			out = []byte(text(v))
		case "bytesValue":
			out, _ = base64.StdEncoding.DecodeString(text(v)) // of none, nothing
		case "boolValue", "intValue", "doubleValue":
			out = []byte(text(v))
		}
	})
	if out == nil {
		if list := appendAny(nil, v, depth); len(list) > 0 && (list[0] == '[' || list[0] == '{') {
			out = list
		}
	}
	return out
}

// appendAny appends an AnyValue as plain JSON. What is nested too deep is null.
func appendAny(dst, any []byte, depth int) []byte {
	start := len(dst)
	if depth > maxOTLPDepth {
		return append(dst, "null"...)
	}
	members(any, func(n string, v []byte) {
		dst = dst[:start]
		switch n {
		case "stringValue", "bytesValue":
			dst = appendJSON(dst, text(v))
		case "boolValue", "intValue", "doubleValue":
			dst = append(dst, literal(v)...)
		case "arrayValue", "kvlistValue":
			if !isObject(v) {
				return
			}
			open, end := byte('['), byte(']')
			if n == "kvlistValue" {
				open, end = '{', '}'
			}
			dst = append(dst, open)
			first := true
			elements(v, "values", func(v []byte) {
				if !first {
					dst = append(dst, ',')
				}
				first = false
				if open == '{' {
					key, value := jsonPair(v)
					dst, v = append(appendJSON(dst, key), ':'), value
				}
				dst = appendAny(dst, v, depth+1)
			})
			dst = append(dst, end)
		}
	})
	if len(dst) == start {
		dst = append(dst, "null"...)
	}
	return dst
}

// literal is a number or truth value as it stands, also where it stands as text; any other text stays one.
func literal(v []byte) []byte {
	if s := text(v); v[0] != '"' || s != "" && strings.Trim(s, "0123456789-") == "" && validJSON([]byte(s)) {
		return []byte(s)
	}
	return v
}
