package parse_test

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// Places in a head where each of the 256 octets is tried. The twin says what
// becomes of them; TestOctetClasses says it once more for the octet classes.
var places = []struct{ name, before, after string }{
	{parsetest.At("the version's letter"), "HT", "P/1.1 101 OK\r\n\r\n"},
	{parsetest.At("the version's slash"), "HTTP", "1.1 101 OK\r\n\r\n"},
	{parsetest.At("the major version"), "HTTP/", ".1 101 OK\r\n\r\n"},
	{parsetest.At("the minor version"), "HTTP/1.", " 101 OK\r\n\r\n"},
	{parsetest.At("the minor version, 200"), "HTTP/1.", " 200 OK\r\n\r\n"},
	{parsetest.At("the space"), "HTTP/1.1", "101 OK\r\n\r\n"},
	{parsetest.At("the first digit"), "HTTP/1.1 ", "01 OK\r\n\r\n"},
	{parsetest.At("the first digit, HTTP/1.0"), "HTTP/1.0 ", "01 OK\r\n\r\n"},
	{parsetest.At("the second digit"), "HTTP/1.1 1", "1 OK\r\n\r\n"},
	{parsetest.At("the third digit"), "HTTP/1.1 10", " OK\r\n\r\n"},
	{parsetest.At("behind the status"), "HTTP/1.1 101", "\r\n\r\n"},
	{parsetest.At("behind the status, LF"), "HTTP/1.1 101", "\n\r\n"},
	{parsetest.At("the reason, first"), "HTTP/1.1 101 ", "\r\nA: b\r\n\r\n"},
	{parsetest.At("the reason"), "HTTP/1.1 101 Switch", "ing Protocols\r\nA: b\r\n\r\n"},
	{parsetest.At("the reason, last"), "HTTP/1.1 101 Switching Protocols", "\r\nA: b\r\n\r\n"},
	{parsetest.At("the status line's LF"), "HTTP/1.1 101 OK\r", "A: b\r\n\r\n"},
	{parsetest.At("the first name, first"), "HTTP/1.1 101 OK\r\n", ": b\r\n\r\n"},
	{parsetest.At("the first name, before its rest"), "HTTP/1.1 101 OK\r\n", "pgrade: websocket\r\n\r\n"},
	{parsetest.At("a name"), "HTTP/1.1 101 OK\r\nX-", "-Test: b\r\n\r\n"},
	{parsetest.At("a name, last"), "HTTP/1.1 101 OK\r\nX-Tes", ": b\r\n\r\n"},
	{parsetest.At("the colon"), "HTTP/1.1 101 OK\r\nX-Test", " b\r\n\r\n"},
	{parsetest.At("the colon of upgrade"), "HTTP/1.1 101 OK\r\nUpgrade", " websocket\r\n\r\n"},
	{parsetest.At("the colon of connection"), "HTTP/1.1 101 OK\r\nConnection", " Upgrade\r\n\r\n"},
	{parsetest.At("the colon of sec-websocket-accept"), "HTTP/1.1 101 OK\r\nSec-WebSocket-Accept", " x\r\n\r\n"},
	{parsetest.At("the dash of sec-websocket-accept"), "HTTP/1.1 101 OK\r\nSec-WebSocket", "Accept: x\r\n\r\n"},
	{parsetest.At("behind the colon"), "HTTP/1.1 101 OK\r\nX-Test:", "b\r\n\r\n"},
	{parsetest.At("an empty value"), "HTTP/1.1 101 OK\r\nX-Test:", "\r\n\r\n"},
	{parsetest.At("a value, 1st of a word"), "HTTP/1.1 101 OK\r\nX: ", "1234567012345670\r\n\r\n"},
	{parsetest.At("a value, 2nd of a word"), "HTTP/1.1 101 OK\r\nX: 0", "234567012345670\r\n\r\n"},
	{parsetest.At("a value, 3rd of a word"), "HTTP/1.1 101 OK\r\nX: 01", "34567012345670\r\n\r\n"},
	{parsetest.At("a value, 4th of a word"), "HTTP/1.1 101 OK\r\nX: 012", "4567012345670\r\n\r\n"},
	{parsetest.At("a value, 5th of a word"), "HTTP/1.1 101 OK\r\nX: 0123", "567012345670\r\n\r\n"},
	{parsetest.At("a value, 6th of a word"), "HTTP/1.1 101 OK\r\nX: 01234", "67012345670\r\n\r\n"},
	{parsetest.At("a value, 7th of a word"), "HTTP/1.1 101 OK\r\nX: 012345", "7012345670\r\n\r\n"},
	{parsetest.At("a value, 8th of a word"), "HTTP/1.1 101 OK\r\nX: 0123456", "012345670\r\n\r\n"},
	{parsetest.At("a value, last"), "HTTP/1.1 101 OK\r\nX: 01234567", "\r\n\r\n"},
	{parsetest.At("a value's LF"), "HTTP/1.1 101 OK\r\nX: 01234567\r", "Y: z\r\n\r\n"},
	{parsetest.At("a second line's first"), "HTTP/1.1 101 OK\r\nX: a\r\n", "Y: z\r\n\r\n"},
	{parsetest.At("a fold"), "HTTP/1.1 101 OK\r\nX: a\r\n ", "b\r\n\r\n"},
	{parsetest.At("the last line's CR"), "HTTP/1.1 101 OK\r\nX: a\r\n", "\n"},
	{parsetest.At("the last LF"), "HTTP/1.1 101 OK\r\nX: a\r\n\r", "\r\n"},
	{parsetest.At("behind the head"), "HTTP/1.1 101 OK\r\nX: a\r\n\r\n", "\r\n"},
	{parsetest.At("an interim value"), "HTTP/1.1 100 OK\r\nX: ", "b\r\n\r\nHTTP/1.1 101 OK\r\n\r\n"},
	{parsetest.At("behind an interim head"), "HTTP/1.1 100 OK\r\n\r\n", "TTP/1.1 101 OK\r\n\r\n"},
}

