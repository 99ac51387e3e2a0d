package session_test

import (
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// Every octet of a response, changed to each of the other 255, alone: what was
// a handshake is one no more, unless a change of case or an octet that has no
// meaning made the difference. Octets compared by the word are compared whole.
func TestEveryOctetCounts(t *testing.T) {
	const (
		statusLine = "HTTP/1.1 101 Switching Protocols\r\n"
		lines      = three + "Sec-WebSocket-Protocol: superchat\r\n\r\n"
	)
	req := compile(t, session.Offer{Subprotocols: []string{"chat", "superchat"}})
	c := begin(t, req)
	request := make([]byte, 0, req.Len())
	sent := statusLine + lines
	for i := len(statusLine); i < len(sent)-4; i++ {
		for octet := range 256 {
			p := []byte(sent)
			p[i] = byte(octet)
			r := new(parse.Response)
			_, err := r.Parse(p)
			if err == nil {
				c.Reset()
				if _, err := c.BeginHandshake(request, req); err != nil {
					t.Fatal(err)
				}
				_, _, err = c.EndHandshake(r, nil)
			}
			if ok := meansTheSame(sent, string(p), i); ok != (err == nil) {
				t.Fatalf("octet %d, %q for %q: %v", i, p[i], sent[i], err)
			}
		}
	}
}

// meansTheSame reports whether the response, which differs from what was sent
// at octet i only, is still a handshake with the same outcome.
func meansTheSame(sent, changed string, i int) bool {
	if sent == changed {
		return true
	}
	start := strings.LastIndexByte(sent[:i], '\n') + 1
	name, value, _ := strings.Cut(sent[start:], ": ")
	inName, at := i < start+len(name), i-start-len(name)-len(": ")
	value, _, _ = strings.Cut(value, "\r\n")
	switch {
	case inName, name == "Upgrade" && at >= 0 && at < len(value), name == "Connection" && at >= 0 && at < len(value):
		return strings.EqualFold(sent[i:i+1], changed[i:i+1]) && changed[i] < 0x80
	case at == -1: // the blank behind the colon
		return changed[i] == '\t' || name == "Connection" && changed[i] == ','
	}
	return false
}
