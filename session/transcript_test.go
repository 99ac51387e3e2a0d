package session_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
)

// Every transcript holds whole, cut at every octet of the server's (at some 200
// of them if there are more), and octet by octet; its language is described in testdata/transcripts/README.md.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range strings.Split(string(text), "\n== ")[1:] {
			title, body, _ := strings.Cut(part, "\n")
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txt")+"/"+title, func(t *testing.T) {
				if strings.Contains(title, "/") {
					t.Fatalf("%d: the title is a path", i)
				}
				octets := replay(t, title, body, func(int) bool { return false })
				replay(t, title, body, func(int) bool { return true })
				for cut := 1; cut < octets; cut += 1 + octets/200 {
					replay(t, title, body, func(at int) bool { return at == cut })
				}
			})
		}
	}
}

// A player replays one transcript.
type player struct {
	t       *testing.T
	title   string
	line    string
	config  session.Config
	offer   session.Offer
	deflate string
	client  *session.Client
	cut     func(at int) bool // whether what the server sends is cut there

	in      []byte // of the server, not read yet
	fed     int
	reading *session.Action // a ReceiveFromNetwork that waits for octets
	held    *session.Action // a SendToNetwork that is not completed
	out     []byte          // of the client, less than a frame
	err     error           // of the last call
}

func replay(t *testing.T, title, body string, cut func(int) bool) (octets int) {
	t.Helper()
	p := &player{t: t, title: title, cut: cut}
	for _, line := range strings.Split(body, "\n") {
		line, _, _ = strings.Cut(line, " # ")
		if p.line = strings.TrimSpace(line); p.line == "" || p.line[0] == '#' {
			continue
		}
		p.play()
	}
	if p.err != nil {
		t.Errorf("%s: the last call gave %v", title, p.err)
	}
	return p.fed
}

func (p *player) fail(format string, args ...any) {
	p.t.Helper()
	p.t.Fatalf("%s: %q: %s", p.title, p.line, fmt.Sprintf(format, args...))
}

func (p *player) play() {
	p.t.Helper()
	word, rest, _ := strings.Cut(p.line, " ")
	if p.client == nil && word != "config" && word != "deflate" {
		p.open()
	}
	if p.err != nil && word != "refused" {
		p.fail("the call before gave %v", p.err)
	}
	switch word {
	case "config":
		p.configure(rest)
	case "deflate":
		p.deflate = rest
	case "server":
		p.in = append(p.in, wireOctets(rest)...)
	case "send":
		p.err = p.client.Send(operation(rest))
	case "receive":
		n, _ := strconv.Atoi(rest)
		p.err = p.client.Receive(&session.Op{Data: make([]byte, n)})
	case "refused":
		if p.err == nil || !strings.Contains(p.err.Error(), rest) {
			p.fail("%v", p.err)
		}
		p.err = nil
	case "abort":
		p.client.Abort()
	case "state":
		if got := p.client.State().String(); got != rest {
			p.fail("%s", got)
		}
	case "hold": // the next octets to be sent are not written yet
		for p.held = new(session.Action); p.held.Kind != session.SendToNetwork; {
			if p.reading != nil {
				p.feed()
			}
			if err := p.client.GetAction(session.AllQueues, p.held); err != nil || p.held.Kind == session.NoAction {
				p.fail("%v, %v", p.held.Kind, err)
			}
			if p.held.Kind == session.ReceiveFromNetwork {
				p.reading, p.held = p.held, new(session.Action)
			}
		}
	case "release", "short": // they are, or but for the last
		sent := append(bytes.Clone(p.held.Buffers[0]), p.held.Buffers[1]...)
		if word == "short" {
			sent = sent[:len(sent)-1]
		}
		p.out = append(p.out, sent...)
		if err := p.client.CompleteAction(p.held, len(sent)); err != nil {
			p.fail("%v", err)
		}
		if p.held = nil; word == "short" {
			p.out = nil
		}
	case "end": // of the server's stream
		if event := p.next(); event != "waits" || p.reading == nil {
			p.fail("%s", event)
		}
		p.complete(0)
	default:
		if event := p.next(); event != p.line {
			p.fail("it is %s", event)
		}
	}
}

func (p *player) configure(settings string) {
	for _, s := range strings.Fields(settings) {
		name, value, _ := strings.Cut(s, "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "max":
			p.config.MaxMessageSize = n
		case "receive":
			p.config.ReceiveBufferSize = n
		case "send":
			p.config.SendBufferSize = n
		case "any-text":
			p.config.DisableUTF8Verification = true
		default:
			p.fail("no such setting")
		}
	}
}

func (p *player) open() {
	p.t.Helper()
	p.config.Rand = sample.Rand
	fields := own
	if p.deflate != "" {
		p.offer.Extensions = []string{"permessage-deflate; client_max_window_bits"}
		fields = append(fields[:len(fields):len(fields)], "Sec-WebSocket-Extensions", p.deflate)
	}
	p.client = new(session.Client)
	if err := p.client.Init(&p.config); err != nil {
		p.fail("%v", err)
	}
	if _, err := p.client.BeginHandshake(nil, compile(p.t, p.offer)); err != nil {
		p.fail("%v", err)
	}
	if _, _, err := p.client.EndHandshake(response(fields...), make([]int, 1)); err != nil {
		p.fail("%v", err)
	}
}

