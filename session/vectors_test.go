package session_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// A vector is a line of testdata/handshake.jsonl or captures.jsonl; see the
// README there.
type vector struct {
	ID    string
	Offer struct{ Subprotocols, Extensions []string }

	Response      string
	ResponseParts []struct {
		S     string
		Times int
	} `json:"response_parts"`
	Chunks       []int
	ChunksRepeat bool `json:"chunks_repeat"`
	Limits       struct{ Head, Headers int }

	Expect struct {
		Outcome     string
		Status      int
		Extensions  []int
		Subprotocol int
		Leftover    string
	}

	stream string
}

// outcomes says which error class an outcome stands for.
var outcomes = map[string]error{
	"ok":                      nil,
	"incomplete":              parse.ErrIncomplete,
	"too_large":               session.ErrTooLarge,
	"invalid_protocol_format": session.ErrInvalidProtocolFormat,
	"unsupported_subprotocol": session.ErrUnsupportedSubprotocol,
	"unsupported_extension":   session.ErrUnsupportedExtension,
	"unexpected_status":       session.ErrUnexpectedStatus,
}

func vectors(t testing.TB) []vector {
	t.Helper()
	list := lines(t, "handshake.jsonl")
	for i, v := range list {
		list[i].stream = octets(t, v.Response)
		for _, part := range v.ResponseParts {
			list[i].stream += strings.Repeat(octets(t, part.S), part.Times)
		}
	}
	for _, v := range lines(t, "captures.jsonl") {
		stream, err := os.ReadFile(filepath.Join("testdata", "captures", v.ID+".http"))
		if err != nil {
			t.Fatal(err)
		}
		v.stream = string(stream)
		list = append(list, v)
	}
	return list
}

func lines(t testing.TB, name string) (list []vector) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var v vector
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		if _, ok := outcomes[v.Expect.Outcome]; !ok {
			t.Fatalf("%s: outcome %q", v.ID, v.Expect.Outcome)
		}
		v.Expect.Leftover = octets(t, v.Expect.Leftover)
		list = append(list, v)
	}
	return list
}

// octets turns characters into the octets that they stand for.
func octets(t testing.TB, s string) string {
	t.Helper()
	var p []byte
	for _, c := range s {
		if c > 0xff {
			t.Fatalf("%q is no octet", c)
		}
		p = append(p, byte(c))
	}
	return string(p)
}

// Every vector in every way of reading it, judged from what was parsed and
// from a copy made by hand.
func TestVectors(t *testing.T) {
	list := vectors(t)
	if len(list) != 178+165 {
		t.Errorf("%d vectors", len(list))
	}
	for _, v := range list {
		t.Run(v.ID, func(t *testing.T) {
			req := compile(t, session.Offer{Subprotocols: v.Offer.Subprotocols, Extensions: v.Offer.Extensions})
			var last judgement
			got := parsetest.Run(t, parsetest.Case{
				Stream:    v.stream,
				MaxBytes:  v.Limits.Head,
				MaxFields: v.Limits.Headers,
				Then: func(r *parse.Response, err error) string {
					last = judgement{err: err}
					if err == nil {
						last = judge(t, req, r)
						if l := judge(t, req, literal(r)); l.String() != last.String() {
							t.Fatalf("from a copy of the fields: %v\nfrom the head: %v", l, last)
						}
					}
					return fmt.Sprint(last)
				},
			})
			if want := outcomes[v.Expect.Outcome]; !errors.Is(last.err, want) || (last.err == nil) != (want == nil) {
				t.Fatalf("%v\nwant %s", got, v.Expect.Outcome)
			}
			if v.Expect.Outcome == "ok" && (last.subprotocol != v.Expect.Subprotocol || !slices.Equal(last.selected, v.Expect.Extensions)) {
				t.Errorf("%v\nwant extensions %v, subprotocol %d", last, v.Expect.Extensions, v.Expect.Subprotocol)
			}
			if s := v.Expect.Outcome; s == "ok" || s == "unexpected_status" {
				if got.Status != v.Expect.Status || v.stream[got.N:] != v.Expect.Leftover {
					t.Errorf("status %d, %q behind the head\nwant %d, %q", got.Status, v.stream[got.N:], v.Expect.Status, v.Expect.Leftover)
				}
			}
			if v.Chunks != nil {
				chunked(t, v, got)
			}
		})
	}
}

// chunked reads the vector in the pieces that it asks for.
func chunked(t *testing.T, v vector, want parsetest.Outcome) {
	r := &parse.Response{MaxBytes: v.Limits.Head, MaxFields: v.Limits.Headers}
	br := bufio.NewReader(&chunks{v.stream, v.Chunks, v.ChunksRepeat})
	if err := parse.ReadResponse(br, r); err != want.Err || r.Offset() != want.N || r.Status != want.Status {
		t.Errorf("in pieces: %v, offset %d, %d\nwant %v", err, r.Offset(), r.Status, want)
	}
	if rest, err := io.ReadAll(br); string(rest) != v.Expect.Leftover || err != nil {
		t.Errorf("in pieces: %q behind the head, %v", rest, err)
	}
}

// chunks gives a stream in pieces of the sizes given.
type chunks struct {
	s      string
	sizes  []int
	repeat bool
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.s == "" {
		return 0, io.EOF
	}
	size := len(c.s)
	if len(c.sizes) > 0 {
		size = c.sizes[0]
		if c.sizes = c.sizes[1:]; c.repeat {
			c.sizes = append(c.sizes, size)
		}
	}
	n := copy(p[:min(size, len(p))], c.s)
	c.s = c.s[n:]
	return n, nil
}

// No vector makes Parse or EndHandshake allocate, good or bad.
func TestVectorsDoNotAllocate(t *testing.T) {
	for _, v := range vectors(t) {
		req := compile(t, session.Offer{Subprotocols: v.Offer.Subprotocols, Extensions: v.Offer.Extensions})
		r := &parse.Response{MaxBytes: v.Limits.Head, MaxFields: v.Limits.Headers, Fields: make([]parse.Field, 0, 256)}
		p := []byte(v.stream)
		var err error
		if n := testing.AllocsPerRun(5, func() {
			copy(p, v.stream)
			r.Reset()
			_, err = r.Parse(p)
		}); n != 0 {
			t.Errorf("%s: Parse: %v allocations", v.ID, n)
		}
		if err == nil {
			if n := endAllocations(t, req, r); n != 0 {
				t.Errorf("%s: EndHandshake: %v allocations", v.ID, n)
			}
		}
	}
}
