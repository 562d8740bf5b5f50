package packfile

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

var (
	versionPattern = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(?:-([0-9A-Za-z.-]{1,64}))?(?:\+[0-9A-Za-z.-]{1,64})?$`)
	datePattern    = regexp.MustCompile(`^r20[0-9]{2}-[0-9]{2}-[0-9]{2}$`)
)

// IsVersion reports whether a text is a semantic version.
func IsVersion(text string) bool { return versionPattern.MatchString(text) }

// Compare orders two releases: semantic versions as semver.org says, SigmaHQ's by date. ok is false where they are of different sorts
// or none.
func Compare(a, b string) (order int, ok bool) {
	if datePattern.MatchString(a) && datePattern.MatchString(b) {
		return cmp.Compare(a, b), true
	}
	x, y := versionPattern.FindStringSubmatch(a), versionPattern.FindStringSubmatch(b)
	if x == nil || y == nil {
		return 0, false
	}
	for i := 1; i <= 3; i++ {
		if c := compareNumbers(x[i], y[i]); c != 0 {
			return c, true
		}
	}
	switch {
	case x[4] == y[4]:
		return 0, true
	case x[4] == "":
		return 1, true
	case y[4] == "":
		return -1, true
	}
	return comparePre(strings.Split(x[4], "."), strings.Split(y[4], ".")), true
}

// compareNumbers orders digits without leading zeros, however many.
func compareNumbers(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

func comparePre(a, b []string) int {
	for i := range min(len(a), len(b)) {
		_, errA := strconv.ParseUint(a[i], 10, 64)
		_, errB := strconv.ParseUint(b[i], 10, 64)
		c := 0
		switch {
		case errA == nil && errB == nil:
			c = compareNumbers(a[i], b[i])
		case errA == nil:
			c = -1
		case errB == nil:
			c = 1
		default:
			c = cmp.Compare(a[i], b[i])
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}
