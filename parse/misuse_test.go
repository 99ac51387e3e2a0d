package parse_test

import (
	"bufio"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
)

const plainHead = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nServer: a\r\nVia: b\r\n\r\n"

// No limit at all must not overflow.
func TestReadResponseWithoutLimit(t *testing.T) {
	r := parse.Response{MaxBytes: math.MaxInt, MaxFields: math.MaxInt}
	br := bufio.NewReaderSize(strings.NewReader(plainHead+"rest"), 16)
	if err := parse.ReadResponse(br, &r); err != nil || len(r.Fields) != 3 || br.Buffered() == 0 {
		t.Errorf("%v, %d fields", err, len(r.Fields))
	}
}

// A caller that gives fewer octets than before gets an error, not a panic.
func TestFewerOctets(t *testing.T) {
	for _, head := range []string{plainHead, "HTTP/1.1 100 \r\n\r\n" + plainHead} {
		for first := range len(head) {
			for second := range first {
				var r parse.Response
				p := []byte(head)
				if _, err := r.Parse(p[:first]); err != parse.ErrIncomplete {
					t.Fatalf("%q, %d octets: %v", head, first, err)
				}
				if _, err := r.Parse(p[:second]); err != parse.ErrChanged {
					t.Fatalf("%q, %d octets, then %d: %v", head, first, second, err)
				}
			}
		}
	}
}

// What is read from may be a bufio.Reader: it stays the caller's.
func TestPoolOfABufioReader(t *testing.T) {
	var p parse.Pool
	mine := bufio.NewReader(strings.NewReader("mine"))
	br := p.Get(mine)
	if br == mine {
		t.Error("lent what it was to read from")
	}
	p.Put(br)
	if b, err := mine.Peek(4); string(b) != "mine" {
		t.Errorf("%q, %v", b, err)
	}
}

// Nothing of a head is set before it is complete, nor when it is refused.
func TestNothingSetBeforeTheEnd(t *testing.T) {
	r := parse.Response{Fields: make([]parse.Field, 0, 4)}
	for _, head := range []string{plainHead, "HTTP/1.0 404 No\r\nA: b\r\n", plainHead, "HTTP/1.0 404 No\r\nA: b\r\n:"} {
		_, err := r.Parse([]byte(head))
		if set := r.Status != 0 || r.Minor != 0 || r.Reason != nil || len(r.Fields) != 0; set != (err == nil) {
			t.Errorf("%q: %v, but %d %d %q %q", head, err, r.Minor, r.Status, r.Reason, r.Fields)
		}
		if err == parse.ErrIncomplete {
			r.Reset()
		}
	}
}

// Reset drops every view, those in spare capacity as well.
func TestResetDropsViews(t *testing.T) {
	const long, short = plainHead, "HTTP/1.1 200\r\nA: b\r\n\r\n"
	const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\nLink: </c>\r\n\r\n"
	for _, heads := range [][]string{{long}, {long, short}, {long, long[:60]}, {long, "x"}, {long[:60]}, {hints + short}, {hints + hints + long[:60]}} {
		r := parse.Response{Fields: make([]parse.Field, 0, 4)}
		for _, head := range heads {
			if _, err := r.Parse([]byte(head)); err != nil && !errors.Is(err, parse.ErrIncomplete) && !errors.Is(err, parse.ErrVersion) {
				t.Fatal(err)
			}
		}
		r.Reset()
		for i, f := range r.Fields[:cap(r.Fields)] {
			if f.Name != nil || f.Value != nil {
				t.Errorf("%q: field %d is %q", heads, i, f)
			}
		}
	}
}

// A Response whose Fields were filled again, to the same length, has no notes;
// nor has one from the middle of which a field was taken.
func TestNotesOfFieldsFilledAgain(t *testing.T) {
	for _, change := range []func(f []parse.Field) []parse.Field{
		func(f []parse.Field) []parse.Field {
			return append(f[:2], parse.Field{Name: []byte("Upgrade"), Value: []byte("h2c")})
		},
		func(f []parse.Field) []parse.Field { return slices.Delete(f, 1, 2) },
	} {
		var r parse.Response
		if _, err := r.Parse([]byte(plainHead)); err != nil {
			t.Fatal(err)
		}
		r.Fields = change(r.Fields)
		if _, ok := r.Notes(); ok {
			t.Errorf("Notes of other fields: %q", r.Fields)
		}
	}
}

// Views of an extension end where they end.
func TestExtensionViewsEnd(t *testing.T) {
	value := []byte(`aa;bb=cc;dd="ee"`)
	x := parse.ScanExtensions(value)
	x.Next()
	_ = append(x.Name(), "xxxx"...)
	for x.NextParam() {
		_ = append(x.Param().Name, "xxxx"...)
		_ = append(x.Param().Raw, "xxxx"...)
	}
	if x.Err() != nil || string(value) != `aa;bb=cc;dd="ee"` {
		t.Errorf("%q, %v", value, x.Err())
	}
}

// A head refused in the pooled buffer is refused again, and the buffer does not
// grow.
func TestReadResponseRefusedAgain(t *testing.T) {
	var r parse.Response
	br := bufio.NewReaderSize(strings.NewReader("HTTP/1.1 101 Switching\r\nA : b\r\n"+strings.Repeat("x", 1000)), 16)
	for range 3 {
		if err := parse.ReadResponse(br, &r); err != parse.ErrSpaceBeforeColon || r.Offset() != 25 {
			t.Errorf("%v at %d", err, r.Offset())
		}
	}
}
