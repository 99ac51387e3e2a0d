//go:build unix

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// What is scraped while connections are held is what the report has, and the
// address is free again behind that.
func TestPrometheus(t *testing.T) {
	const secret = "token-that-nobody-may-see"
	storm := start(t, "-n", "50", "--messages", "2", "--hold", "1m", "--prometheus", "127.0.0.1:0", "--bearer", secret, "--json", "-")
	url := storm.until(t, "metrics at ")
	storm.until(t, "100 of 100 messages answered")
	runStorm(t, "-n", "1", "--prometheus", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/metrics")).
		want(t, 2, "--prometheus: listen tcp", "in use")
	scraped := scrape(t, url)
	storm.cmd.Process.Signal(os.Interrupt)
	r := storm.end()
	c, l := parseResult(t, r.stdout).Counts, parseResult(t, r.stdout).Latency
	for name, want := range map[string]int64{
		"connections_planned": c.Planned, "connections_started_total": c.Started, "connections_opened_total": c.Opened, "connections_failed_total": 0,
		"connections_open": 50, "messages_sent_total": c.Sent, "messages_answered_total": c.Answered, "messages_received_bytes_total": c.OctetsIn,
		`handshake_duration_seconds_count{outcome="ok"}`: l[measure.Handshake].OK.Count(),
		`message_duration_seconds_count{outcome="ok"}`:   l[measure.Message].OK.Count(),
	} {
		if line := fmt.Sprintf("\nstorm_%s %d\n", name, want); !strings.Contains(scraped, line) {
			t.Errorf("no %q in\n%s", line, scraped)
		}
	}
	if c.Opened != 50 || c.Answered != 100 || strings.Contains(scraped, secret) {
		t.Errorf("%+v, the credential is in the metrics: %v", c, strings.Contains(scraped, secret))
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it is served behind the run")
	}
}

func scrape(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, r.Status, err)
	}
	return string(text)
}
