package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/threshold"
)

// hostile is text that would be more than that, if it could.
const hostile = "\"'`></title></style></script></svg><script src=//x.example>1</script><img src=x onerror=alert(1)>{{.}}]]><!-- \u2028\u202e\x00\n&amp;"

// with is everything, with text wherever a server or a user can put some.
func with(text string) *Report {
	r := *everything.Result
	r.Ended = text
	r.Settings.URL, r.Settings.Engine, r.Settings.Storm, r.Settings.Machine = text, text, text, text
	r.Settings.Values = []measure.Setting{{Name: text, Value: text}}
	reasons := measure.Reasons{{Reason: text, Count: 3, Example: measure.Example{
		Text: text, URL: text, Rule: text, Status: 403, Header: []measure.Header{{Name: text, Value: text}}, Body: text}}}
	for range shownExamples {
		reasons = append(reasons, measure.Reason{Reason: text, Count: 1})
	}
	r.Failures, r.Drops, r.Wrongs = reasons, reasons, reasons
	r.Subprotocols, r.Extensions = map[string]int64{text: 1}, map[string]int64{text: 1}
	return &Report{&r, []threshold.Outcome{{Threshold: text, Verdict: threshold.Broken, Measured: "1ms"}}}
}

// What comes from elsewhere is text, whatever it says, and is not more than that to
// whoever looks at it.
func TestHTMLEscapes(t *testing.T) {
	harmless, page := parse(t, with("(harmless)")), parse(t, with(hostile))
	if n := strings.Count(harmless.text, "harmless"); n < 20 || strings.Count(page.text, "onerror=alert(1)") != n {
		t.Errorf("harmless stands there %d times, what is not %d times", n, strings.Count(page.text, "onerror=alert(1)"))
	}
	if len(page.elements) != len(harmless.elements) {
		t.Fatalf("%d elements, %d if all is harmless", len(page.elements), len(harmless.elements))
	}
	for i, e := range page.elements {
		want := harmless.elements[i]
		if fmt.Sprint(e) != fmt.Sprint(want) {
			t.Errorf("%v, %v if all is harmless", e, want)
		}
	}
	if strings.ContainsAny(page.text, "\u2028\u202e\x00") {
		t.Error("there are characters that cannot be seen")
	}
}

// A page has a bound, however long the run was and whatever servers said.
func TestHTMLIsBounded(t *testing.T) {
	const most = 2 << 20
	r := long(8*s, measure.MaxRows)
	r.Failures, r.Drops, r.Wrongs, r.Extensions, r.CloseCodes = nil, nil, nil, map[string]int64{}, map[uint16]int64{}
	enormous := strings.Repeat(hostile, 1000)
	for i := range 200 {
		name := fmt.Sprint(i, enormous)
		reason := measure.Reason{Reason: name, Count: 1, Example: measure.Example{Text: name, URL: name, Rule: name, Body: name}}
		for range 32 {
			reason.Example.Header = append(reason.Example.Header, measure.Header{Name: "X-Long", Value: enormous})
		}
		r.Failures, r.Drops, r.Wrongs = append(r.Failures, reason), append(r.Drops, reason), append(r.Wrongs, reason)
		r.Extensions[name] = 1
	}
	for code := range uint16(65535) {
		r.CloseCodes[code] = 1
	}
	text := written(t, &Report{Result: r})
	if len(text) > most {
		t.Errorf("%d octets", len(text))
	}
	page := parsePage(t, text)
	for _, path := range page.named("path", "") {
		if n := strings.Count(attribute(path, "d"), "H"); n > mostRows {
			t.Errorf("a line of %d pieces", n)
		}
	}
	if n := len(page.named("path", "")); n < 20 {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{"180 more reasons", "160 more", "65495 more", "16 more headers", "characters)"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}
