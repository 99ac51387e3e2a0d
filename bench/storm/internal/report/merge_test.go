package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// Rates of runs that were not at one time are shown with a warning.
func TestMergeOfRunsApart(t *testing.T) {
	one := &measure.Result{Runs: 1, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Elapsed: 10 * s}
	for start, want := range map[time.Duration]string{
		9 * s: "",
		25 * s: "The merged runs were not all at the same time: one began 15s after another had ended. " +
			"Rates, and what is open at once, are as though they had been.",
	} {
		other := *one
		other.Started = one.Started.Add(start)
		sum, err := measure.Merge(one, &other)
		if err != nil {
			t.Fatal(err)
		}
		r := &Report{Result: sum}
		if got := strings.Join(r.warnings(), "\n"); got != want {
			t.Errorf("%v later: %q, want %q", start, got, want)
		}
		var text bytes.Buffer
		if err := r.Text(&text); err != nil || strings.Contains(text.String(), "15s after another") != (want != "") {
			t.Errorf("%v later: %v, %s", start, err, &text)
		}
	}
}
