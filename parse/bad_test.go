package parse_test

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// Heads that are malformed: what may stand and, from the first wrong octet on,
// what may not.
var bad = []struct {
	name  string
	right string
	wrong string
	err   parse.Error
}{
	{parsetest.At("P1: lower case"), "", "http/1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: mixed case"), "H", "ttp/1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: lower case, the last letter"), "HTT", "p/1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: another protocol"), "", "220 smtp.invalid\r\n", parse.ErrVersion},
	{parsetest.At("P1: another protocol that begins alike"), "H", "ello!\r\n", parse.ErrVersion},
	{parsetest.At("P1: no slash"), "HTTP", " 1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: HTTPS"), "HTTP", "S/1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: no minor version"), "HTTP/1", " 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: a comma"), "HTTP/1", ",1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: an empty minor version"), "HTTP/1.", " 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: a minor version below the digits"), "HTTP/1.", "/ 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: a minor version above the digits"), "HTTP/1.", ": 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: a minor version of two digits"), "HTTP/1.1", "1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P1: a version that ends the line"), "HTTP/1.1", "\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P2: HTTP/2.0"), "HTTP/", "2.0 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P2: HTTP/2"), "HTTP/", "2 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P2: HTTP/0.9"), "HTTP/", "0.9 200 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P2: HTTP/11.1"), "HTTP/1", "1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P2: HTTP/01.1"), "HTTP/", "01.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P2: HTTP/1.0 and 100"), "HTTP/1.0 ", "100 Continue\r\n\r\n", parse.ErrInterimVersion},
	{parsetest.At("P2: HTTP/1.0 and 101"), "HTTP/1.0 ", "101 Switching Protocols\r\n\r\n", parse.ErrInterimVersion},
	{parsetest.At("P2: HTTP/1.0 and 199"), "HTTP/1.0 ", "199 \r\n\r\n", parse.ErrInterimVersion},
	{parsetest.At("P2: HTTP/1.0 and 101 after an interim head"), "HTTP/1.1 100 \r\n\r\nHTTP/1.0 ", "101 \r\n\r\n", parse.ErrInterimVersion},
	{parsetest.At("P4: two digits"), "HTTP/1.1 10", " OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: two digits that end the line"), "HTTP/1.1 10", "\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: none"), "HTTP/1.1 ", "\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: a sign"), "HTTP/1.1 ", "+101 OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: a word"), "HTTP/1.1 ", "OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: below the digits"), "HTTP/1.1 1", "/1 OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: above the digits"), "HTTP/1.1 1", ":1 OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: digits with the high bit"), "HTTP/1.1 10", "\xb1 OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P4: four digits"), "HTTP/1.1 010", "1 OK\r\n\r\n", parse.ErrStatusEnd},
	{parsetest.At("P5: two spaces before the status"), "HTTP/1.1 ", " 101 OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P5: a tab before the status"), "HTTP/1.1", "\t101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P5: a space and a tab before the status"), "HTTP/1.1 ", "\t101 OK\r\n\r\n", parse.ErrStatus},
	{parsetest.At("P5: a letter after the status"), "HTTP/1.1 101", "X OK\r\n\r\n", parse.ErrStatusEnd},
	{parsetest.At("P5: a tab after the status"), "HTTP/1.1 101", "\tOK\r\n\r\n", parse.ErrStatusEnd},
	{parsetest.At("P5: a NUL after the status"), "HTTP/1.1 101", "\x00OK\r\n\r\n", parse.ErrStatusEnd},
	{parsetest.At("P6: an empty line before the status line"), "", "\r\nHTTP/1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P6: an empty line after an interim head"), "HTTP/1.1 100 \r\n\r\n", "\r\nHTTP/1.1 101 OK\r\n\r\n", parse.ErrVersion},
	{parsetest.At("P6: a space before the status line"), "", " HTTP/1.1 101 OK\r\n\r\n", parse.ErrVersion},

	{parsetest.At("P7: LF after the status"), "HTTP/1.1 101", "\n\r\n", parse.ErrBareLF},
	{parsetest.At("P7: LF after the space"), "HTTP/1.1 101 ", "\n\r\n", parse.ErrBareLF},
	{parsetest.At("P7: LF after the reason"), "HTTP/1.1 101 OK", "\nA: b\r\n\r\n", parse.ErrBareLF},
	{parsetest.At("P7: LF after a value"), "HTTP/1.1 101 OK\r\nA: b", "\nC: d\r\n\r\n", parse.ErrBareLF},
	{parsetest.At("P7: LF after a long value"), "HTTP/1.1 101 OK\r\nA: bbbbbbbbbbbbbbbbbbbbb", "\nC: d\r\n\r\n", parse.ErrBareLF},
	{parsetest.At("P7: LF after an empty value"), "HTTP/1.1 101 OK\r\nA:", "\nC: d\r\n\r\n", parse.ErrBareLF},
	{parsetest.At("P7: LF before a fold"), "HTTP/1.1 101 OK\r\nA: b", "\n c\r\n\r\n", parse.ErrBareLF},
	{parsetest.At("P7: LF for the empty line"), "HTTP/1.1 101 OK\r\nA: b\r\n", "\n", parse.ErrBareLF},
	{parsetest.At("P7: LF for the empty line, no field"), "HTTP/1.1 101 OK\r\n", "\n", parse.ErrBareLF},
	{parsetest.At("P7: LF in an interim head"), "HTTP/1.1 100 Continue", "\n\nHTTP/1.1 101 \r\n\r\n", parse.ErrBareLF},

	{parsetest.At("P8: CR after the status"), "HTTP/1.1 101\r", "X\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR in the reason"), "HTTP/1.1 101 O\r", "K\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR CR LF after the reason"), "HTTP/1.1 101 OK\r", "\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR in a value"), "HTTP/1.1 101 OK\r\nA: b\r", "c\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR in a long value"), "HTTP/1.1 101 OK\r\nA: bbbbbbbbbbbbbbbbbb\r", "ccccccccccccccccccc\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR SP in a value"), "HTTP/1.1 101 OK\r\nA: b\r", " c\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR CR LF after a value"), "HTTP/1.1 101 OK\r\nA: b\r", "\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR before the value"), "HTTP/1.1 101 OK\r\nA:\r", "b\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR in a fold"), "HTTP/1.1 101 OK\r\nA: b\r\n c\r", "d\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR for the empty line"), "HTTP/1.1 101 OK\r\nA: b\r\n\r", "A: c\r\n\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR CR for the empty line"), "HTTP/1.1 101 OK\r\n\r", "\r\n", parse.ErrBareCR},
	{parsetest.At("P8: CR NUL for the empty line"), "HTTP/1.1 101 OK\r\n\r", "\x00", parse.ErrBareCR},

	{parsetest.At("P9: NUL in a value"), "HTTP/1.1 101 OK\r\nA: b", "\x00c\r\n\r\n", parse.ErrValue},
	{parsetest.At("P9: NUL before a value"), "HTTP/1.1 101 OK\r\nA:", "\x00\r\n\r\n", parse.ErrValue},
	{parsetest.At("P9: NUL in a long value"), "HTTP/1.1 101 OK\r\nA: bbbbbbbbbbbbbbbbbbbbbbb", "\x00ccccccccc\r\n\r\n", parse.ErrValue},
	{parsetest.At("P10: VT in a value"), "HTTP/1.1 101 OK\r\nA: b", "\v\r\n\r\n", parse.ErrValue},
	{parsetest.At("P10: FF before a value"), "HTTP/1.1 101 OK\r\nA: ", "\fb\r\n\r\n", parse.ErrValue},
	{parsetest.At("P10: the last control octet in a value"), "HTTP/1.1 101 OK\r\nA: b", "\x1f\r\n\r\n", parse.ErrValue},
	{parsetest.At("P10: DEL in a value"), "HTTP/1.1 101 OK\r\nA: e", "\x7fample\r\n\r\n", parse.ErrValue},
	{parsetest.At("P10: BS in a fold"), "HTTP/1.1 101 OK\r\nA: b\r\n ", "\bc\r\n\r\n", parse.ErrValue},
	{parsetest.At("P10: NUL in the reason"), "HTTP/1.1 101 O", "\x00K\r\n\r\n", parse.ErrReason},
	{parsetest.At("P10: ESC in a long reason"), "HTTP/1.1 101 Switching Protocols", "\x1b[1m\r\n\r\n", parse.ErrReason},
	{parsetest.At("P10: DEL in the reason"), "HTTP/1.1 101 ", "\x7f\r\n\r\n", parse.ErrReason},
	{parsetest.At("P10: VT in an interim head's reason"), "HTTP/1.1 100 Continue", "\v\r\n\r\n", parse.ErrReason},
	{parsetest.At("P10: SOH in an interim head's value"), "HTTP/1.1 100 Continue\r\nA: ", "\x01\r\n\r\n", parse.ErrValue},

	{parsetest.At("P12: a space begins the line after the status line"), "HTTP/1.1 101 OK\r\n", " A: b\r\n\r\n", parse.ErrLeadingSpace},
	{parsetest.At("P12: a tab begins the line after the status line"), "HTTP/1.1 101 OK\r\n", "\tA: b\r\n\r\n", parse.ErrLeadingSpace},
	{parsetest.At("P12: a line of white space after the status line"), "HTTP/1.1 101 OK\r\n", " \r\n\r\n", parse.ErrLeadingSpace},
	{parsetest.At("P12: in an interim head"), "HTTP/1.1 100 OK\r\n", " A: b\r\n\r\n", parse.ErrLeadingSpace},
	{parsetest.At("P12: after an interim head with fields"), "HTTP/1.1 100 OK\r\nA: b\r\n\r\nHTTP/1.1 101 OK\r\n", " c\r\n\r\n", parse.ErrLeadingSpace},
	{parsetest.At("P13: a space before the colon"), "HTTP/1.1 101 OK\r\nUpgrade", " : websocket\r\n\r\n", parse.ErrSpaceBeforeColon},
	{parsetest.At("P13: a tab before the colon"), "HTTP/1.1 101 OK\r\nUpgrade", "\t: websocket\r\n\r\n", parse.ErrSpaceBeforeColon},
	{parsetest.At("P13: a space in a name"), "HTTP/1.1 101 OK\r\nfoo", " bar: baz\r\n\r\n", parse.ErrSpaceBeforeColon},
	{parsetest.At("P13: in the second field"), "HTTP/1.1 101 OK\r\nA: b\r\nSec-WebSocket-Accept", " : c\r\n\r\n", parse.ErrSpaceBeforeColon},
	{parsetest.At("P14: an empty name"), "HTTP/1.1 101 OK\r\n", ": b\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: an empty name after a field"), "HTTP/1.1 101 OK\r\nA: b\r\n", ":c\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: a separator in a name"), "HTTP/1.1 101 OK\r\nUpg", "(rade: websocket\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: a separator begins a name"), "HTTP/1.1 101 OK\r\n", "@A: b\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: a quote in a name"), "HTTP/1.1 101 OK\r\nA", "\": b\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: a high octet in a name"), "HTTP/1.1 101 OK\r\nA", "\x80: b\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: NUL in a name"), "HTTP/1.1 101 OK\r\nA", "\x00: b\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: DEL in a long name"), "HTTP/1.1 101 OK\r\nSec-WebSocket-Acc", "\x7fpt: b\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: a known name with 0x1a for the colon"), "HTTP/1.1 101 OK\r\nUpgrade", "\x1a websocket\r\n\r\n", parse.ErrName},
	{parsetest.At("P14: a line without colon"), "HTTP/1.1 101 OK\r\nOops", "\r\n\r\n", parse.ErrNoColon},
	{parsetest.At("P14: a line without colon and CR"), "HTTP/1.1 101 OK\r\nOops", "\n\n", parse.ErrNoColon},
	{parsetest.At("P14: a known name without colon"), "HTTP/1.1 101 OK\r\nSec-WebSocket-Accept", "\r\n\r\n", parse.ErrNoColon},
	{parsetest.At("P14: CR for the dash of a known name"), "HTTP/1.1 101 OK\r\nSec", "\rWebSocket-Accept: x\r\n\r\n", parse.ErrNoColon},
	{parsetest.At("P14: a status line in the head"), "HTTP/1.1 101 OK\r\nHTTP", "/1.1 101 OK\r\n\r\n", parse.ErrName},
}

