package report

// A browser: how it is started and connected to, how it is talked to (send, call,
// do), and what it can do for a test (open, evaluate, look, picture).

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// A browser is Chromium, driven by its DevTools protocol over a connection of
// package dial. See chromedevtools.github.io/devtools-protocol.
type browser struct {
	t      *testing.T
	conn   *dial.Conn
	page   string // the session that it is in
	id     int
	events []event // since the page was opened
}

// An event is what the browser says of itself.
type event struct {
	Method string
	Params json.RawMessage
}

// start starts the browser with an empty page. It ends with the test.
func start(t *testing.T) *browser {
	t.Helper()
	cmd := exec.Command(env(t, "ZEROSHAKE_CHROMIUM"), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
		"--remote-debugging-port=0", "--user-data-dir="+t.TempDir(), "about:blank")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t}
	said, ended := make(chan string, 1), make(chan struct{})
	go listen(stderr, said, ended)
	late := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() })
	t.Cleanup(func() {
		if b.conn != nil {
			b.send("", "Browser.close", nil)
			defer b.conn.CloseNow()
		} else {
			cmd.Process.Kill()
		}
		<-ended
		cmd.Wait()
		late.Stop()
	})
	b.connect(said, ended)
	var target struct{ TargetID string }
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.page = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.do(domain+".enable", nil, nil)
	}
	return b
}

// listen passes the address on that the browser writes, and reads until the last of
// its processes has ended.
func listen(stderr io.Reader, address chan<- string, ended chan<- struct{}) {
	defer close(ended)
	for s := bufio.NewScanner(stderr); s.Scan(); {
		if _, url, ok := strings.Cut(s.Text(), "DevTools listening on "); ok {
			address <- url
			break
		}
	}
	io.Copy(io.Discard, stderr)
}

// connect dials the address.
func (b *browser) connect(address <-chan string, ended <-chan struct{}) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	select {
	case url := <-address:
		d := dial.Dialer{Config: &session.Config{MaxMessageSize: 256 << 20}}
		var err error
		if b.conn, err = d.Dial(ctx, url); err != nil {
			b.t.Fatal(err)
		}
	case <-ended:
		b.t.Fatal("the browser ended at once")
	case <-ctx.Done():
		b.t.Fatal("the browser did not start in a minute")
	}
}

func (b *browser) send(page, method string, params any) {
	b.t.Helper()
	b.id++
	message := map[string]any{"id": b.id, "method": method}
	if params != nil {
		message["params"] = params
	}
	if page != "" {
		message["sessionId"] = page
	}
	p, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.conn.WriteMessage(session.UTF8Message, p); err != nil {
		b.t.Fatal(err)
	}
}

// call has the browser do something, and decodes its answer into result.
func (b *browser) call(page, method string, params, result any) {
	b.t.Helper()
	b.send(page, method, params)
	for {
		var m struct {
			ID     int
			Error  struct{ Message string }
			Result json.RawMessage
			event
		}
		b.read(&m)
		switch {
		case m.ID == 0:
			b.events = append(b.events, m.event)
			continue
		case m.ID != b.id:
			continue
		case m.Error.Message != "":
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		case result != nil:
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

func (b *browser) read(m any) {
	b.t.Helper()
	b.conn.SetReadDeadline(time.Now().Add(time.Minute))
	_, p, err := b.conn.ReadMessage(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := json.Unmarshal(p, m); err != nil {
		b.t.Fatal(err)
	}
}

// do is call for the page.
func (b *browser) do(method string, params map[string]any, result any) {
	b.t.Helper()
	b.call(b.page, method, params, result)
}

// open opens a page, and forgets what was before.
func (b *browser) open(url string) {
	b.t.Helper()
	b.events = nil
	var failed struct{ ErrorText string }
	b.do("Page.navigate", map[string]any{"url": url}, &failed)
	if failed.ErrorText != "" {
		b.t.Fatalf("%s: %s", url, failed.ErrorText)
	}
	b.evaluate(`new Promise(done => {
		const look = () => document.readyState == "complete" ? setTimeout(done, 50) : setTimeout(look, 10)
		look()
	})`, nil)
}

// evaluate runs a script in the page, outside its policy.
func (b *browser) evaluate(script string, result any) {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.do("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &answer)
	if answer.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", script, answer.ExceptionDetails)
	}
	if result != nil {
		if err := json.Unmarshal(answer.Result.Value, result); err != nil {
			b.t.Fatalf("%s: %v", answer.Result.Value, err)
		}
	}
}

// look sets the size of the window and the colours.
func (b *browser) look(width, height int, scheme string) {
	b.t.Helper()
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.do("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// picture takes one of what the window shows, as WebP.
func (b *browser) picture() []byte {
	b.t.Helper()
	var shot struct{ Data []byte }
	b.do("Page.captureScreenshot", map[string]any{"format": "webp", "quality": 80}, &shot)
	return shot.Data
}
