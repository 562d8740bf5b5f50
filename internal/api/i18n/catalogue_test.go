package i18n_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api/i18n"
)

func catalogue(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLanguagesHaveTheSameKeysAndPlaces(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	en, zh := c.Keys(i18n.English), c.Keys(i18n.Chinese)
	slices.Sort(en)
	slices.Sort(zh)
	if diff := cmp.Diff(en, zh); diff != "" {
		t.Fatalf("keys differ (-en +zh-CN):\n%s", diff)
	}
	places := regexp.MustCompile(`\{[a-z]+\}`)
	for _, key := range en {
		a, _ := c.Text(i18n.English, key)
		b, _ := c.Text(i18n.Chinese, key)
		want, got := places.FindAllString(a, -1), places.FindAllString(b, -1)
		slices.Sort(want)
		slices.Sort(got)
		// A schema message in English may come from the validator itself and needs no places.
		if diff := cmp.Diff(want, got); diff != "" && key != "schema.date_time" {
			t.Errorf("%s: places differ (-en +zh-CN):\n%s", key, diff)
		}
		if a == "" || b == "" {
			t.Errorf("%s is empty", key)
		}
	}
}

func TestNegotiateFollowsAcceptLanguage(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for header, want := range map[string]i18n.Lang{
		"":                        i18n.English,
		"zh-CN,zh;q=0.9,en;q=0.8": i18n.Chinese,
		"zh":                      i18n.Chinese,
		"en-GB, zh;q=0.5":         i18n.English,
		"fr, de":                  i18n.English,
		"de, zh-Hans;q=0.4":       i18n.Chinese,
		"\x00;;garbage==,,q":      i18n.English,
	} {
		if got := c.Negotiate(header); got != want {
			t.Errorf("Negotiate(%q) = %s, want %s", header, got, want)
		}
	}
}

func TestSchemaMessagesAreWordedInChinese(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for in, want := range map[string]string{
		"expected required property slug to be present": "缺少必填字段 slug",
		"expected length >= 12":                         "长度不应小于 12",
		"expected number <= 200":                        "不应大于 200",
		`expected value to be one of "a, b"`:            "应为下列值之一：a, b",
		"a message nobody knows":                        "a message nobody knows",
	} {
		if got := c.Schema(i18n.Chinese, in); got != want {
			t.Errorf("Schema(%q) = %q, want %q", in, got, want)
		}
		if got := c.Schema(i18n.English, in); got != in {
			t.Errorf("English changed %q to %q", in, got)
		}
	}
}
