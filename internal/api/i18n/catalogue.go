package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Lang is a language the catalogue speaks, as a BCP 47 tag.
type Lang string

// The languages. English is the fallback.
const (
	English Lang = "en"
	Chinese Lang = "zh-CN"
)

//go:embed en.json zh-CN.json reasons.zh-CN.json query.zh-CN.json
var files embed.FS

// Catalogue holds every message in every language. It is immutable and safe for concurrent use.
type Catalogue struct {
	messages map[Lang]map[string]string
	reasons  map[string]string // Chinese, by code
	query    map[string]string // Chinese, by English format
	matcher  language.Matcher
	phrases  []phrase
}

// New reads the embedded catalogue.
func New() (*Catalogue, error) {
	c := &Catalogue{
		messages: make(map[Lang]map[string]string),
		matcher:  language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese}),
		phrases:  schemaPhrases(),
	}
	for _, lang := range []Lang{English, Chinese} {
		m, err := read(string(lang) + ".json")
		if err != nil {
			return nil, err
		}
		c.messages[lang] = m
	}
	var err error
	if c.reasons, err = read("reasons.zh-CN.json"); err != nil {
		return nil, err
	}
	c.query, err = read("query.zh-CN.json")
	return c, err
}

func read(name string) (map[string]string, error) {
	raw, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read catalogue %s: %w", name, err)
	}
	m := make(map[string]string)
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("read catalogue %s: %w", name, err)
	}
	return m, nil
}

// Reason words why a field was refused. English is what the domain says itself, and what is said where the
// catalogue does not know the code.
func (c *Catalogue) Reason(lang Lang, code, english string) string {
	if text, ok := c.reasons[code]; ok && lang == Chinese {
		return text
	}
	return english
}

// Codes returns every code whose reason the catalogue words.
func (c *Catalogue) Codes() []string { return slices.Collect(maps.Keys(c.reasons)) }

// Negotiate picks the language for an Accept-Language header; anything unknown gets English.
func (c *Catalogue) Negotiate(acceptLanguage string) Lang {
	if acceptLanguage == "" {
		return English
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return English
	}
	if _, i, conf := c.matcher.Match(tags...); i == 1 && conf != language.No {
		return Chinese
	}
	return English
}

// Text returns the message under key with its {name} places filled from pairs (name, value, …).
// ok is false where the language has no such message.
func (c *Catalogue) Text(lang Lang, key string, pairs ...string) (text string, ok bool) {
	text, ok = c.messages[lang][key]
	if !ok {
		return "", false
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text, true
}

// Keys returns every key that a language has.
func (c *Catalogue) Keys(lang Lang) []string { return slices.Collect(maps.Keys(c.messages[lang])) }
