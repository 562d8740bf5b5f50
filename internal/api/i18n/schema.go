package i18n

import (
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2/validation"
)

// phrase recognises one of the validator's English messages and names the catalogue key that says the same.
type phrase struct {
	pattern *regexp.Regexp
	key     string
}

// Schema words a message of the schema validator in another language. Messages that the catalogue
// does not know are returned as they are: English is better than nothing.
func (c *Catalogue) Schema(lang Lang, message string) string {
	if lang == English {
		return message
	}
	for _, p := range c.phrases {
		m := p.pattern.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		pairs := make([]string, 0, 4)
		for i, arg := range m[1:] {
			pairs = append(pairs, string(rune('a'+i)), arg)
		}
		if text, ok := c.Text(lang, p.key, pairs...); ok {
			return text
		}
	}
	return message
}

// schemaPhrases lists the validator's messages that our schemas can provoke, in the order they are tried.
func schemaPhrases() []phrase {
	table := []struct{ format, key string }{
		{validation.MsgUnexpectedProperty, "schema.unexpected_property"},
		{validation.MsgExpectedRequiredProperty, "schema.required"},
		{validation.MsgExpectedRFC3339DateTime, "schema.date_time"},
		{validation.MsgExpectedBoolean, "schema.boolean"},
		{validation.MsgExpectedInteger, "schema.integer"},
		{validation.MsgExpectedNumber, "schema.number"},
		{validation.MsgExpectedString, "schema.string"},
		{validation.MsgExpectedArray, "schema.array"},
		{validation.MsgExpectedObject, "schema.object"},
		{validation.MsgExpectedArrayItemsUnique, "schema.unique"},
		{validation.MsgExpectedOneOf, "schema.one_of"},
		{validation.MsgExpectedMinimumNumber, "schema.minimum"},
		{validation.MsgExpectedMaximumNumber, "schema.maximum"},
		{validation.MsgExpectedMinLength, "schema.min_length"},
		{validation.MsgExpectedMaxLength, "schema.max_length"},
		{validation.MsgExpectedBePattern, "schema.pattern"},
		{validation.MsgExpectedMatchPattern, "schema.pattern"},
		{validation.MsgExpectedMinItems, "schema.min_items"},
		{validation.MsgExpectedMaxItems, "schema.max_items"},
		{"invalid integer", "schema.integer"},
		{"invalid boolean", "schema.boolean"},
		{"invalid date/time for format %s", "schema.date_time"},
		{"required %s parameter is missing", "schema.parameter_missing"},
		{"unknown query parameter", "schema.unknown_parameter"},
		{"request body is required", "schema.body_required"},
	}
	phrases := make([]phrase, len(table))
	for i, row := range table {
		p := regexp.QuoteMeta(row.format)
		for _, verb := range []string{"%v", "%d", "%s"} {
			p = strings.ReplaceAll(p, verb, "(.*)")
		}
		phrases[i] = phrase{pattern: regexp.MustCompile("^" + p + "$"), key: row.key}
	}
	return phrases
}
