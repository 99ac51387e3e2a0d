package session_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

func field(name, value string) parse.Field {
	return parse.Field{Name: []byte(name), Value: []byte(value)}
}

// response is what a program with its own HTTP stack passes: pairs of a name
// and a value.
func response(pairs ...string) *parse.Response {
	r := &parse.Response{Status: 101}
	for pair := range slices.Chunk(pairs, 2) {
		r.Fields = append(r.Fields, field(pair[0], pair[1]))
	}
	return r
}

// The three headers as the program's own stack might have them.
var own = []string{"Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}

// What Parse refuses, and a program's own HTTP stack may let through. The
// fault is in field 3, behind the three headers.
func TestLiteralSyntax(t *testing.T) {
	req := compile(t, session.Offer{})
	for _, row := range []struct {
		name  string
		field parse.Field
		err   error
		at    int
	}{
		{parsetest.At("H2: an empty name"), field("", "x"), session.ErrHeaderName, -1},
		{parsetest.At("H2: a colon"), field("Server:", "x"), session.ErrHeaderName, 6},
		{parsetest.At("H2: a space"), field("My Header", "x"), session.ErrHeaderName, 2},
		{parsetest.At("H2: a space before the name"), field(" Server", "x"), session.ErrHeaderName, 0},
		{parsetest.At("H2: a line end"), field("Server\r\n", "x"), session.ErrHeaderName, 6},
		{parsetest.At("H2: a high octet"), field("S\xe9rver", "x"), session.ErrHeaderName, 1},
		{parsetest.At("H2: NUL"), field("\x00", "x"), session.ErrHeaderName, 0},
		{parsetest.At("H2: DEL"), field("Server\x7f", "x"), session.ErrHeaderName, 6},
		{parsetest.At("H4: CR at the end"), field("Server", "x\r"), session.ErrHeaderValue, 1},
		{parsetest.At("H4: LF at the end"), field("Server", "x\n"), session.ErrHeaderValue, 1},
		{parsetest.At("H4: a line end inside"), field("Server", "x\r\n y"), session.ErrHeaderValue, 1},
		{parsetest.At("H4: NUL"), field("Server", "\x00"), session.ErrHeaderValue, 0},
		{parsetest.At("H4: NUL in a long value"), field("Server", "0123456789abcdef\x00"), session.ErrHeaderValue, 16},
		{parsetest.At("H4: the last control octet"), field("Server", "ab\x1f"), session.ErrHeaderValue, 2},
		{parsetest.At("H4: DEL"), field("Server", "ab\x7f"), session.ErrHeaderValue, 2},
		{parsetest.At("H4: VT"), field("Server", "\vx"), session.ErrHeaderValue, 0},
		{parsetest.At("H4: a tab is none"), field("Server", "a\tb"), nil, -1},
		{parsetest.At("H4: a high octet is none"), field("Server", "\x80\xff"), nil, -1},
		{parsetest.At("H4: an empty value is none"), field("Server", ""), nil, -1},
		{parsetest.At("H4: nil is none"), parse.Field{Name: []byte("Server")}, nil, -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := response(own...)
			r.Fields = append(r.Fields, row.field)
			j := judge(t, req, r)
			if j.err != row.err {
				t.Fatalf("%v, want %v", j, row.err)
			}
			if row.err != nil && (j.field != 3 || j.offset != row.at || classesOf(j.err) != "invalid protocol format") {
				t.Errorf("%v, of the classes %s; want field 3 at %d", j, classesOf(j.err), row.at)
			}
			if n := endAllocations(t, req, r); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// endAllocations counts those of judging r.
func endAllocations(t testing.TB, req *session.Request, r *parse.Response) float64 {
	t.Helper()
	const runs = 5
	clients := make([]*session.Client, runs+1)
	for i := range clients {
		clients[i] = begin(t, req)
	}
	selected := make([]int, req.NumExtensions())
	return testing.AllocsPerRun(runs, func() {
		c := clients[0]
		clients = clients[1:]
		_, _, err := c.EndHandshake(r, selected)
		errors.Is(err, session.ErrInvalidProtocolFormat)
		c.Fault()
		c.Deflate()
	})
}

// H3 for values that nobody has trimmed, H6, and the response that .NET's
// client makes up: three headers suffice.
func TestLiteral(t *testing.T) {
	for _, row := range []struct {
		name string
		r    *parse.Response
		err  error
	}{
		{parsetest.At("three headers suffice"), response(own...), nil},
		{parsetest.At("H3: not trimmed"), response("Upgrade", " websocket\t", "Connection", "\tUpgrade ", "Sec-WebSocket-Accept", " \ts3pPLMBiTxaQ9kYGzzhZRbK+xOo= \t", "Sec-WebSocket-Protocol", " chat ", "Sec-WebSocket-Extensions", " foo "), nil},
		{parsetest.At("H3: blanks are an empty value"), response(append(own, "Sec-WebSocket-Protocol", " \t ")...), session.ErrSubprotocolEmpty},
		{parsetest.At("H3: blanks are an empty list"), response(append(own, "Sec-WebSocket-Extensions", " \t ")...), session.ErrExtensionsEmpty},
		{parsetest.At("H3: not trimmed: VT"), response("Upgrade", "\vwebsocket"), session.ErrHeaderValue},
		{parsetest.At("H6: no header"), response(), session.ErrUpgradeMissing},
		{parsetest.At("A3: twice"), response(append(own, "upgrade", "websocket")...), session.ErrUpgradeRepeated},
		{parsetest.At("A5: two lines"), response("connection", "close", "upgrade", "websocket", "CONNECTION", "x, upgrade", "sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), nil},
		{parsetest.At("A9: twice"), response(append(own, "SEC-WEBSOCKET-ACCEPT", "")...), session.ErrAcceptRepeated},
		{parsetest.At("A14: twice"), response(append(own, "Sec-WebSocket-Protocol", "chat", "Sec-Websocket-Protocol", "chat")...), session.ErrSubprotocolRepeated},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := compile(t, session.Offer{Subprotocols: []string{"chat"}, SubprotocolOptional: true, Extensions: []string{"foo"}})
			if j := judge(t, req, row.r); j.err != row.err {
				t.Errorf("%v, want %v", j, row.err)
			}
			if n := endAllocations(t, req, row.r); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// A parsed response whose Fields the program has changed, by length, place or
// the name of a handshake header, is judged by what Fields then holds.
func TestChangedFields(t *testing.T) {
	const lines = "Server: x\r\n" + upgrade + connection + accepted + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: foo\r\nVia: y\r\n"
	req := compile(t, session.Offer{Subprotocols: []string{"chat"}, SubprotocolOptional: true, Extensions: []string{"foo", "bar"}})
	without := func(name string) func(*parse.Response) {
		return func(r *parse.Response) {
			r.Fields = slices.DeleteFunc(r.Fields, func(f parse.Field) bool { return f.Is(name) })
		}
	}
	for _, row := range []struct {
		name   string
		change func(r *parse.Response)
		err    error
	}{
		{parsetest.At("as it was"), func(r *parse.Response) {}, nil},
		{parsetest.At("all gone"), func(r *parse.Response) { r.Fields = nil }, session.ErrUpgradeMissing},
		{parsetest.At("emptied"), func(r *parse.Response) { r.Fields = r.Fields[:0] }, session.ErrUpgradeMissing},
		{parsetest.At("Server filtered"), without("Server"), nil},
		{parsetest.At("Upgrade filtered"), without("Upgrade"), session.ErrUpgradeMissing},
		{parsetest.At("Connection filtered"), without("Connection"), session.ErrConnectionMissing},
		{parsetest.At("Sec-WebSocket-Accept filtered"), without("Sec-WebSocket-Accept"), session.ErrAcceptMissing},
		{parsetest.At("Upgrade filtered, another appended"), func(r *parse.Response) {
			without("Upgrade")(r)
			r.Fields = append(r.Fields, field("X", "y"))
		}, session.ErrUpgradeMissing},
		{parsetest.At("cut before Accept"), func(r *parse.Response) { r.Fields = r.Fields[:3] }, session.ErrAcceptMissing},
		{parsetest.At("cut behind Upgrade"), func(r *parse.Response) { r.Fields = r.Fields[2:] }, session.ErrUpgradeMissing},
		{parsetest.At("cut in front, unimportant"), func(r *parse.Response) { r.Fields = r.Fields[1:] }, nil},
		{parsetest.At("turned around"), func(r *parse.Response) { slices.Reverse(r.Fields) }, nil},
		{parsetest.At("turned around, and one more"), func(r *parse.Response) {
			slices.Reverse(r.Fields)
			r.Fields = append(r.Fields, field("upgrade", "websocket"))
		}, session.ErrUpgradeRepeated},
		{parsetest.At("a second Upgrade appended"), func(r *parse.Response) { r.Fields = append(r.Fields, field("upgrade", "websocket")) }, session.ErrUpgradeRepeated},
		{parsetest.At("a second Protocol in front"), func(r *parse.Response) {
			r.Fields = slices.Insert(r.Fields, 0, field("Sec-WebSocket-Protocol", "chat"))
		}, session.ErrSubprotocolRepeated},
		{parsetest.At("copied, and Via replaced by a second Accept"), func(r *parse.Response) {
			r.Fields = slices.Clone(r.Fields)
			r.Fields[6] = field("Sec-WebSocket-Accept", "x")
		}, session.ErrAcceptRepeated},
		{parsetest.At("Upgrade renamed"), func(r *parse.Response) { r.Fields[1].Name = []byte("Upgrad") }, session.ErrUpgradeMissing},
		{parsetest.At("Upgrade renamed in the buffer"), func(r *parse.Response) { copy(r.Fields[1].Name, "Downgra") }, session.ErrUpgradeMissing},
		{parsetest.At("Upgrade and Server changed places"), func(r *parse.Response) { r.Fields[0], r.Fields[1] = r.Fields[1], r.Fields[0] }, nil},
		{parsetest.At("Upgrade and Connection changed values"), func(r *parse.Response) {
			r.Fields[1].Value, r.Fields[2].Value = r.Fields[2].Value, r.Fields[1].Value
		}, session.ErrUpgradeValue},
		{parsetest.At("another Accept value"), func(r *parse.Response) { r.Fields[3].Value = []byte("HSmrc0sMlYUkAGmm5OPpG2HaGWk=") }, session.ErrAcceptValue},
		{parsetest.At("another Accept value in the buffer"), func(r *parse.Response) { r.Fields[3].Value[0] = 'S' }, session.ErrAcceptValue},
		{parsetest.At("an Upgrade value not trimmed"), func(r *parse.Response) { r.Fields[1].Value = []byte(" websocket ") }, nil},
		{parsetest.At("Protocol emptied"), func(r *parse.Response) { r.Fields[4].Value = nil }, session.ErrSubprotocolEmpty},
		{parsetest.At("Extensions replaced"), func(r *parse.Response) { r.Fields[5] = field("Sec-WebSocket-Extensions", "baz") }, session.ErrExtensionNotOffered},
		{parsetest.At("a value with CR appended"), func(r *parse.Response) { r.Fields = append(r.Fields, field("A", "b\r")) }, session.ErrHeaderValue},
		{parsetest.At("another status"), func(r *parse.Response) { r.Status = 200 }, session.ErrUnexpectedStatus},
		{parsetest.At("reset"), func(r *parse.Response) { r.Reset() }, session.ErrUnexpectedStatus},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := parsed(t, lines)
			row.change(r)
			if l := judge(t, req, literal(r)); l.err != row.err {
				t.Fatalf("the row is wrong: %v, want %v", l, row.err)
			}
			if j := judge(t, req, r); j.err != row.err {
				t.Errorf("%v, want %v", j, row.err)
			}
		})
	}
}

// Two Extensions lines that change places change the order of selection.
func TestChangedOrder(t *testing.T) {
	req := compile(t, session.Offer{Extensions: []string{"foo", "bar"}})
	r := parsed(t, three+ext+"foo\r\n"+ext+"bar\r\n")
	r.Fields[3], r.Fields[4] = r.Fields[4], r.Fields[3]
	if j := judge(t, req, r); !slices.Equal(j.selected, []int{1, 0}) {
		t.Error(j)
	}
}

// P20, with the versions of RFC 6455 section 4.4.
func TestStatus(t *testing.T) {
	req := compile(t, session.Offer{})
	for _, row := range []struct {
		name    string
		head    string
		version bool // ErrUnsupportedVersion, too
	}{
		{parsetest.At("200"), "HTTP/1.1 200 OK\r\n" + three + "\r\n", false},
		{parsetest.At("000"), "HTTP/1.1 000 \r\n" + three + "\r\n", false},
		{parsetest.At("099"), "HTTP/1.1 099 \r\n" + three + "\r\n", false},
		{parsetest.At("301"), "HTTP/1.1 301 Moved\r\nLocation: ws://server.example/\r\n\r\n", false},
		{parsetest.At("401"), "HTTP/1.1 401 Unauthorized\r\n\r\n", false},
		{parsetest.At("999"), "HTTP/1.1 999 \r\n\r\n", false},
		{parsetest.At("HTTP/1.0"), "HTTP/1.0 400 Bad Request\r\n\r\n", false},
		{parsetest.At("13 alone"), "HTTP/1.1 400 \r\nSec-WebSocket-Version: 13\r\n\r\n", false},
		{parsetest.At("13 first"), "HTTP/1.1 400 \r\nSec-WebSocket-Version: 13, 8, 7\r\n\r\n", false},
		{parsetest.At("13 last"), "HTTP/1.1 400 \r\nSec-WebSocket-Version: 7,8,13\r\n\r\n", false},
		{parsetest.At("13 on the second line"), "HTTP/1.1 426 \r\nsec-websocket-version: 8\r\nSec-WebSocket-Version: 13\r\n\r\n", false},
		{parsetest.At("8 and 7"), "HTTP/1.1 400 \r\nSec-WebSocket-Version: 8, 7\r\n\r\n", true},
		{parsetest.At("113, 130 and 1 3"), "HTTP/1.1 400 \r\nSec-WebSocket-Version: 113, 130, 1 3\r\n\r\n", true},
		{parsetest.At("013"), "HTTP/1.1 400 \r\nSec-WebSocket-Version: 013\r\n\r\n", true},
		{parsetest.At("empty"), "HTTP/1.1 400 \r\nSec-WebSocket-Version:\r\n\r\n", true},
		{parsetest.At("on two lines"), "HTTP/1.1 426 \r\nSec-WebSocket-Version: 8\r\nSEC-WEBSOCKET-VERSION: 7\r\n\r\n", true},
		{parsetest.At("of HTTP/1.0"), "HTTP/1.0 426 \r\nSec-WebSocket-Version: 8\r\n\r\n", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := new(parse.Response)
			if _, err := r.Parse([]byte(row.head)); err != nil {
				t.Fatal(err)
			}
			j := judge(t, req, r)
			if !errors.Is(j.err, session.ErrUnexpectedStatus) || errors.Is(j.err, session.ErrUnsupportedVersion) != row.version || errors.Is(j.err, session.ErrInvalidProtocolFormat) {
				t.Errorf("%v of the classes %s", j, classesOf(j.err))
			}
			if n := endAllocations(t, req, r); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
