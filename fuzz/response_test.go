package fuzz

import (
	"bufio"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// FuzzResponse: Parse and ReadResponse say of any stream, in every way of
// feeding it and within any limits, what the twin says, and what net/http says
// but for the reasons below.
func FuzzResponse(f *testing.F) {
	heads, err := filepath.Glob("../session/testdata/captures/*.http")
	if err != nil || len(heads) == 0 {
		f.Fatal(heads, err)
	}
	for _, name := range heads {
		head, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(head, uint16(0), uint8(0))
	}
	f.Fuzz(func(t *testing.T, stream []byte, maxBytes uint16, maxFields uint8) {
		if len(stream) > 2048 {
			return
		}
		c := parsetest.Case{Stream: string(stream), MaxBytes: int(maxBytes), MaxFields: int(maxFields)}
		got, twin := parsetest.Run(t, c), parsetest.Head(c.Stream, c.MaxBytes, c.MaxFields)
		if !reflect.DeepEqual(got, twin) {
			t.Fatalf("%v\ntwin %v", got, twin)
		}
		againstNetHTTP(t, c.Stream, got)
	})
}

// A reason is a difference from net/http that is meant.
type reason struct {
	name  string
	holds func(stream string, o parsetest.Outcome) bool
}

// What net/http takes and we refuse: by the error, and the first wrong octet.
var stricter = map[parse.Error]reason{
	parse.ErrTooLarge:         {"the limit is ours", always},
	parse.ErrTooManyFields:    {"the limit is ours", always},
	parse.ErrVersion:          {"P2: a major version other than 1", func(s string, o parsetest.Outcome) bool { return strings.HasSuffix(s[:o.Offset], "HTTP/") }},
	parse.ErrStatus:           {"P4, P5: more spaces, or a sign, before the status", func(s string, o parsetest.Outcome) bool { return strings.ContainsRune(" +-", rune(s[o.Offset])) }},
	parse.ErrInterimVersion:   {"P2: 1xx in HTTP/1.0", always},
	parse.ErrReason:           {"P10: a control octet in the reason", always},
	parse.ErrBareLF:           {"P7: LF ends a line", always},
	parse.ErrBareCR:           {"P8: CR in a line", always},
	parse.ErrSpaceBeforeColon: {"P13: white space before the colon", always},
}

func always(string, parsetest.Outcome) bool { return true }

// What we take and net/http refuses.
var looser = []reason{
	{"P17: it reads the headers of a body, which a 101 has not", func(_ string, o parsetest.Outcome) bool {
		return has(o, "Content-Length", "Transfer-Encoding", "Trailer")
	}},
}

// Headers that net/http takes out, adds or merges.
var rewritten = []string{"Connection", "Content-Length", "Transfer-Encoding", "Trailer", "Pragma", "Cache-Control"}

func has(o parsetest.Outcome, names ...string) bool {
	for _, f := range o.Fields {
		for _, name := range names {
			if n, _, _ := strings.Cut(f, ":"); strings.EqualFold(n, name) {
				return true
			}
		}
	}
	return false
}

func againstNetHTTP(t *testing.T, stream string, o parsetest.Outcome) {
	t.Helper()
	br := bufio.NewReader(strings.NewReader(stream))
	r, err := http.ReadResponse(br, nil)
	for err == nil && r.StatusCode/100 == 1 && r.StatusCode != 101 {
		r, err = http.ReadResponse(br, nil) // P16
	}
	switch {
	case o.Err == nil && err != nil:
		for _, reason := range looser {
			if reason.holds(stream, o) {
				return
			}
		}
		t.Fatalf("%v\nnet/http refuses: %v", o, err)
	case o.Err != nil && err == nil:
		if reason, ok := stricter[o.Err.(parse.Error)]; !ok || !reason.holds(stream, o) {
			t.Fatalf("%v\nnet/http takes it: %v", o, r)
		}
	case err == nil:
		sameAsNetHTTP(t, o, r)
	}
}

// sameAsNetHTTP compares heads that both take. net/http makes one space of a
// fold and the white space about it.
func sameAsNetHTTP(t *testing.T, o parsetest.Outcome, r *http.Response) {
	t.Helper()
	got, want := http.Header{}, r.Header.Clone()
	for _, f := range o.Fields {
		name, value, _ := strings.Cut(f, ": ")
		got.Add(name, strings.Join(strings.Fields(value), " "))
	}
	for _, values := range want {
		for i := range values {
			values[i] = strings.Join(strings.Fields(values[i]), " ")
		}
	}
	for _, name := range rewritten {
		got.Del(name)
		want.Del(name)
	}
	_, reason, _ := strings.Cut(r.Status, " ")
	if o.Status != r.StatusCode || o.Minor != r.ProtoMinor || strings.TrimSpace(o.Reason) != strings.TrimSpace(reason) || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v\nnet/http: %d %d %q %q", o, r.ProtoMinor, r.StatusCode, r.Status, r.Header)
	}
}

// Each reason is needed: net/http differs here, and for no other reason.
func TestReasons(t *testing.T) {
	for _, row := range []struct {
		name, stream  string
		err           error
		maxBytes, max int
	}{
		{parsetest.At("MaxBytes"), "HTTP/1.1 101 OK\r\n\r\n", parse.ErrTooLarge, 10, 0},
		{parsetest.At("MaxFields"), "HTTP/1.1 101 OK\r\nA: b\r\nC: d\r\n\r\n", parse.ErrTooManyFields, 0, 1},
		{parsetest.At("P2"), "HTTP/2.0 101 OK\r\n\r\n", parse.ErrVersion, 0, 0},
		{parsetest.At("P5"), "HTTP/1.1  101 OK\r\n\r\n", parse.ErrStatus, 0, 0},
		{parsetest.At("P4"), "HTTP/1.1 +10 OK\r\n\r\n", parse.ErrStatus, 0, 0},
		{parsetest.At("P2"), "HTTP/1.0 101 OK\r\n\r\n", parse.ErrInterimVersion, 0, 0},
		{parsetest.At("P10"), "HTTP/1.1 101 \x01\r\n\r\n", parse.ErrReason, 0, 0},
		{parsetest.At("P7"), "HTTP/1.1 101 OK\n\n", parse.ErrBareLF, 0, 0},
		{parsetest.At("P8"), "HTTP/1.1 101 O\rK\r\n\r\n", parse.ErrBareCR, 0, 0},
		{parsetest.At("P13"), "HTTP/1.1 101 OK\r\nA : b\r\n\r\n", parse.ErrSpaceBeforeColon, 0, 0},
		{parsetest.At("P17"), "HTTP/1.1 101 OK\r\nContent-Length: x\r\n\r\n", nil, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := parsetest.Run(t, parsetest.Case{Stream: row.stream, MaxBytes: row.maxBytes, MaxFields: row.max})
			if _, err := http.ReadResponse(bufio.NewReader(strings.NewReader(row.stream)), nil); o.Err != row.err || (err == nil) == (o.Err == nil) {
				t.Errorf("%v\nnet/http: %v", o, err)
			}
			againstNetHTTP(t, row.stream, o)
		})
	}
}