func TestEveryOctet(t *testing.T) {
	for _, place := range places {
		t.Run(place.name, func(t *testing.T) {
			for c := range 256 {
				stream := place.before + string([]byte{byte(c)}) + place.after
				got, twin := parsetest.Run(t, parsetest.Case{Stream: stream}), parsetest.Head(stream, 0, 0)
				if !same(got, twin) {
					t.Errorf("%#02x: %v\ntwin: %v", c, got, twin)
				}
			}
		})
	}
}

// Whole responses as servers send them, with each octet in turn replaced by
// each of the 256, left out, or sent twice: what is read in words of eight
// octets is judged octet by octet.
func TestEveryOctetOfAResponse(t *testing.T) {
	for _, head := range []string{
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nServer: nginx/1.22.1\r\nConnection: upgrade\r\nupgrade: WebSocket\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15\r\nVia: a\r\n b\r\n\r\n",
		"HTTP/1.1 103 \r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length:9\r\nX:\r\n\r\n",
	} {
		for i := range head {
			for octet := range 256 {
				againstTwin(t, head[:i]+string([]byte{byte(octet)})+head[i+1:])
			}
			againstTwin(t, head[:i]+head[i+1:])
			againstTwin(t, head[:i]+head[i:i+1]+head[i:])
		}
	}
}

// againstTwin parses a stream at once and in two pieces.
func againstTwin(t *testing.T, stream string) {
	t.Helper()
	twin := parsetest.Head(stream, 0, 0)
	for _, cut := range []int{0, len(stream) / 2} {
		r := new(parse.Response)
		if cut > 0 {
			r.Parse([]byte(stream[:cut]))
		}
		n, err := r.Parse([]byte(stream))
		got := parsetest.Outcome{Err: err, Offset: r.Offset()}
		if err == nil {
			got.N, got.Minor, got.Status, got.Reason = n, r.Minor, r.Status, string(r.Reason)
			for _, f := range r.Fields {
				got.Fields = append(got.Fields, string(f.Name)+": "+string(f.Value))
			}
			var own parse.Notes
			r.Note(&own)
			if notes, ok := r.Notes(); len(r.Fields) > 0 && (!ok || *notes != own) {
				t.Fatalf("%q, cut at %d: notes %v, want %v", stream, cut, notes, own)
			}
		}
		if !same(got, twin) {
			t.Fatalf("%q, cut at %d: %v\ntwin: %v", stream, cut, got, twin)
		}
	}
}

// The octet classes in the words of RFC 9110 sections 5.5 and 5.6.2.
func TestOctetClasses(t *testing.T) {
	const (
		tchars   = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		controls = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"
	)
	var isTchar, isControl [256]bool
	for _, c := range []byte(tchars) {
		isTchar[c] = true
	}
	for _, c := range []byte(controls) {
		isControl[c] = true
	}
	for c := range 256 {
		s := string([]byte{byte(c)})
		if got := parse.IsToken(s); got != isTchar[c] {
			t.Errorf("IsToken(%q) = %v", s, got)
		}
		if got := parse.IsToken([]byte("To" + s + "en")); got != isTchar[c] {
			t.Errorf("IsToken(%q) = %v", "To"+s+"en", got)
		}
		want := -1
		if isControl[c] {
			want = 3
		}
		for _, v := range []string{"abc" + s, "abc" + s + "d", "abc" + s + "defghijklmnop"} {
			if got := parse.ValueFault(v); got != want {
				t.Errorf("ValueFault(%q) = %d, want %d", v, got, want)
			}
			if got := parse.ValueFault([]byte(v)); got != want {
				t.Errorf("ValueFault(%q) = %d, want %d", v, got, want)
			}
		}
		r := parse.Response{}
		_, err := r.Parse([]byte("HTTP/1.1 101 \r\nX" + s + "Y: 1\r\n\r\n"))
		if colon := c == ':'; (err == nil) != (isTchar[c] || colon) {
			t.Errorf("name X%sY: %v", s, err)
		}
		r.Reset()
		_, err = r.Parse([]byte("HTTP/1.1 101 \r\nX: a" + s + "b\r\n\r\n"))
		if (err != nil) != isControl[c] {
			t.Errorf("value %q: %v", "a"+s+"b", err)
		}
		r.Reset()
		_, err = r.Parse([]byte("HTTP/1.1 101 a" + s + "b\r\n\r\n"))
		if (err != nil) != isControl[c] {
			t.Errorf("reason %q: %v", "a"+s+"b", err)
		}
	}
	if parse.IsToken("") {
		t.Error("the empty string is a token")
	}
	if n := parse.ValueFault(""); n != -1 {
		t.Errorf("ValueFault of the empty string: %d", n)
	}
}

func TestTrim(t *testing.T) {
	for _, row := range []struct{ name, value, want string }{
		{parsetest.At("nothing"), "", ""},
		{parsetest.At("all white space"), " \t \t", ""},
		{parsetest.At("both sides"), "\t  a b\t c \t", "a b\t c"},
		{parsetest.At("nothing to trim"), "a", "a"},
		{parsetest.At("not VT, FF, CR, LF, NBSP"), "\va\f", "\va\f"},
		{parsetest.At("not CR LF"), "\r\na\r\n", "\r\na\r\n"},
		{parsetest.At("not NBSP"), "\xa0a\xa0", "\xa0a\xa0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(parse.Trim([]byte(row.value))); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
