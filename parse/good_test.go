package parse_test

import (
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// Heads that are well-formed, by the rule that they are near to.
var good = []struct {
	name   string
	head   string
	rest   string // what follows the head
	minor  int
	status int
	reason string
	fields []string
}{
	{parsetest.At("P1: the least head"), "HTTP/1.1 101 \r\n\r\n", "", 1, 101, "", nil},
	{parsetest.At("P1: a usual one"), "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "", 1, 101, "Switching Protocols", []string{"Upgrade: websocket", "Connection: Upgrade"}},
	{parsetest.At("P2: a higher minor version"), "HTTP/1.2 101 OK\r\n\r\n", "", 2, 101, "OK", nil},
	{parsetest.At("P2: the highest minor version"), "HTTP/1.9 101 OK\r\n\r\n", "", 9, 101, "OK", nil},
	{parsetest.At("P2: HTTP/1.0 and a refusal"), "HTTP/1.0 500 Internal Server Error\r\n\r\n", "", 0, 500, "Internal Server Error", nil},
	{parsetest.At("P2: HTTP/1.0 and 200"), "HTTP/1.0 200 OK\r\nA: b\r\n\r\n", "", 0, 200, "OK", []string{"A: b"}},
	{parsetest.At("P2: HTTP/1.0 and 099"), "HTTP/1.0 099 \r\n\r\n", "", 0, 99, "", nil},
	{parsetest.At("P3: no reason"), "HTTP/1.1 101 \r\nA: b\r\n\r\n", "", 1, 101, "", []string{"A: b"}},
	{parsetest.At("P3: no reason and no space"), "HTTP/1.1 101\r\nA: b\r\n\r\n", "", 1, 101, "", []string{"A: b"}},
	{parsetest.At("P5: a reason that begins with a space"), "HTTP/1.1 101  OK\r\n\r\n", "", 1, 101, " OK", nil},
	{parsetest.At("P5: a reason that begins and ends with a tab"), "HTTP/1.1 101 \tO\tK\t\r\n\r\n", "", 1, 101, "\tO\tK\t", nil},
	{parsetest.At("P5: a reason of spaces"), "HTTP/1.1 404   \r\n\r\n", "", 1, 404, "  ", nil},
	{parsetest.At("P15: a reason in ISO 8859-1"), "HTTP/1.1 101 \xd8K\xff\x80\r\n\r\n", "", 1, 101, "\xd8K\xff\x80", nil},
	{parsetest.At("P20: 000"), "HTTP/1.1 000 \r\n\r\n", "", 1, 0, "", nil},
	{parsetest.At("P20: 007"), "HTTP/1.1 007 Bond\r\n\r\n", "", 1, 7, "Bond", nil},
	{parsetest.At("P20: 099"), "HTTP/1.1 099 \r\n\r\n", "", 1, 99, "", nil},
	{parsetest.At("P20: 200"), "HTTP/1.1 200 OK\r\n\r\n", "<html>", 1, 200, "OK", nil},
	{parsetest.At("P20: 999"), "HTTP/1.1 999 \r\n\r\n", "", 1, 999, "", nil},

	{parsetest.At("P14: a name of every tchar"), "HTTP/1.1 101 \r\n!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz: 1\r\n\r\n", "", 1, 101, "", []string{"!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz: 1"}},
	{parsetest.At("P14: a name of one octet"), "HTTP/1.1 101 \r\nA:b\r\n\r\n", "", 1, 101, "", []string{"A: b"}},
	{parsetest.At("P14: duplicates keep their order"), "HTTP/1.1 101 \r\nb: 1\r\na: 2\r\nB: 3\r\nb: 4\r\n\r\n", "", 1, 101, "", []string{"b: 1", "a: 2", "B: 3", "b: 4"}},
	{parsetest.At("9110 5.5: no white space around the value"), "HTTP/1.1 101 \r\nX-Test:1\r\n\r\n", "", 1, 101, "", []string{"X-Test: 1"}},
	{parsetest.At("9110 5.5: white space around the value"), "HTTP/1.1 101 \r\nX-Test: \t 1 \t \r\n\r\n", "", 1, 101, "", []string{"X-Test: 1"}},
	{parsetest.At("9110 5.5: white space in the value stays"), "HTTP/1.1 101 \r\nX-Test: a \t b\r\n\r\n", "", 1, 101, "", []string{"X-Test: a \t b"}},
	{parsetest.At("9110 5.5: an empty value"), "HTTP/1.1 101 \r\nX-Test:\r\nX-Next: \r\nX-Last:\t \t\r\n\r\n", "", 1, 101, "", []string{"X-Test: ", "X-Next: ", "X-Last: "}},
	{parsetest.At("9110 5.5: colons in the value"), "HTTP/1.1 101 \r\nX-Test:: a:b:\r\n\r\n", "", 1, 101, "", []string{"X-Test: : a:b:"}},
	{parsetest.At("P15: a value in UTF-8"), "HTTP/1.1 101 \r\nX-Drink: caf\xc3\xa9\r\n\r\n", "", 1, 101, "", []string{"X-Drink: caf\xc3\xa9"}},
	{parsetest.At("P15: a value of the octets from 0x80 on"), "HTTP/1.1 101 \r\nX: \x80\x81\x8d\x8a\xa0\xfe\xff\r\n\r\n", "", 1, 101, "", []string{"X: \x80\x81\x8d\x8a\xa0\xfe\xff"}},
	{parsetest.At("P15: VT and FF are refused, NBSP is not trimmed"), "HTTP/1.1 101 \r\nX: \xa0a\xa0\r\n\r\n", "", 1, 101, "", []string{"X: \xa0a\xa0"}},

	{parsetest.At("P11: a fold with a space"), "HTTP/1.1 101 \r\nX-Note: one\r\n two\r\n\r\n", "", 1, 101, "", []string{"X-Note: one   two"}},
	{parsetest.At("P11: a fold with a tab"), "HTTP/1.1 101 \r\nX-Note: one\r\n\ttwo\r\n\r\n", "", 1, 101, "", []string{"X-Note: one  \ttwo"}},
	{parsetest.At("P11: several folds"), "HTTP/1.1 101 \r\nX: a\r\n b\r\n\t c\r\nY: d\r\n  e\r\n\r\n", "", 1, 101, "", []string{"X: a   b  \t c", "Y: d    e"}},
	{parsetest.At("P11: a fold before the value"), "HTTP/1.1 101 \r\nX:\r\n a\r\n\r\n", "", 1, 101, "", []string{"X: a"}},
	{parsetest.At("P11: a fold after the value"), "HTTP/1.1 101 \r\nX: a\r\n \r\nY: b\r\n\r\n", "", 1, 101, "", []string{"X: a", "Y: b"}},
	{parsetest.At("P11: a value of folds alone"), "HTTP/1.1 101 \r\nX:\r\n \r\n\t\r\n  \r\n\r\n", "", 1, 101, "", []string{"X: "}},
	{parsetest.At("P11: a fold that looks like a field"), "HTTP/1.1 101 \r\nX: a\r\n Upgrade: websocket\r\n\r\n", "", 1, 101, "", []string{"X: a   Upgrade: websocket"}},
	{parsetest.At("P11: a fold in the last line but the bytes behind"), "HTTP/1.1 101 \r\nX: a\r\n b\r\n\r\n", " c\r\n", 1, 101, "", []string{"X: a   b"}},

	{parsetest.At("P16: 100 before it"), "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 OK\r\nA: b\r\n\r\n", "", 1, 101, "OK", []string{"A: b"}},
	{parsetest.At("P16: 103 with fields before it"), "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nLink: </script.js>\r\n\r\nHTTP/1.1 101 OK\r\nA: b\r\n\r\n", "\x81\x00", 1, 101, "OK", []string{"A: b"}},
	{parsetest.At("P16: three before it"), "HTTP/1.1 100 \r\nA: 1\r\n\r\nHTTP/1.1 102\r\n\r\nHTTP/1.1 199 x\r\nB: 2\r\n\r\nHTTP/1.1 404 No\r\nC: 3\r\n\r\n", "", 1, 404, "No", []string{"C: 3"}},
	{parsetest.At("P16: a folded one before it"), "HTTP/1.1 103 \r\nLink: a\r\n b\r\n\r\nHTTP/1.1 101 \r\nX: c\r\n d\r\n\r\n", "", 1, 101, "", []string{"X: c   d"}},
	{parsetest.At("P16: one of another minor version before it"), "HTTP/1.2 100 \r\n\r\nHTTP/1.1 101 \r\n\r\n", "", 1, 101, "", nil},
	{parsetest.At("P16: one before HTTP/1.0"), "HTTP/1.1 100 \r\n\r\nHTTP/1.0 404 \r\n\r\n", "", 0, 404, "", nil},
	{parsetest.At("P16: 101 is no interim head, 200 behind it not ours"), "HTTP/1.1 101 \r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", 1, 101, "", nil},
	{parsetest.At("P16: 099 and 200 are no interim heads"), "HTTP/1.1 099 \r\n\r\n", "HTTP/1.1 200 \r\n\r\n", 1, 99, "", nil},
	{parsetest.At("P17: Content-Length on a 101"), "HTTP/1.1 101 \r\nContent-Length: 5\r\n\r\n", "\x81\x03abc", 1, 101, "", []string{"Content-Length: 5"}},
	{parsetest.At("P17: Content-Length on an interim head"), "HTTP/1.1 100 \r\nContent-Length: 5\r\n\r\nHTTP/1.1 101 \r\n\r\n", "", 1, 101, "", nil},
	{parsetest.At("P17: Transfer-Encoding on a 101"), "HTTP/1.1 101 \r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello", 1, 101, "", []string{"Transfer-Encoding: chunked"}},
	{parsetest.At("P18: a frame behind it"), "HTTP/1.1 101 \r\n\r\n", "\x81\x05Hello", 1, 101, "", nil},
	{parsetest.At("P18: a line end behind it"), "HTTP/1.1 101 \r\nA: b\r\n\r\n", "\r\n\r\n", 1, 101, "", []string{"A: b"}},
}

func TestGood(t *testing.T) {
	for _, row := range good {
		t.Run(row.name, func(t *testing.T) {
			want := parsetest.Outcome{
				Offset: len(row.head), N: len(row.head),
				Minor: row.minor, Status: row.status, Reason: row.reason, Fields: row.fields,
			}
			stream := row.head + row.rest
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

func same(a, b parsetest.Outcome) bool {
	fields := slices.Equal(a.Fields, b.Fields)
	a.Fields, b.Fields = nil, nil
	return fields && a.String() == b.String() && a.Err == b.Err
}

// allocations counts those of parsing stream whole and in halves into r once
// its Fields have capacity.
func allocations(stream string, r parse.Response) float64 {
	r.Fields = make([]parse.Field, 0, 256)
	p := []byte(stream)
	return testing.AllocsPerRun(10, func() {
		r.Reset()
		r.Parse(p)
		copy(p, stream) // folded again
		r.Reset()
		if _, err := r.Parse(p[:len(p)/2]); err == parse.ErrIncomplete {
			r.Parse(p)
		}
		copy(p, stream)
	})
}
