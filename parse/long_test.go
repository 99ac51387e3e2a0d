package parse_test

import (
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// What comes behind many lines is judged as it is behind few: a long head may be
// parsed in another way.
func TestLong(t *testing.T) {
	const before = "Via: 1.1 edge-07.fra.cdn.example (proxy)\r\nX-Request-Id: 4bf92f35-77b3-4da6-a3ce-929d0e0e4736\r\nX: "
	const behind = "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\nUpgrade: websocket\r\nVary: Origin\r\n\r\n"
	try := func(name, stream string) {
		at := strings.Index(stream, "\r\n")
		if at < 0 {
			return
		}
		at += 2
		t.Run(name, func(t *testing.T) {
			for shift := range 64 {
				long := stream[:at] + before + strings.Repeat("y", 1+shift) + "\r\n" + stream[at:]
				if len(long) < 200 {
					long += behind
				}
				c := parsetest.Case{Stream: long}
				var got parsetest.Outcome
				if shift%13 == 0 {
					got = parsetest.Run(t, c)
				} else {
					got = once(c)
				}
				if twin := parsetest.Head(long, 0, 0); !same(got, twin) {
					t.Fatalf("%q: %v\ntwin: %v", long, got, twin)
				}
			}
		})
	}
	for _, row := range good {
		try(row.name, row.head+row.rest)
	}
	for _, row := range bad {
		try(row.name, row.right+row.wrong)
	}
}

// once parses c whole, with room for fields.
func once(c parsetest.Case) parsetest.Outcome {
	r := parse.Response{Fields: make([]parse.Field, 0, 32)}
	n, err := r.Parse([]byte(c.Stream))
	o := parsetest.Outcome{Err: err, Offset: r.Offset(), N: n}
	if err == nil {
		o.Minor, o.Status, o.Reason = r.Minor, r.Status, string(r.Reason)
		for _, f := range r.Fields {
			o.Fields = append(o.Fields, string(f.Name)+": "+string(f.Value))
		}
	}
	return o
}
