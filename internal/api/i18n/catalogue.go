package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
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

//go:embed en.json zh-CN.json
var files embed.FS

// Catalogue holds every message in every language. It is immutable and safe for concurrent use.
type Catalogue struct {
	messages map[Lang]map[string]string
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
		raw, err := files.ReadFile(string(lang) + ".json")
		if err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", lang, err)
		}
		m := make(map[string]string)
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", lang, err)
		}
		c.messages[lang] = m
	}
	return c, nil
}

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
func (c *Catalogue) Keys(lang Lang) []string {
	keys := make([]string, 0, len(c.messages[lang]))
	for k := range c.messages[lang] {
		keys = append(keys, k)
	}
	return keys
}
