package echo

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/serve"
)

// TestArguments: both programs say how they are called.
func TestArguments(t *testing.T) {
	for _, program := range []string{"dial", "session"} {
		usage := "usage: " + program + " [-deflate] "
		for _, tt := range []struct {
			args   []string
			status int
			want   string
		}{
			{nil, 2, usage},
			{[]string{"-deflate"}, 2, usage},
			{[]string{"ws://127.0.0.1:1/", "ws://127.0.0.1:1/"}, 2, usage},
			{[]string{"-no-such-flag", "ws://127.0.0.1:1/"}, 2, usage},
			{[]string{"-h"}, 0, usage},
			{[]string{"http://127.0.0.1:1/"}, 2, "URL"},
			{[]string{"127.0.0.1:1"}, 2, "URL"},
			{[]string{"ws://:1/"}, 2, "URL"},
			{[]string{"ws://%zz/"}, 2, "URL"},
		} {
			status, printed := runProgram(t, program, tt.args...)
			if status != tt.status || !strings.Contains(printed, tt.want) {
				t.Errorf("%s %q: %d, %q; want %d, %q", program, tt.args, status, printed, tt.status, tt.want)
			}
			if tt.want != usage && !oneLine(printed) {
				t.Errorf("%s %q: more than a line: %q", program, tt.args, printed)
			}
		}
	}
}

// TestEnds: how a connection ends is the exit status, and a line if it ends
// otherwise than by the server's close.
func TestEnds(t *testing.T) {
	reset := func(nc net.Conn) { nc.(*net.TCPConn).SetLinger(0) }
	answer := func(response string) func(net.Conn) {
		return func(nc net.Conn) {
			nc.Read(make([]byte, 4096))
			io.WriteString(nc, response)
		}
	}
	open := func(then func(c *serve.Conn)) func(net.Conn) {
		return func(nc net.Conn) {
			if c, err := serve.Open(nc, func(string) string { return "" }); err == nil {
				then(c)
			}
		}
	}
	sends := func(octets string) func(net.Conn) {
		return open(func(c *serve.Conn) {
			io.WriteString(c, octets)
			c.Conn.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
		})
	}
	resets := func(octets string) func(net.Conn) {
		return open(func(c *serve.Conn) {
			io.WriteString(c, octets)
			reset(c.Conn)
		})
	}
	for _, tt := range []struct {
		name   string
		handle func(net.Conn)
		status int
		want   string
	}{
		{"close without status", sends("\x88\x00"), 0, ""},
		{"close 1000", sends("\x88\x02\x03\xe8"), 0, ""},
		{"close 1001, with a reason", sends("\x88\x05\x03\xe9bye"), 0, ""},
		{"close 1011", sends("\x88\x02\x03\xf3"), 0, ""},
		{"close 3000", sends("\x88\x02\x0b\xb8"), 0, ""},
		{"close 4999", sends("\x88\x02\x13\x87"), 0, ""},
		{"a text and a close", sends("\x81\x05Hello\x88\x02\x03\xe8"), 0, ""},
		{"close 1005", sends("\x88\x02\x03\xed"), 1, "close status"},
		{"end before the response", func(net.Conn) {}, 1, "EOF|reset"},
		{"end in the response", answer("HTTP/1.1 101 Switching"), 1, "EOF"},
		{"404", answer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), 1, "404"},
		{"wrong accept value", answer("HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"), 1, "Sec-WebSocket-Accept"},
		{"end before a close", sends(""), 1, "EOF"},
		{"end in a header", sends("\x82\x7f\x00"), 1, "EOF"},
		{"end in a payload", sends("\x81\x05He"), 1, "EOF"},
		{"end in a close", sends("\x88\x05\x03"), 1, "EOF"},
		{"reset before the response", reset, 1, "EOF|reset|aborted"},
		{"reset in a header", resets("\x82\x7f\x00"), 1, "reset|aborted"},
		{"reset in a payload", resets("\x81\x05He"), 1, "reset|aborted"},
		{"reset in a close", resets("\x88\x05\x03"), 1, "reset|aborted"},
	} {
		for _, program := range []string{"dial", "session"} {
			status, printed := runProgram(t, program, "ws://"+listen(t, tt.handle)+"/")
			if status != tt.status || status == 0 && printed != "" || status != 0 && (!oneLine(printed) || !containsAny(printed, tt.want)) {
				t.Errorf("%s, %s: %d, %q; want %d, %q", tt.name, program, status, printed, tt.status, tt.want)
			}
		}
	}
}

// TestNoServer: nobody listens.
func TestNoServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for _, program := range []string{"dial", "session"} {
		if status, printed := runProgram(t, program, "ws://"+l.Addr().String()+"/"); status != 1 || !oneLine(printed) || !strings.Contains(printed, "refused") {
			t.Errorf("%s: %d, %q", program, status, printed)
		}
	}
}

// containsAny reports whether one of the words between bars is in s.
func containsAny(s, words string) bool {
	for _, word := range strings.Split(words, "|") {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
