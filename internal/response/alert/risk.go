package alert

import (
	"math/bits"
	"regexp"
	"slices"
	"strings"
)

// MaxRisk is the highest risk an alert can have.
const MaxRisk = 100

// RiskPart is one reason for an alert's risk. Code is stable and meant for screens to word; N is the number the code speaks of.
type RiskPart struct {
	Code   string `json:"code"`
	Points int    `json:"points"`
	N      int    `json:"n,omitempty"`
}

// Company is what else stands on the host, the source address and the users of an alert within [CompanyWindow].
type Company struct {
	Rules  int // other rules with an open alert there
	Stages int // distinct ATT&CK tactics there, the alert's own included
}

// Risk adds up how urgent an alert is; docs/states/alert.md explains the table. No part falls when a figure rises, and the
// parts reach MaxRisk together at most.
func Risk(level string, firings int64, c Company) (int, []RiskPart) {
	parts := []RiskPart{{Code: "level." + level, Points: levelPoints(level)}}
	if p := min(10, 2*(bits.Len64(uint64(max(firings, 1)))-1)); p > 0 {
		parts = append(parts, RiskPart{Code: "firings", Points: p})
	}
	if p := stepped(c.Rules, 4, 7, 10); p > 0 {
		parts = append(parts, RiskPart{Code: "rules", Points: p, N: c.Rules})
	}
	if p := stepped(c.Stages-1, 5, 10); p > 0 {
		parts = append(parts, RiskPart{Code: "stages", Points: p, N: c.Stages})
	}
	sum := 0
	for _, p := range parts {
		sum += p.Points
	}
	return sum, parts
}

func levelPoints(level string) int {
	switch level {
	case "critical":
		return 70
	case "high":
		return 50
	case "medium":
		return 30
	case "low":
		return 15
	}
	return 5
}

// stepped is the n-th of the steps, the last for any higher n, and 0 for none.
func stepped(n int, steps ...int) int {
	if n <= 0 {
		return 0
	}
	return steps[min(n, len(steps))-1]
}

// Tactics returns the ATT&CK tactics among Sigma tags ("attack.initial-access"), each once; techniques, groups and software
// ("attack.t1110", "attack.g0016", "attack.s0002") are none.
func Tactics(tags []string) []string {
	var found []string
	for _, tag := range tags {
		name, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
		if !ok || len(name) < 2 || name[1] >= '0' && name[1] <= '9' {
			continue
		}
		if name = strings.ReplaceAll(name, "_", "-"); !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found
}

var technique = regexp.MustCompile(`^t\d{4}(\.\d{3})?$`)

// Techniques returns the ATT&CK techniques among Sigma tags ("attack.t1110.001"), each once, as "t1110.001".
func Techniques(tags []string) []string {
	var found []string
	for _, tag := range tags {
		name, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
		if ok && technique.MatchString(name) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found
}

// assess sets the alert's risk from its level, firings and company.
func (a *Alert) assess(c Company) {
	a.Risk, a.RiskParts = Risk(a.Rule.Level, a.Count, c)
}
