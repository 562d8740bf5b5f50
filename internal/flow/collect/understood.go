package collect

import (
	"math"
	"time"
)

const (
	leastDays      = 3   // with so many records
	leastADay      = 100 // looked at by the parser
	leastWorse     = 50  // of the last hour, before it is compared
	worseBy        = 0.05
	worseBeyondDay = 0.02 // than the day with the second poorest share
)

// understoodDays is how much of a source's records was understood on each of the last days, by day modulo; today's is not among them
// when it is asked.
type understoodDays [habitDays + 1]struct{ day, processed, unparsed int64 }

func (u *understoodDays) add(at time.Time, processed, unparsed int64) {
	day := at.Unix() / 86400
	p := &u[day%int64(len(u))]
	if p.day != day {
		p.day, p.processed, p.unparsed = day, 0, 0
	}
	p.processed += processed
	p.unparsed += unparsed
}

// habit is the share that is usually understood and the poorest that is still usual: that of the second poorest day.
func (u *understoodDays) habit(now time.Time) (usual, poorest float64, known bool) {
	var shares []float64
	today := now.Unix() / 86400
	for _, p := range u {
		if p.day < today && p.day >= today-habitDays && p.processed >= leastADay {
			shares = append(shares, 1-float64(p.unparsed)/float64(p.processed))
		}
	}
	if len(shares) < leastDays {
		return 0, 0, false
	}
	usual = median(shares) // sorts
	return usual, shares[1], true
}

// worse reports whether the share understood of so many records is worse than a habit, and not by chance.
func worse(share float64, processed int64, usual, poorest float64) bool {
	if processed < leastWorse || usual-share < worseBy || share >= poorest-worseBeyondDay {
		return false
	}
	chance := math.Sqrt(max(usual*(1-usual), 0.001) / float64(processed))
	return (usual-share)/chance > fewSigmas
}
