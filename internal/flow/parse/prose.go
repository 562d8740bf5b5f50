package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// maxWords bounds the words looked at in free text.
const maxWords = 200

// prose takes from free text the few things that the word before tells for sure: an address after "from" or "client",
// a user after "user". It claims nothing: the record stays what its header makes it.
func (w *work) prose(msg string) {
	d := &w.d
	last := ""
	for n := 0; msg != "" && n < maxWords; n++ {
		var word string
		word, msg = cutWord(msg)
		bare := strings.Trim(word, `"'()[]<>,;.`)
		switch last {
		case "from", "client", "src", "source", "peer", "rhost":
			ecs.Target{Form: ecs.Endpoint, Name: "source"}.Put(d, bare)
		case "to", "dst", "destination":
			ecs.Target{Form: ecs.Endpoint, Name: "destination"}.Put(d, bare)
		case "port":
			if d.Has(event.SourceIP) {
				ecs.Target{Form: ecs.Port, Name: event.SourcePort}.Put(d, bare)
			}
		case "user", "username", "account":
			if word != bare && (word[0] == '\'' || word[0] == '"' || word[0] == '[' || word[0] == '<') {
				ecs.Target{Form: ecs.Account, Name: "user"}.Put(d, bare)
			}
		}
		last = strings.TrimRight(strings.TrimLeft(word, "[("), ":=")
		if len(last) > 12 {
			last = ""
		}
	}
}
