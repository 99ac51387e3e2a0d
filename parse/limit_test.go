package parse_test

import (
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// P21: what the limits let through and where they stop a head. An offset of -1
// stands for success.
func TestLimits(t *testing.T) {
	const (
		head    = "HTTP/1.1 101 OK\r\nA: b\r\n\r\n" // 25 octets
		folded  = "HTTP/1.1 101 OK\r\nA: b\r\n c\r\n\r\n"
		interim = "HTTP/1.1 100 \r\n\r\n" // 17 octets
		three   = "HTTP/1.1 101 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"
	)
	for _, row := range []struct {
		name      string
		stream    string
		maxBytes  int
		maxFields int
		err       error
		offset    int
	}{
		{parsetest.At("bytes: exactly"), head, 25, 0, nil, -1},
		{parsetest.At("bytes: exactly, and a frame"), head + "\x81\x05Hello", 25, 0, nil, -1},
		{parsetest.At("bytes: one too many"), head, 24, 0, parse.ErrTooLarge, 24},
		{parsetest.At("bytes: in the status line"), head, 10, 0, parse.ErrTooLarge, 10},
		{parsetest.At("bytes: in the reason"), head, 14, 0, parse.ErrTooLarge, 14},
		{parsetest.At("bytes: in the first line end"), head, 16, 0, parse.ErrTooLarge, 16},
		{parsetest.At("bytes: in a name"), head, 17, 0, parse.ErrTooLarge, 17},
		{parsetest.At("bytes: in a value"), head, 20, 0, parse.ErrTooLarge, 20},
		{parsetest.At("bytes: before the empty line"), head, 23, 0, parse.ErrTooLarge, 23},
		{parsetest.At("bytes: one"), head, 1, 0, parse.ErrTooLarge, 1},
		{parsetest.At("bytes: not yet"), "HTTP/1.1 ", 9, 0, parse.ErrIncomplete, 9},
		{parsetest.At("bytes: just"), "HTTP/1.1 1", 9, 0, parse.ErrTooLarge, 9},
		{parsetest.At("bytes: a fold counts"), folded, 28, 0, parse.ErrTooLarge, 28},
		{parsetest.At("bytes: a fold counts, exactly"), folded, 29, 0, nil, -1},
		{parsetest.At("bytes: with the interim heads"), interim + interim + head, 59, 0, nil, -1},
		{parsetest.At("bytes: with the interim heads, one too many"), interim + interim + head, 58, 0, parse.ErrTooLarge, 58},
		{parsetest.At("bytes: an interim head alone"), interim + head, 16, 0, parse.ErrTooLarge, 16},
		{parsetest.At("bytes: an interim head fills it"), interim + head, 17, 0, parse.ErrTooLarge, 17},
		{parsetest.At("bytes: interim heads without end"), strings.Repeat(interim, 4000), 0, 0, parse.ErrTooLarge, 65536},
		{parsetest.At("bytes: a fault before the limit"), "HTTP/1.1 101 OK\r\nA b\r\n\r\n", 19, 0, parse.ErrSpaceBeforeColon, 18},
		{parsetest.At("bytes: a fault behind the limit"), "HTTP/1.1 101 OK\r\nA b\r\n\r\n", 18, 0, parse.ErrTooLarge, 18},
		{parsetest.At("bytes: 64 KiB by default"), "HTTP/1.1 101 OK\r\nA:" + strings.Repeat("b", 65536-23) + "\r\n\r\n", 0, 0, nil, -1},
		{parsetest.At("bytes: 64 KiB and one by default"), "HTTP/1.1 101 OK\r\nA:" + strings.Repeat("b", 65536-22) + "\r\n\r\n", 0, 0, parse.ErrTooLarge, 65536},
		{parsetest.At("bytes: more when asked"), "HTTP/1.1 101 OK\r\nA:" + strings.Repeat("b", 70000) + "\r\n\r\n", 70023, 0, nil, -1},

		{parsetest.At("fields: exactly"), three, 0, 3, nil, -1},
		{parsetest.At("fields: one too many"), three, 0, 2, parse.ErrTooManyFields, 29},
		{parsetest.At("fields: two too many"), three, 0, 1, parse.ErrTooManyFields, 23},
		{parsetest.At("fields: too many, no line end"), "HTTP/1.1 101 OK\r\nA: 1\r\nB", 0, 1, parse.ErrTooManyFields, 23},
		{parsetest.At("fields: not yet"), "HTTP/1.1 101 OK\r\nA: 1\r\n", 0, 1, parse.ErrIncomplete, 23},
		{parsetest.At("fields: folds are not lines"), "HTTP/1.1 101 OK\r\nA: 1\r\n 2\r\n\t3\r\nB: 4\r\n 5\r\n\r\n", 0, 2, nil, -1},
		{parsetest.At("fields: a line after folds"), "HTTP/1.1 101 OK\r\nA: 1\r\n 2\r\nB: 3\r\n\r\n", 0, 1, parse.ErrTooManyFields, 27},
		{parsetest.At("fields: of one head"), "HTTP/1.1 100 \r\nA: 1\r\nB: 2\r\n\r\nHTTP/1.1 101 OK\r\nA: 1\r\nB: 2\r\n\r\n", 0, 2, nil, -1},
		{parsetest.At("fields: in an interim head"), "HTTP/1.1 100 \r\nA: 1\r\nB: 2\r\n\r\nHTTP/1.1 101 OK\r\n\r\n", 0, 1, parse.ErrTooManyFields, 21},
		{parsetest.At("fields: a fault in the line before"), "HTTP/1.1 101 OK\r\nA: \x01\r\nB: 2\r\n\r\n", 0, 1, parse.ErrValue, 20},
		{parsetest.At("fields: a fault in the line that is too many"), "HTTP/1.1 101 OK\r\nA: 1\r\nB: \x01\r\n\r\n", 0, 1, parse.ErrTooManyFields, 23},
		{parsetest.At("fields: the octet behind the last one begins no line"), "HTTP/1.1 101 OK\r\nA: 1\r\n\x01: 2\r\n\r\n", 0, 1, parse.ErrName, 23},
		{parsetest.At("fields: a colon behind the last one begins no line"), "HTTP/1.1 101 OK\r\nA: 1\r\n:\r\n\r\n", 0, 1, parse.ErrName, 23},
		{parsetest.At("fields: 128 by default"), "HTTP/1.1 101 OK\r\n" + strings.Repeat("foo: bar\r\n", 128) + "\r\n", 0, 0, nil, -1},
		{parsetest.At("fields: 129 by default"), "HTTP/1.1 101 OK\r\n" + strings.Repeat("foo: bar\r\n", 129) + "\r\n", 0, 0, parse.ErrTooManyFields, 1297},
		{parsetest.At("fields: more when asked"), "HTTP/1.1 101 OK\r\n" + strings.Repeat("foo: bar\r\n", 200) + "\r\n", 0, 200, nil, -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := parsetest.Case{Stream: row.stream, MaxBytes: row.maxBytes, MaxFields: row.maxFields}
			got, twin := parsetest.Run(t, c), parsetest.Head(row.stream, row.maxBytes, row.maxFields)
			if got.Err != row.err || row.offset >= 0 && got.Offset != row.offset {
				t.Errorf("%v\nwant %v at %d", got.Err, row.err, row.offset)
			}
			if !same(got, twin) {
				t.Errorf("%v\ntwin %v", got, twin)
			}
			limits := parse.Response{MaxBytes: row.maxBytes, MaxFields: row.maxFields}
			if n := allocations(row.stream, limits); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// Every limit from none to beyond the head: one threshold, at the head's length.
func TestEveryLimit(t *testing.T) {
	const head = "HTTP/1.1 100 \r\nX: y\r\n\r\nHTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nA: b\r\n c\r\n\r\n"
	for limit := 1; limit <= len(head)+1; limit++ {
		got := parsetest.Run(t, parsetest.Case{Stream: head + "\x81\x05Hello", MaxBytes: limit})
		if limit < len(head) && (got.Err != parse.ErrTooLarge || got.Offset != limit) {
			t.Errorf("limit %d of %d: %v", limit, len(head), got)
		}
		if limit >= len(head) && (got.Err != nil || got.N != len(head)) {
			t.Errorf("limit %d of %d: %v", limit, len(head), got)
		}
	}
}
