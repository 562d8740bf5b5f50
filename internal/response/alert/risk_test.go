package alert_test

import (
	"slices"
	"testing"

	"github.com/isoc-project/isoc/internal/response/alert"
)

func TestRiskRisesWithEveryReasonAndStaysInBounds(t *testing.T) {
	t.Parallel()
	levels := []string{"informational", "low", "medium", "high", "critical"}
	firings := []int64{0, 1, 2, 3, 4, 9, 31, 32, 1 << 40}
	for l, level := range levels {
		for f, n := range firings {
			for rules := range 6 {
				for stages := range 6 {
					risk, parts := alert.Risk(level, n, alert.Company{Rules: rules, Stages: stages})
					sum := 0
					for _, p := range parts {
						sum += p.Points
					}
					if risk != sum || risk < 0 || risk > alert.MaxRisk {
						t.Fatalf("%s %d %d %d: %d of %+v", level, n, rules, stages, risk, parts)
					}
					higher := func(level string, n int64, rules, stages int) {
						if more, _ := alert.Risk(level, n, alert.Company{Rules: rules, Stages: stages}); more < risk {
							t.Fatalf("risk falls from %d to %d at %s %d %d %d", risk, more, level, n, rules, stages)
						}
					}
					higher(levels[min(l+1, len(levels)-1)], n, rules, stages)
					higher(level, firings[min(f+1, len(firings)-1)], rules, stages)
					higher(level, n, rules+1, stages)
					higher(level, n, rules, stages+1)
				}
			}
		}
	}
}

func TestTacticsAreToldFromTechniques(t *testing.T) {
	t.Parallel()
	got := alert.Tactics([]string{"attack.t1110.001", "attack.credential_access", "Attack.Credential-Access", "attack.g0016", "attack.s0002", "cve.2021-1", "attack.", "attack.execution"})
	if want := []string{"credential-access", "execution"}; !slices.Equal(got, want) {
		t.Errorf("tactics = %v, want %v", got, want)
	}
}
