// Command parse measures the parsers: what share of a labelled file's fields they find, and how many events they read a second
// of processor time, with the parser packs and with the automatic parser alone.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/isoc-project/isoc/internal/flow/parse"
)

func main() {
	file := flag.String("data", "../shared/data/parse-bench/dev.jsonl", `labelled records: {"package","raw","expected":{field:value},"derivable":[field],"ts_mode"} a line`)
	span := flag.Duration("for", 2*time.Second, "processor time to spend on each measure of speed")
	half := flag.Int("half", -1, "only the packages whose name hashes to this half, 0 or 1")
	peerLines := flag.Int("lines", 200_000, "lines that another program reads, where it is installed")
	flag.Parse()
	if err := run(*file, *span, *half, *peerLines); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string, span time.Duration, half, peerLines int) error {
	runtime.GOMAXPROCS(1)
	unknown, err := lines("internal/flow/parse/testdata/unknown.log")
	if err != nil {
		return err
	}
	labelled, err := read(file, half)
	switch {
	case os.IsNotExist(err):
		fmt.Printf("no labelled records at %s: no score\n", file)
	case err != nil:
		return err
	}
	for _, mode := range []struct {
		name    string
		options parse.Options
	}{
		{"packs and automatic parser", parse.Options{}},
		{"automatic parser alone", parse.Options{Automatic: true}},
	} {
		fmt.Printf("%s\n", mode.name)
		if len(labelled) > 0 {
			score(parse.New(mode.options), labelled).print()
		}
		for _, lot := range []struct {
			name    string
			records [][]byte
		}{{"speed, labelled records", raws(labelled)}, {"speed, unknown formats", unknown}} {
			if len(lot.records) == 0 {
				continue
			}
			rate, err := speed(mode.options.Automatic, lot.records, span)
			if err != nil {
				return err
			}
			fmt.Printf("  %-28s %9.0f events per processor second\n", lot.name, rate)
		}
	}
	return knownFormats(peerLines, span)
}

// lines reads the lines of a file below the root of the repository.
func lines(name string) ([][]byte, error) {
	data, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		return nil, fmt.Errorf("run this at the root of the repository: %w", err)
	}
	var out [][]byte
	for _, l := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		out = append(out, []byte(l))
	}
	return out, nil
}

func raws(all []labelled) [][]byte {
	out := make([][]byte, len(all))
	for i := range all {
		out[i] = []byte(all[i].Raw)
	}
	return out
}

// speed reads the records over and over, as `isoc parse` does from JSON to JSON, and returns how many a second of processor time were
// done, the garbage collector's work included.
func speed(automatic bool, records [][]byte, span time.Duration) (float64, error) {
	var in bytes.Buffer
	for i, raw := range records {
		line, err := json.Marshal(map[string]string{"id": strconv.Itoa(i), "raw": string(raw)})
		if err != nil {
			return 0, err
		}
		in.Write(append(line, '\n'))
	}
	n := 0
	start := used()
	for used()-start < span {
		const rounds = 20
		loop := make([]io.Reader, rounds)
		for i := range loop {
			loop[i] = bytes.NewReader(in.Bytes())
		}
		if err := parse.Stream(io.MultiReader(loop...), io.Discard, nil, false, automatic); err != nil {
			return 0, err
		}
		n += rounds * len(records)
	}
	return float64(n) / (used() - start).Seconds(), nil
}

// used returns the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
