package coverage

import "github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"

// kinds are the kinds of sources that say which Sigma log source their records will be; of the others nothing can be known before they come.
var kinds = map[string]func(logsource.Source) bool{
	"linux":    product("linux"),
	"windows":  product("windows"),
	"macos":    product("macos"),
	"firewall": alike(logsource.Profile{Categories: []string{"firewall"}}),
	"proxy":    alike(logsource.Profile{Categories: []string{"proxy"}}),
	"dns":      alike(logsource.Profile{Categories: []string{"dns"}}),
	"database": alike(logsource.Profile{Categories: []string{"database"}}),
	"web":      alike(logsource.Profile{Categories: []string{"webserver"}}),
	"nginx":    alike(logsource.Profile{Categories: []string{"webserver"}, Services: []string{"nginx"}}),
	"apache":   alike(logsource.Profile{Categories: []string{"webserver"}, Services: []string{"apache"}}),
	"iis":      alike(logsource.Profile{Categories: []string{"webserver"}, Services: []string{"iis"}}),
}

func product(name string) func(logsource.Source) bool {
	return func(s logsource.Source) bool { return s.Product == name }
}

func alike(p logsource.Profile) func(logsource.Source) bool { return p.Accepts }
