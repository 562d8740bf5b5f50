package collect

import (
	"slices"
	"testing"
	"time"
)

func TestADayForgetsHoursThatAreOver(t *testing.T) {
	t.Parallel()
	var d weeks
	start := time.Unix(1_700_000_000, 0)
	for hour := range 30 {
		d.add(start.Add(time.Duration(hour)*time.Hour).Unix()/3600, int64(hour))
	}
	list := make([]int64, dayHours)
	d.addTo(start.Add(29*time.Hour), list)
	want := make([]int64, dayHours)
	for i := range want {
		want[i] = int64(6 + i)
	}
	if !slices.Equal(list, want) {
		t.Errorf("after thirty hours %v", list)
	}
	clear(list)
	d.addTo(start.Add(40*time.Hour), list)
	if !slices.Equal(list[:13], want[11:]) || slices.Max(list[13:]) != 0 {
		t.Errorf("eleven hours later %v", list)
	}
}