func TestBad(t *testing.T) {
	for _, row := range bad {
		t.Run(row.name, func(t *testing.T) {
			want := parsetest.Outcome{Err: row.err, Offset: len(row.right)}
			stream := row.right + row.wrong
			if got := parsetest.Run(t, parsetest.Case{Stream: stream}); !same(got, want) {
				t.Errorf("%v\nwant %v", got, want)
			}
			if twin := parsetest.Head(stream, 0, 0); !same(twin, want) {
				t.Errorf("twin: %v\nwant %v", twin, want)
			}
			if n := allocations(stream, parse.Response{}); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// Every good head cut short is incomplete, at every octet: parsetest.Run sees
// to that. These need not be the beginning of a good one.
func TestIncomplete(t *testing.T) {
	for _, row := range []struct{ name, stream string }{
		{parsetest.At("P19: nothing"), ""},
		{parsetest.At("P19: one octet"), "H"},
		{parsetest.At("P19: the version"), "HTTP/1.1 "},
		{parsetest.At("P19: the status"), "HTTP/1.1 101"},
		{parsetest.At("P19: in the line end"), "HTTP/1.1 101 Switching Protocols\r"},
		{parsetest.At("P19: a field"), "HTTP/1.1 101 Switching Protocols\r\nA: 1\r\n"},
		{parsetest.At("P19: all but the last LF"), "HTTP/1.1 101 OK\r\nA: 1\r\n\r"},
		{parsetest.At("P19: a fold may follow"), "HTTP/1.1 101 OK\r\nA: 1\r\n "},
		{parsetest.At("P16: an interim head alone"), "HTTP/1.1 102 \r\nUpgrade: websocket\r\n\r\n"},
		{parsetest.At("P16: an interim head and a bit"), "HTTP/1.1 100 \r\n\r\nHTTP/1.1 10"},
	} {
		t.Run(row.name, func(t *testing.T) {
			want := parsetest.Outcome{Err: parse.ErrIncomplete, Offset: len(row.stream)}
			if got := parsetest.Run(t, parsetest.Case{Stream: row.stream}); !same(got, want) {
				t.Errorf("%v\nwant %v", got, want)
			}
			if twin := parsetest.Head(row.stream, 0, 0); !same(twin, want) {
				t.Errorf("twin: %v\nwant %v", twin, want)
			}
			if n := allocations(row.stream, parse.Response{}); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
