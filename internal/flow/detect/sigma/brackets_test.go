package sigma

import (
	"strings"
	"testing"
	"time"
)

func TestHostileNestingCostsNeitherTimeNorMemory(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]string{"lists": "[", "maps": "{a: "} {
		start := time.Now()
		_, refused := ParseRules("x.yml", []byte(strings.Repeat(unit, (maxFileBytes-1)/len(unit))))
		if len(refused) != 1 || !strings.Contains(refused[0].Reason, "brackets") {
			t.Errorf("%s: refused with %v", name, refused)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
}
