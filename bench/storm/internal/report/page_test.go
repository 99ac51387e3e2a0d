package report

// The page as a whole: it is parsed by parse, loads nothing, says first what
// matters, and is well formed for every kind of run. What servers say on it is in
// untrusted_test.go, its plots in plots_test.go.

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

func TestHTML(t *testing.T) { golden(t, ".html", (*Report).HTML) }

// A parsed page is its elements in order, and the text in them.
type parsed struct {
	elements []xml.StartElement
	text     string
}

// parse takes a page apart. A page is XML as well, so a tag too many is an error.
func parse(t *testing.T, r *Report) (page parsed) {
	t.Helper()
	return parsePage(t, written(t, r))
}

func written(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parsePage(t *testing.T, text string) (page parsed) {
	t.Helper()
	var all strings.Builder
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err == io.EOF {
			page.text = all.String()
			return page
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			page.elements = append(page.elements, token.Copy())
		case xml.CharData:
			all.Write(token)
			all.WriteByte('\n')
		}
	}
}

// named are the elements of a name, with one of the classes or any.
func (p *parsed) named(name, class string) (all []xml.StartElement) {
	for _, e := range p.elements {
		if e.Name.Local == name && (class == "" || slices.Contains(strings.Fields(attribute(e, "class")), class)) {
			all = append(all, e)
		}
	}
	return all
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Nothing on a page makes a browser load, run or follow something, or could.
func TestHTMLLoadsNothing(t *testing.T) {
	known := strings.Fields("html head meta title style body header main footer section h1 h2 h3 p span strong code dl dt dd div ul li " +
		"table caption thead tbody tr th td details summary figure figcaption svg g line rect text path")
	for _, r := range []*Report{everything, failing, nothing} {
		text := written(t, r)
		page := parsePage(t, text)
		for _, e := range page.elements {
			if !slices.Contains(known, e.Name.Local) {
				t.Errorf("an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				switch name := a.Name.Local; {
				case name == "src", name == "href", name == "style", name == "srcset", name == "action", strings.HasPrefix(name, "on"):
					t.Errorf("%s has %s=%q", e.Name.Local, name, a.Value)
				}
			}
		}
		_, style, _ := strings.Cut(text, "<style>")
		style, _, ok := strings.Cut(style, "</style>")
		if !ok || regexp.MustCompile(`url\(|@import|//`).MatchString(style) {
			t.Errorf("the style loads something:\n%s", style)
		}
		sum := sha256.Sum256([]byte(style))
		want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
		if got := attribute(page.elements[3], "content"); got != want {
			t.Errorf("the policy is %s, want %s", got, want)
		}
	}
}

// long is a run of so many seconds in which much happened.
func long(interval time.Duration, rows int) *measure.Result {
	r := *everything.Result
	r.Elapsed = time.Duration(rows) * interval
	r.Series = measure.Series{Interval: interval, Rows: make([]measure.Row, rows)}
	for i := range r.Series.Rows {
		latency := func(scale int) measure.Latency {
			return measure.Latency{OK: measure.Of(time.Duration(1+i*scale%977)*ms, time.Duration(1+i*scale%991)*ms)}
		}
		r.Series.Rows[i] = measure.Row{
			Counts: measure.Counts{Planned: 1e6, Started: 1e6 + int64(i*7919%9973), Opened: 1e6 + int64(i*7907%9967), Failed: int64(i % 97), Dropped: int64(i % 89),
				Closed: 1e6, Late: int64(i % 83), Wrong: int64(i % 79), Sent: 1e7 + int64(i*7901%9949), Answered: 1e7 + int64(i*7883%9941)},
			Latency: measure.Latencies{measure.Handshake: latency(7919), measure.Message: latency(7907)},
		}
	}
	for p := range r.Latency {
		h := spread(5000, time.Duration(p+1)*us, time.Duration(p+1)*s)
		r.Latency[p] = measure.Latency{OK: h, Failed: h}
	}
	r.Latency[measure.DNS] = measure.Latency{}
	return &r
}

// What a reader has to know stands before all else.
func TestHTMLSaysFirstWhatMatters(t *testing.T) {
	late := *nothing.Result
	late.Counts = measure.Counts{Planned: 100, Started: 100, Opened: 100, Late: 50}
	stopped := *nothing.Result
	stopped.Counts, stopped.Ended = measure.Counts{Planned: 100, Started: 100, Failed: 100}, "too many failures"
	for _, tt := range []struct {
		name string
		r    *Report
		want []string
	}{
		{"interrupted", everything, []string{"Interrupted before its end.", " Interrupted by SIGINT. What was measured until then is below.",
			everything.warnings()[0], everything.warnings()[1]}},
		{"late", &Report{Result: &late}, []string{"The machine could not keep the rate: 50% of the connections started more than 10ms late, at most by 0s; " +
			"storm itself was too busy. A lower rate helps, or several machines and storm merge."}},
		{"stopped", &Report{Result: &stopped}, []string{"Ended before its time.", " Too many failures.", "No connection was opened."}},
		{"nothing", nothing, []string{"Nothing was measured.", " No connection was started."}},
	} {
		text := parse(t, tt.r).text
		at := 0
		for _, want := range tt.want {
			i := strings.Index(text[at:], want)
			if i < 0 {
				t.Fatalf("%s: %q is not behind %q", tt.name, want, text[:at])
			}
			at += i
		}
		if head := strings.Index(text, "\nopened\n"); head < at {
			t.Errorf("%s: the figures stand before it", tt.name)
		}
	}
}

// Pages of all kinds of runs are well formed, and have the plots that they should.
func TestHTMLOfEveryRun(t *testing.T) {
	closed := *everything.Result
	closed.Series = closed.Series.Folded(len(closed.Series.Rows))
	for i := range closed.Series.Rows {
		closed.Series.Rows[i].Counts.Planned = 0
	}
	merged := *everything.Result
	merged.Runs = 3
	million := *everything.Result
	million.Counts.Opened, million.Counts.Planned = 1e6, 1e6
	million.Latency[measure.Handshake].OK = spread(100_000, ms, 10*s)
	one := *nothing.Result
	one.Counts = measure.Counts{Planned: 1, Started: 1, Opened: 1, Closed: 1}
	one.Latency[measure.Handshake] = timed(ms)
	one.Series.Rows = []measure.Row{{Counts: one.Counts, Latency: one.Latency}}
	for _, tt := range []struct {
		name    string
		r       *measure.Result
		figures int
		plans   int // lines of what was planned
		want    string
		not     string
	}{
		{"everything", everything.Result, 12, 1, "of 100 in", "runs merged"},
		{"closed", &closed, 12, 0, "of 100 in", ""},
		{"merged", &merged, 12, 1, "3 runs merged", ""},
		{"a million", &million, 12, 1, "of 1000000 in", ""},
		{"one", &one, 4, 1, "of 1 in", "What went wrong"},
		{"hours", long(4*s, 3000), 12, 1, "57m36s", ""},
		{"failing", failing.Result, 4, 0, "No connection was opened", "Messages"},
		{"nothing", nothing.Result, 0, 0, "Nothing was measured", "Latency"},
	} {
		page := parse(t, &Report{Result: tt.r})
		if n := len(page.named("figure", "")); n != tt.figures {
			t.Errorf("%s: %d plots, want %d", tt.name, n, tt.figures)
		}
		if n := len(page.named("path", "plan")); n != tt.plans {
			t.Errorf("%s: %d lines of a plan, want %d", tt.name, n, tt.plans)
		}
		if !strings.Contains(page.text, tt.want) || tt.not != "" && strings.Contains(page.text, tt.not) {
			t.Errorf("%s: %v that it has %q, %v that it has %q", tt.name, strings.Contains(page.text, tt.want), tt.want, strings.Contains(page.text, tt.not), tt.not)
		}
		for _, e := range page.elements {
			for _, a := range e.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || strings.Contains(a.Value, "ZgotmplZ") {
					t.Errorf("%s: %s=%q", tt.name, a.Name.Local, a.Value)
				}
				if v, ok := strings.CutSuffix(a.Value, "%"); ok {
					if at, err := strconv.ParseFloat(v, 64); err != nil || at < 0 || at > 100 {
						t.Errorf("%s: %s=%q", tt.name, a.Name.Local, a.Value)
					}
				}
			}
		}
	}
}
