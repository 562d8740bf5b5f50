package learn

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

func TestMiner(t *testing.T) {
	t.Parallel()
	var m Miner
	for i := range 200 {
		at := day.Add(time.Duration(i) * time.Second)
		m.Add(fmt.Sprintf("Accepted password for user%d from 192.0.2.%d port %d", i, i%250, 1000+i), at)
		m.Add(fmt.Sprintf("Failed password for user%d from 192.0.2.%d port %d", i, i%250, 1000+i), at)
		m.Add(fmt.Sprintf("%s logged out", []string{"ann", "bob", "cid", "dan", "eve", "fay"}[i%6]), at)
		m.Add(fmt.Sprintf("用户%d从192.0.2.%d登录成功", i, i%250), at)
	}
	id, novel := m.Add("disk sda1 is full", day)
	got := m.Templates()
	want := map[string]int64{
		"Accepted password for <*> from <ip> port <integer>": 200, "Failed password for <*> from <ip> port <integer>": 200, "<word> logged out": 200, "用户<integer>从<ip>登录成功": 200, "disk <*> is full": 1,
	}
	for _, x := range got {
		if want[x.Text] != x.Count {
			t.Errorf("%q: %d", x.Text, x.Count)
		}
		delete(want, x.Text)
	}
	if len(want) > 0 || !novel {
		t.Errorf("missing: %v, novel %v", want, novel)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var kept []Template
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	var again Miner
	again.Restore(kept)
	if same, novel := again.Add("disk sdb2 is full", day); same != id || novel {
		t.Errorf("after a restart: %q %v", same, novel)
	}
	if _, novel := again.Add("zoe logged out", day); novel {
		t.Error("after a restart a word in a slot is novel")
	}
	if len(again.Templates()) != len(got) {
		t.Errorf("%d templates of %d are restored", len(again.Templates()), len(got))
	}
}

func TestMinerIsBounded(t *testing.T) {
	t.Parallel()
	var m Miner
	words := func(i int) string {
		s := ""
		for range 6 {
			s += string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + " "
			i = i*7 + 3
		}
		return s
	}
	for i := range 3000 {
		m.Add(words(i), day)
	}
	if n := len(m.Templates()); n > MaxTemplates || m.Evicted() == 0 {
		t.Errorf("%d templates, %d evicted", n, m.Evicted())
	}
}
