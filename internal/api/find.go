package api

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// fit says how well a name fits what was typed, more being better and 0 not at all: the name itself, its beginning, the beginning of a
// word of it, a part of it. Chinese is found by its characters and by the first letters of their reading.
func fit(typed, name string) int {
	typed, name = strings.ToLower(strings.TrimSpace(typed)), strings.ToLower(name)
	return max(2*plainFit(typed, name), 2*plainFit(typed, initialsOf(name))-1)
}

func plainFit(typed, name string) int {
	switch at := strings.Index(name, typed); {
	case at < 0:
		return 0
	case name == typed:
		return 4
	case at == 0:
		return 3
	case strings.ContainsFunc(name[:at], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }):
		return 2
	}
	return 1
}

// The first character of each letter in the order of readings; I, U and V begin none.
var (
	initialFirsts = []rune("阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥仨它穵夕丫帀")
	initialLetter = "abcdefghjklmnopqrstwxyz"
	initialsKnown sync.Map // rune → rune
	initialOrder  = sync.Pool{New: func() any { return collate.New(language.MustParse("zh-Hans")) }}
)

// initialsOf is a text with each Chinese character as the first letter of its reading.
func initialsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x4e00 || r > 0x9fff {
			return r
		}
		if letter, ok := initialsKnown.Load(r); ok {
			return letter.(rune)
		}
		order := initialOrder.Get().(*collate.Collator)
		defer initialOrder.Put(order)
		at, exact := slices.BinarySearchFunc(initialFirsts, r, func(first, r rune) int { return order.CompareString(string(first), string(r)) })
		if !exact {
			at--
		}
		letter := r
		if at >= 0 {
			letter = rune(initialLetter[at])
		}
		initialsKnown.Store(r, letter)
		return letter
	}, text)
}
