package demo

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// dice are the chances of one producer in one minute: the same for the same seed, whatever else was asked before.
type dice struct{ *rand.Rand }

func cast(seed uint64, what string, minute int) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(what)) // never fails
	return dice{rand.New(rand.NewPCG(seed^h.Sum64(), uint64(minute)))}
}

// poisson draws how often something happens that happens mean times on the average.
func (d dice) poisson(mean float64) int {
	limit, p, n := math.Exp(-mean), 1.0, -1
	for p > limit {
		p *= d.Float64()
		n++
	}
	return max(n, 0)
}

func pick[T any](d dice, of []T) T { return of[d.IntN(len(of))] }

// chance is true in p of all cases.
func (d dice) chance(p float64) bool { return d.Float64() < p }

func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

func (d dice) port() int { return d.between(32768, 60999) }

// visitor is an address of somebody on the Internet, none of the attackers.
func (d dice) visitor() string {
	if d.chance(0.6) {
		return fmt.Sprintf("203.0.113.%d", pick(d, []int{d.between(2, 60), d.between(90, 240)}))
	}
	return fmt.Sprintf("198.51.100.%d", d.between(2, 60))
}

func (d dice) hex(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("0123456789abcdef"[d.IntN(16)])
	}
	return b.String()
}

// load is the share of the day's highest traffic at a time of day, by what a working day looks like.
func load(at time.Time) float64 {
	byHour := [24]float64{
		.10, .08, .07, .07, .08, .12, .25, .55, .85, 1, .98, .85,
		.60, .70, .90, .95, .88, .70, .50, .42, .38, .30, .22, .15,
	}
	at = at.In(local())
	h := at.Hour()
	part := float64(at.Minute()) / 60
	return byHour[h]*(1-part) + byHour[(h+1)%24]*part
}

func two(n int) string { return fmt.Sprintf("%02d", n) }