// next does what the client asks for, up to something that is to be told.
func (p *player) next() string {
	p.t.Helper()
	for {
		if event := p.frame(); event != "" {
			return event
		}
		if p.reading != nil && len(p.in) > 0 {
			p.feed()
		}
		a := new(session.Action)
		if err := p.client.GetAction(session.AllQueues, a); err != nil {
			if a.Kind != session.NoAction || p.client.CompleteAction(a, 1) != nil {
				p.fail("with the error came %v", a.Kind)
			}
			return fmt.Sprintf("broken %d %s", session.CloseCodeFor(err), strings.TrimPrefix(err.Error(), "websocket: "))
		}
		switch a.Kind {
		case session.NoAction:
			return "waits"
		case session.SendToNetwork:
			octets := append(bytes.Clone(a.Buffers[0]), a.Buffers[1]...)
			if a.Op == nil && (octets[0] != 0x8a || a.N != 1 || a.Type != session.PingPong) {
				p.fail("op %v with frame %x", a.Op, octets)
			}
			p.out = append(p.out, octets...)
			if err := p.client.CompleteAction(a, len(octets)); err != nil {
				p.fail("%v", err)
			}
		case session.ReceiveFromNetwork:
			if a.N != 1 || len(a.Buffers[0]) == 0 {
				p.fail("nothing to read into")
			}
			p.reading = a
			if len(p.in) == 0 {
				return "waits"
			}
		default:
			event := indicated(a)
			if err := p.client.CompleteAction(a, 0); err != nil {
				p.fail("%v", err)
			}
			return event
		}
	}
}

// feed gives the client what the server has sent, up to a cut.
func (p *player) feed() {
	n := 0
	for n < min(len(p.in), len(p.reading.Buffers[0])) {
		n++
		p.fed++
		if p.cut(p.fed) {
			break
		}
	}
	copy(p.reading.Buffers[0], p.in[:n])
	p.in = p.in[n:]
	p.complete(n)
}

func (p *player) complete(n int) {
	if err := p.client.CompleteAction(p.reading, n); err != nil {
		p.fail("%v", err)
	}
	for i := range p.reading.Buffers[0][n:] { // it is not ours any more, but nothing has come there
		p.reading.Buffers[0][n+i] = 0xee
	}
	p.reading = nil
}

// frame tells of the first frame in out, if it is whole: it must be masked, and
// its length in the shortest form.
func (p *player) frame() string {
	b := p.out
	if len(b) < 6 {
		return ""
	}
	if b[1]&0x80 == 0 {
		p.fail("the frame %x is not masked", b)
	}
	n, head, least := int(b[1]&0x7f), 2, 0
	switch {
	case n == 126 && len(b) >= 4:
		n, head, least = int(binary.BigEndian.Uint16(b[2:])), 4, 126
	case n == 127 && len(b) >= 10:
		n, head, least = int(binary.BigEndian.Uint64(b[2:])), 10, 65536
	}
	if n < least {
		p.fail("the length of %x is not in its shortest form", b[:head])
	}
	if len(b) < head+4+n {
		return ""
	}
	key, payload := b[head:head+4], b[head+4:head+4+n]
	for i := range payload {
		payload[i] ^= key[i%4]
	}
	p.out = b[head+4+n:]
	return fmt.Sprintf("client %02x %s", b[0], quote(payload))
}

var typeNames = map[session.BufferType]string{
	session.UTF8Message: "text", session.UTF8Fragment: "text+", session.BinaryMessage: "binary", session.BinaryFragment: "binary+",
	session.CloseMessage: "close", session.PingPong: "pong", 0: "nothing",
}

func indicated(a *session.Action) string {
	if a.Kind == session.IndicateSendComplete {
		if a.Cancelled {
			return "unsent"
		}
		return "sent"
	}
	s := "got " + typeNames[a.Type]
	if a.Cancelled {
		s = "cancelled " + typeNames[a.Type]
	}
	if a.RSV1 {
		s += " compressed"
	}
	if a.Type == session.CloseMessage {
		s += fmt.Sprint(" ", a.Status)
	}
	if a.N != 1 {
		return s + " without a buffer"
	}
	return s + " " + quote(a.Buffers[0])
}

// quote shows octets; many that are the same, by their number.
func quote(b []byte) string {
	if len(b) > 200 && bytes.Count(b, b[:1]) == len(b) {
		return fmt.Sprintf("%dx%q", len(b), b[:1])
	}
	return strconv.Quote(string(b))
}

// wireOctets reads words: "text", 300x"a", and hex.
func wireOctets(s string) (b []byte) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		times, at := 1, strings.Index(s, `x"`)
		if at > 0 && !strings.ContainsAny(s[:at], ` "`) {
			times, _ = strconv.Atoi(s[:at])
			s = s[at+1:]
		}
		if s[0] == '"' {
			prefix, err := strconv.QuotedPrefix(s)
			if err != nil {
				panic(err)
			}
			text, _ := strconv.Unquote(prefix)
			b = append(b, strings.Repeat(text, times)...)
			s = s[len(prefix):]
			continue
		}
		word, rest, _ := strings.Cut(s, " ")
		raw, err := hex.DecodeString(word)
		if err != nil {
			panic(err)
		}
		b, s = append(b, raw...), rest
	}
	return b
}

func operation(s string) *session.Op {
	name, rest, _ := strings.Cut(s, " ")
	op := new(session.Op)
	switch name {
	case "ping":
		op.Type = session.PingPong
	case "pong":
		op.Type = session.UnsolicitedPong
	case "close":
		op.Type = session.CloseMessage
		status, reason, _ := strings.Cut(rest, " ")
		n, _ := strconv.Atoi(status)
		op.Status, rest = session.CloseStatus(n), reason
	case "compressed":
		op.Type = session.RawFrame(true, true, false, false, 1)
	default:
		for t, known := range typeNames {
			if name == known {
				op.Type = t
			}
		}
	}
	op.Data = wireOctets(rest)
	return op
}
