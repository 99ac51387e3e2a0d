// Package report looks at the pages of storm --html in Chromium. Its folder
// begins with a dot, so no wildcard finds it: run (beside this file) installs the
// browser, builds storm and says where they are in the environment.
package report

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func env(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run this with bash .ci/report/run", name)
	}
	return v
}

// pages are those that the tests of package report keep, one of a run against the
// embedded server, and one of a run against a hostile one.
func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../../bench/storm/internal/report/testdata/*.html")
	if err != nil || len(all) < 3 {
		t.Fatalf("%d pages, %v", len(all), err)
	}
	return append(all,
		run(t, "run.html", 0, "--stage", "0:400/s:4s,hold:4s", "--lifetime", "1s", "--messages", "3", "--echo-check",
			"--threshold", "handshake.p99<1m", "--threshold", "failed<1%"),
		run(t, "hostile.html", 3, "-n", "6", "--hold", "100ms", hostileServer(t)))
}

// run has storm write a page, and end with status.
func run(t *testing.T, name string, status int, args ...string) (page string) {
	t.Helper()
	page = filepath.Join(t.TempDir(), name)
	cmd := exec.CommandContext(t.Context(), env(t, "ZEROSHAKE_STORM"), append(args, "--quiet", "--html", page)...)
	if out, err := cmd.CombinedOutput(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != status {
		t.Fatalf("%v\n%s", err, out)
	}
	return page
}

// address is that of a file.
func address(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// findings is what of a page is not as it should be, by a script in the page.
//
//go:embed findings.js
var findings string

// Pages are readable in every window and in both colours, say nothing to the
// console, and ask nobody for anything.
func TestPages(t *testing.T) {
	b := start(t)
	for _, page := range pages(t) {
		address := address(t, page)
		for _, width := range []int{1600, 820, 390, 360} {
			for _, scheme := range []string{"light", "dark"} {
				name := fmt.Sprintf("%s-%d-%s", strings.TrimSuffix(filepath.Base(page), ".html"), width, scheme)
				b.look(width, 1000, scheme)
				b.open(address)
				var wrong []string
				b.evaluate(findings, &wrong)
				for _, text := range append(wrong, b.complaints(address)...) {
					t.Errorf("%s: %s", name, text)
				}
				b.keep(name, width)
			}
		}
	}
}

// keep leaves a picture of the window where ZEROSHAKE_PICTURES says. In a narrow one
// it is of the plots.
func (b *browser) keep(name string, width int) {
	b.t.Helper()
	dir := os.Getenv("ZEROSHAKE_PICTURES")
	if dir == "" {
		return
	}
	if width < 600 {
		b.evaluate(`document.querySelector(".plots")?.scrollIntoView()`, nil)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".webp"), b.picture(), 0o666); err != nil {
		b.t.Fatal(err)
	}
}

// Where the mouse is on a plot, and there alone, the values are read off.
func TestReadings(t *testing.T) {
	b := start(t)
	for _, width := range []int{1600, 390} {
		b.look(width, 1000, "light")
		b.open(address(t, "../../bench/storm/internal/report/testdata/everything.html"))
		const read = `[...document.querySelectorAll(".readings text")].filter(e => getComputedStyle(e).display != "none").map(e => e.textContent)`
		var texts []string
		if b.evaluate(read, &texts); len(texts) > 0 {
			t.Errorf("%d px: %q without the mouse", width, texts)
		}
		var at struct{ X, Y float64 }
		b.evaluate(`(() => {
			const plot = document.querySelector(".area > svg")
			plot.scrollIntoView({ block: "center" })
			const box = plot.getBoundingClientRect()
			return { x: box.left + box.width / 2, y: box.top + box.height / 2 }
		})()`, &at)
		b.do("Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": at.X, "y": at.Y}, nil)
		if b.evaluate(read, &texts); len(texts) != 1 || !strings.HasPrefix(texts[0], "p93") || !strings.Contains(texts[0], "handshake ") {
			t.Errorf("%d px: %q in the middle of the first plot", width, texts)
		}
	}
}

// complaints are the events that should not be: requests for anything but the page
// itself, and what is said on the console or thrown.
func (b *browser) complaints(address string) (all []string) {
	for _, e := range b.events {
		switch e.Method {
		case "Network.requestWillBeSent":
			var p struct{ Request struct{ URL string } }
			if json.Unmarshal(e.Params, &p); p.Request.URL != address {
				all = append(all, "a request for "+p.Request.URL)
			}
		case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Network.webSocketCreated":
			all = append(all, e.Method+": "+string(e.Params))
		}
	}
	return all
}

// The checks find what is wrong: a page that is.
func TestFindings(t *testing.T) {
	page := filepath.Join(t.TempDir(), "bad.html")
	const bad = `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"></head>
<body style="color: #999; background: #fff"><p>pale</p><p style="width: 2000px; background: #000">wide</p>
<svg><g class="names"><text y="20">one</text><text y="22">other</text></g></svg><img src="https://127.0.0.1:9/x"><script>1</script></body></html>`
	if err := os.WriteFile(page, []byte(bad), 0o666); err != nil {
		t.Fatal(err)
	}
	b := start(t)
	b.look(390, 844, "light")
	address := address(t, page)
	b.open(address)
	var wrong []string
	b.evaluate(findings, &wrong)
	text := strings.Join(append(wrong, b.complaints(address)...), "\n")
	for _, want := range []string{"wider than the window", "contrast", "one touches other", "Log.entryAdded"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not among\n%s", want, text)
		}
	}
}
