package parsetest

// The ways through Response.Parse, in this order: whole, which is what the
// others are compared with, and what holds of the memory then; cut off at what
// decides and with more behind it; in two pieces; one octet at a time; and with
// every octet gone that was looked at.

import (
	"reflect"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
)

// behind is put after a stream to see that it is left alone: what looks like
// the end of a head, and the beginning of another.
const behind = "\r\n\r\n \x00HTTP/1.1 500 No\r\n\r\n"

// whole parses the stream at once, in memory with other bytes behind it.
func (c Case) whole(tb testing.TB) Outcome {
	tb.Helper()
	r := c.response()
	mem := []byte(c.Stream + behind)
	p := mem[:len(c.Stream)]
	n, err := r.Parse(p)
	o := c.outcome(r, n, err)
	if e, ok := err.(parse.Error); err != nil && !ok {
		tb.Fatalf("%v (%T) is not a parse.Error", e, err)
	}
	switch {
	case err == nil && o.Offset != n:
		tb.Fatalf("Offset %d after a head of %d octets", o.Offset, n)
	case err == parse.ErrIncomplete && o.Offset != len(p):
		tb.Fatalf("Offset %d after %d incomplete octets", o.Offset, len(p))
	case err != nil && n != 0:
		tb.Fatalf("n = %d with the error %v", n, err)
	}
	if err == nil {
		onlyFoldsWritten(tb, c.Stream, p)
	} else if string(p) != c.Stream {
		tb.Fatalf("Parse wrote into a stream that it refused with %v: %q", err, p)
	}
	if string(mem[len(p):]) != behind {
		tb.Fatalf("Parse wrote behind its slice: %q", mem[len(p):])
	}
	scribble(mem)
	if err == nil {
		dead(tb, "Reason", r.Reason)
		for _, f := range r.Fields {
			dead(tb, "Name", f.Name)
			dead(tb, "Value", f.Value)
		}
	}
	return o
}

// onlyFoldsWritten checks the one licence to write: a line end that white
// space follows may have become two spaces.
func onlyFoldsWritten(tb testing.TB, sent string, p []byte) {
	tb.Helper()
	unfolded := strings.NewReplacer("\r\n ", "   ", "\r\n\t", "  \t").Replace(sent)
	for i := range p {
		if p[i] != sent[i] && p[i] != unfolded[i] {
			tb.Fatalf("Parse changed octet %d from %q to %q, which is no fold", i, sent[i], p[i])
		}
	}
}

// dead checks that a view aliased the memory that has been scribbled over.
func dead(tb testing.TB, what string, view []byte) {
	tb.Helper()
	if strings.Trim(string(view), scribbled) != "" {
		tb.Fatalf("%s is a copy, not a view: %q", what, view)
	}
}

const scribbled = "#"

func scribble(p []byte) {
	for n := copy(p, scribbled); 0 < n && n < len(p); n *= 2 {
		copy(p[n:], p[:n])
	}
}

// feed parses the stream in all other ways, with room for fields, which whole has
// to make.
func (c Case) feed(tb testing.TB, want Outcome) {
	tb.Helper()
	mem := guarded(tb, len(c.Stream)+len(behind))
	r := c.response()
	r.Fields = make([]parse.Field, 0, 32)
	same := func(way string, at, n int, err error) {
		tb.Helper()
		if got := c.outcome(r, n, err); !reflect.DeepEqual(got, want) {
			tb.Fatalf("%s %d: %v\nwhole: %v", way, at, got, want)
		}
	}
	// ends copies s to where it ends at the unreadable page.
	ends := func(s string) []byte {
		p := mem[len(mem)-len(s):]
		copy(p, s)
		return p
	}
	incomplete := func(way string, p []byte) {
		tb.Helper()
		sent := string(p)
		if n, err := r.Parse(p); err != parse.ErrIncomplete || n != 0 || r.Offset() != len(p) {
			tb.Fatalf("%s: first %d octets: n = %d, %v, offset %d\nwhole: %v", way, len(p), n, err, r.Offset(), want)
		}
		if string(p) != sent {
			tb.Fatalf("%s: Parse wrote into an incomplete head: %q", way, p)
		}
		scribble(p)
	}

	// All that was sent, the least that decides, and more than all.
	least := c.least(want)
	forms := []string{c.Stream, least}
	if want.Err != parse.ErrIncomplete {
		forms = append(forms, c.Stream+behind)
	}
	for i, s := range forms {
		r.Reset()
		n, err := r.Parse(ends(s))
		same("form", i, n, err)
		scribble(mem)
	}

	// In two pieces, the first of which is gone when the second comes.
	for k := range least {
		if !worthwhile(k, len(least)) {
			continue
		}
		r.Reset()
		first := make([]byte, k)
		copy(first, least)
		incomplete("cut in two", first)
		n, err := r.Parse(ends(c.Stream))
		same("cut in two at", k, n, err)
		scribble(mem)
	}

	// One octet at a time, each call in other memory.
	r.Reset()
	for k := range least {
		if worthwhile(k, len(least)) {
			incomplete("one octet at a time", ends(least[:k]))
		}
	}
	n, err := r.Parse(ends(least))
	same("one octet at a time, at", len(least), n, err)
	scribble(mem)
	r.Reset()

	// One octet at a time, with all octets that have been looked at gone until
	// the last call: none is looked at again before the head is complete.
	p := []byte(least)
	for k := range least {
		if n, err := r.Parse(p[:k]); err != parse.ErrIncomplete {
			tb.Fatalf("with the octets before Offset gone, first %d octets: n = %d, %v\nwhole: %v", k, n, err, want)
		}
		clear(p[max(0, k-1):r.Offset()]) // those before are gone already
	}
	copy(p, least)
	n, err = r.Parse(p)
	same("with the octets before Offset gone, at", len(least), n, err)
	r.Reset()
}

// least is as much of the stream as decides.
func (c Case) least(want Outcome) string {
	switch want.Err {
	case nil:
		return c.Stream[:want.N]
	case parse.ErrIncomplete:
		return c.Stream
	}
	return c.Stream[:want.Offset+1]
}

// worthwhile thins out the cuts of a stream too long to be copied at each.
func worthwhile(k, n int) bool {
	return n < 8<<10 || k < 64 || k > n-64 || k%251 == 0
}
