package run

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A trace shows what happens on a connection: the request and the response with
// what the judge thought of each header, then every frame. Credentials are masked.
type trace struct {
	w      io.Writer
	run    *Run
	config *session.Config // which notes the keys
	keys   keys

	// Of the connection that is open.
	begin   time.Time // of its dial
	mask    masker
	out, in direction
}

// keys reads those of the handshakes, and remembers the last.
type keys struct{ last []byte }

func (k *keys) Read(p []byte) (int, error) {
	n, err := rand.Read(p)
	k.last = bytes.Clone(p[:n])
	return n, err
}

func newTrace(w io.Writer, r *Run) *trace {
	t := &trace{w: w, run: r, out: direction{sign: ">"}, in: direction{sign: "<"}}
	config := *r.plan.Session
	config.Rand = &t.keys
	t.config = &config
	return t
}

func (t *trace) opened(c *conn, o *loop.Opening) {
	t.handshake(c, &o.Timing, carrierOf(o), o.Response)
	fmt.Fprintf(t.w, "* open: the handshake succeeded\n")
	t.open(c, o.Timing.Start)
}

func (t *trace) failed(c *conn, f *loop.Failure) {
	t.handshake(c, &f.Timing, failedCarrier(f), f.Response)
	if len(f.Body) > 0 {
		t.open(c, f.Timing.Start)
		fmt.Fprintf(t.w, "< body begins %s\n", t.preview(f.Body, false, true))
	}
	fmt.Fprintf(t.w, "* %s: %s\n", failureReason(f), explainFailure(f, t.run.masker(c)))
}

// handshake shows the timing, what carries the connection, the request if it was made, and the response if one
// came.
func (t *trace) handshake(c *conn, timing *dial.Timing, below carrier, r *parse.Response) {
	if c.endpoint == nil {
		return
	}
	fmt.Fprintf(t.w, "* %s\n", t.run.plan.ShowURL(c.k, c.endpoint))
	before := timing.Start
	for _, phase := range []struct {
		name string
		end  time.Time
	}{{"looked the name up", timing.DNSDone}, {"connected", timing.Connected}, {"TLS", timing.TLSDone}, {"answer began", timing.FirstByte}} {
		if !phase.end.IsZero() {
			fmt.Fprintf(t.w, "* %-18s after %v\n", phase.name, phase.end.Sub(before).Round(time.Microsecond))
			before = phase.end
		}
	}
	t.carrier(below, time.Now())
	if t.keys.last == nil {
		return
	}
	j := judge{config: *t.config, key: t.keys.last, request: c.endpoint.Request()}
	mask := t.run.masker(c)
	for line := range strings.SplitSeq(strings.TrimSuffix(string(j.octets()), "\r\n\r\n"), "\r\n") {
		fmt.Fprintf(t.w, "> %s\n", requestLine(line, mask))
	}
	fmt.Fprintln(t.w, ">")
	if r == nil {
		return
	}
	fmt.Fprintf(t.w, "< HTTP/1.%d %d %s\n", r.Minor, r.Status, printable(mask.Replace(string(r.Reason))))
	for i, opinion := range j.opinions(r) {
		value := headerValue(r.Fields[i], mask)
		if opinion == headerOK && !r.Fields[i].Is("Sec-WebSocket-Protocol") { // then it has no room for a secret
			value = printable(string(r.Fields[i].Value))
		}
		line := fmt.Sprintf("%s: %s", printable(string(r.Fields[i].Name)), value)
		fmt.Fprintf(t.w, "< %-60s [%s]\n", line, opinion)
	}
	for _, missing := range j.missing {
		fmt.Fprintf(t.w, "  %-60s [missing]\n", missing)
	}
	fmt.Fprintln(t.w, "<")
}

// requestLine is one of the request's head, without what is sent in confidence: a
// cookie's value, a credential, what stands behind the ? of the target.
func requestLine(line string, mask masker) string {
	name, value, ok := strings.Cut(line, ": ")
	if !ok {
		return printable(mask.Replace(line))
	}
	switch strings.ToLower(name) {
	case "host", "upgrade", "connection", "sec-websocket-version", "sec-websocket-key",
		"sec-websocket-extensions", "origin", "user-agent":
		return printable(line)
	case "authorization", "proxy-authorization":
		scheme, _, _ := strings.Cut(value, " ")
		return printable(name + ": " + scheme + " ***")
	case "cookie":
		var pairs []string
		for pair := range strings.SplitSeq(value, "; ") {
			cookie, _, _ := strings.Cut(pair, "=")
			pairs = append(pairs, cookie+"=***")
		}
		return printable(name + ": " + strings.Join(pairs, "; "))
	}
	return printable(name + ": " + mask.Replace(value))
}

func (t *trace) pong(took time.Duration) {
	fmt.Fprintf(t.w, "* pong, %v after the ping\n", took.Round(time.Microsecond))
}

func (t *trace) closed(c *conn, e *loop.Ending) {
	for _, d := range []*direction{&t.out, &t.in} {
		if rest := d.rest(); rest != "" {
			fmt.Fprintf(t.w, "%s %s\n", d.sign, rest)
		}
	}
	fmt.Fprintf(t.w, "* %s: %s\n", endingReason(e), explainEnding(e, t.run.masker(c)))
}
