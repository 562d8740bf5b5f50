package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

func sample() []record.Record {
	at := time.Date(2026, 3, 4, 5, 6, 7, 891234567, time.UTC)
	a, b := tenant.ID("01J00000000000000000000000"), tenant.ID("01J00000000000000000000001")
	return []record.Record{
		{Tenant: a, Source: "s1", Received: at, Input: "syslog-tcp", Remote: "192.0.2.1", Raw: []byte("<13>one")},
		{Tenant: a, Source: "s1", Received: at.Add(time.Microsecond), Input: "syslog-tcp", Remote: "192.0.2.1", Raw: []byte("two\x00\xff\n")},
		{Tenant: b, Source: "s2", Received: at.Add(-time.Hour), Input: "http-hec", Remote: "2001:db8::1", Raw: []byte(`{"a":1}`),
			Time: at.Add(-24 * time.Hour), Fields: []event.Field{{Name: "host.name", Value: "web-1"}, {Name: "labels.env", Value: ""}}},
		{Received: at, Input: "syslog-udp", Remote: "198.51.100.7", Raw: []byte{}},
	}
}

func TestDecodeReturnsWhatWasEncoded(t *testing.T) {
	t.Parallel()
	want := sample()
	data, err := record.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := record.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
}

func TestRunsOfSeveralCallersConcatenate(t *testing.T) {
	t.Parallel()
	recs := sample()
	data := record.AppendHeader(nil)
	for _, run := range [][]record.Record{recs[:2], recs[1:3], recs[3:]} {
		var err error
		if data, err = record.AppendRun(data, run); err != nil {
			t.Fatal(err)
		}
	}
	got, err := record.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	want := append(append(append([]record.Record{}, recs[:2]...), recs[1:3]...), recs[3:]...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
}

func TestEncodeRefusesRecordsBeyondTheirBounds(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]record.Record{
		"raw":         {Raw: make([]byte, record.MaxRawBytes+1)},
		"fields":      {Fields: make([]event.Field, record.MaxFields+1)},
		"field bytes": {Fields: []event.Field{{Name: "a", Value: strings.Repeat("x", record.MaxFieldBytes)}}},
		"origin":      {Remote: strings.Repeat("x", 300)},
	} {
		if _, err := record.Encode([]record.Record{{}, r}); !errors.Is(err, record.ErrTooLarge) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestDecodeRefusesEveryTruncationAndForeignData(t *testing.T) {
	t.Parallel()
	data, err := record.Encode(sample()[:1])
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if n == record.HeaderBytes {
			continue // an empty batch
		}
		if _, err := record.Decode(data[:n]); !errors.Is(err, record.ErrCorrupt) {
			t.Errorf("%d of %d bytes: err = %v", n, len(data), err)
		}
	}
	for _, bad := range []string{"", "{}", "iR\x02", "iR\x01\x00", "iR\x01\xff", "iR\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		if _, err := record.Decode([]byte(bad)); !errors.Is(err, record.ErrCorrupt) {
			t.Errorf("%q: err = %v", bad, err)
		}
	}
	many, _ := record.Encode(make([]record.Record, record.MaxBatchRecords+1))
	if _, err := record.Decode(many); !errors.Is(err, record.ErrCorrupt) {
		t.Errorf("oversized batch: err = %v", err)
	}
}

func TestEncodedBoundHolds(t *testing.T) {
	t.Parallel()
	for i, r := range sample() {
		data, err := record.AppendRun(nil, []record.Record{r})
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > r.EncodedBound() {
			t.Errorf("record %d takes %d bytes, bound %d", i, len(data), r.EncodedBound())
		}
	}
}

func TestBatchesKeepOrderAndBounds(t *testing.T) {
	t.Parallel()
	recs := make([]record.Record, 1203)
	for i := range recs {
		recs[i].Raw = fmt.Append(nil, i)
	}
	recs[3].Raw, recs[4].Raw, recs[5].Raw, recs[6].Raw = make([]byte, record.MaxRawBytes), make([]byte, record.MaxRawBytes), make([]byte, record.MaxRawBytes), make([]byte, record.MaxRawBytes)
	next := 0
	for batch := range record.Batches(recs) {
		data, err := record.Encode(batch)
		if err != nil || len(batch) == 0 || len(batch) > record.MaxBatchRecords || len(data) > record.MaxBatchBytes {
			t.Fatalf("%d records, %d bytes: %v", len(batch), len(data), err)
		}
		for i := range batch {
			if &batch[i] != &recs[next] {
				t.Fatalf("record %d is out of order", next)
			}
			next++
		}
	}
	if next != len(recs) {
		t.Fatalf("%d of %d records", next, len(recs))
	}
	for range record.Batches(nil) {
		t.Fatal("a batch of nothing")
	}
}

func FuzzDecode(f *testing.F) {
	data, err := record.Encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("iR\x01"))
	f.Add([]byte("iR\x01\x07\x00\x00\x00\x00\x02\x02\x40"))
	f.Fuzz(func(t *testing.T, data []byte) {
		recs, err := record.Decode(data)
		if err != nil {
			return
		}
		again, err := record.Encode(recs)
		if errors.Is(err, record.ErrTooLarge) {
			return // fields may add up to more than an encoder would write
		}
		if err != nil {
			t.Fatal(err)
		}
		back, err := record.Decode(again)
		if err != nil {
			t.Fatalf("own encoding does not decode: %v", err)
		}
		for i := range recs {
			if !bytes.Equal(recs[i].Raw, back[i].Raw) || !recs[i].Received.Equal(back[i].Received) || recs[i].Source != back[i].Source {
				t.Fatalf("record %d changed", i)
			}
		}
	})
}

func BenchmarkCodec(b *testing.B) {
	recs := make([]record.Record, record.MaxBatchRecords)
	for i := range recs {
		recs[i] = sample()[0]
		recs[i].Raw = fmt.Appendf(nil, "<38>Mar  4 05:06:07 web-%d sshd[%d]: Failed password for root from 192.0.2.%d port 22 ssh2 %s", i, i, i%250, strings.Repeat("x", 120))
	}
	data, err := record.Encode(recs)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := record.Encode(recs); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := record.Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
