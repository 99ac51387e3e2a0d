package main

import (
	"maps"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/serve"
)

// The log of HdrHistogram has all that the result has, of a run and of a merge.
func TestHDRLog(t *testing.T) {
	server := httptest.NewServer(serve.New().Handler)
	defer server.Close()
	dir := t.TempDir()
	urls := []string{strings.Replace(server.URL, "http", "ws", 1), "ws://" + closedPort(t)}
	all := map[string]int64{}
	var results []string
	for _, name := range []string{"a", "b"} {
		result, log := filepath.Join(dir, name+".json"), filepath.Join(dir, name+".hdr")
		results = append(results, result)
		runStorm(t, append([]string{"-r", "20", "--duration", "2s", "--messages", "5", "--ping-interval", "100ms",
			"--json", result, "--hdr", log}, urls...)...).want(t, 3)
		r := parseResult(t, content(t, result))
		want := map[string]int64{}
		for p, latency := range r.Latency {
			count := func(tag string, h *measure.Histogram) {
				if h.Count() > 0 {
					want[tag] = h.Count()
					all[tag] += h.Count()
				}
			}
			count(measure.Phase(p).String(), latency.OK)
			count(measure.Phase(p).String()+"_failed", latency.Failed)
		}
		if want["handshake"] != 20 || want["connect_failed"] != 20 || want["message"] != 100 || want["ping"] == 0 {
			t.Errorf("timed %v", want)
		}
		if got := readLog(t, content(t, log)); !maps.Equal(got, want) {
			t.Errorf("the log has %v, want %v", got, want)
		}
	}
	merged := filepath.Join(dir, "merged.hdr")
	runStorm(t, append([]string{"merge", "--hdr", merged}, results...)...).want(t, 3)
	if got := readLog(t, content(t, merged)); !maps.Equal(got, all) {
		t.Errorf("the log of the merge has %v, want %v", got, all)
	}
}

// readLog is how many values a log has, by tag.
func readLog(t *testing.T, text string) map[string]int64 {
	t.Helper()
	log := hdrhistogram.NewHistogramLogReader(strings.NewReader(text))
	n := map[string]int64{}
	for {
		h, err := log.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			return n
		}
		n[h.Tag()] += h.TotalCount()
	}
}
