package parse_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// parsed parses a head that the test knows to be good.
func parsed(t *testing.T, head string) *parse.Response {
	t.Helper()
	r := new(parse.Response)
	if _, err := r.Parse([]byte(head)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFind(t *testing.T) {
	r := parsed(t, "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nSet-Cookie: a\r\nset-cookie: b\r\nSET-COOKIE: c\r\nEmpty:\r\nUpgrade-Insecure: 1\r\n\r\n")
	for _, row := range []struct {
		name, find, value string
		n                 int
	}{
		{parsetest.At("as sent"), "Upgrade", "websocket", 1},
		{parsetest.At("in upper case"), "UPGRADE", "websocket", 1},
		{parsetest.At("in lower case"), "upgrade", "websocket", 1},
		{parsetest.At("three of them"), "Set-Cookie", "a", 3},
		{parsetest.At("an empty value"), "empty", "", 1},
		{parsetest.At("none"), "Connection", "", 0},
		{parsetest.At("the beginning of a name"), "Upgrade-", "", 0},
		{parsetest.At("more than a name"), "Upgrade-Insecure-Requests", "", 0},
		{parsetest.At("nothing"), "", "", 0},
		{parsetest.At("with a colon"), "Upgrade:", "", 0},
		{parsetest.At("@ is not `, which differs by 0x20"), "SET\rCOOKIE", "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			value, n := r.Find(row.find)
			if string(value) != row.value || n != row.n {
				t.Errorf("Find(%q) = %q, %d, want %q, %d", row.find, value, n, row.value, row.n)
			}
			if n := testing.AllocsPerRun(10, func() { r.Find(row.find) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

func TestFieldIs(t *testing.T) {
	for _, row := range []struct {
		name, field, is string
		want            bool
	}{
		{parsetest.At("as it stands"), "Connection", "Connection", true},
		{parsetest.At("in another case"), "cOnnectioN", "CoNNECTIOn", true},
		{parsetest.At("one octet"), "a", "A", true},
		{parsetest.At("shorter"), "Connectio", "Connection", false},
		{parsetest.At("longer"), "Connection", "Connectio", false},
		{parsetest.At("empty"), "", "", true},
		{parsetest.At("empty against a name"), "", "a", false},
		{parsetest.At("^ and ~ differ by 0x20"), "a^", "a~", false},
		{parsetest.At("` and @ differ by 0x20"), "a`", "a@", false},
		{parsetest.At("_ and DEL differ by 0x20"), "a_", "a\x7f", false},
		{parsetest.At("- and CR differ by 0x20"), "a-b", "a\rb", false},
		{parsetest.At("K and the Kelvin sign"), "k", "\u212a", false},
		{parsetest.At("s and the long s"), "s", "\u017f", false},
		{parsetest.At("0xC4 and 0xE4 differ by 0x20"), "\xc4", "\xe4", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := (parse.Field{Name: []byte(row.field)}).Is(row.is); got != row.want {
				t.Errorf("%q Is %q: %v", row.field, row.is, got)
			}
		})
	}
}

// P11: the fold is unfolded in the buffer, when the head is complete and not
// before, and the head may be parsed again in that form.
func TestFoldsAreWrittenOver(t *testing.T) {
	for _, row := range []struct{ name, sent, after string }{
		{parsetest.At("none"), "HTTP/1.1 101 \r\nA: b\r\n\r\n \r\n", "HTTP/1.1 101 \r\nA: b\r\n\r\n \r\n"},
		{parsetest.At("one"), "HTTP/1.1 101 \r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 101 \r\nA: b   c\r\n\r\n"},
		{parsetest.At("a tab"), "HTTP/1.1 101 \r\nA: b\r\n\tc\r\n\r\n", "HTTP/1.1 101 \r\nA: b  \tc\r\n\r\n"},
		{parsetest.At("two"), "HTTP/1.1 101 \r\nA: b\r\n c\r\nD: e\r\n f\r\n\r\n", "HTTP/1.1 101 \r\nA: b   c\r\nD: e   f\r\n\r\n"},
		{parsetest.At("before the value"), "HTTP/1.1 101 \r\nA:\r\n b\r\n\r\n", "HTTP/1.1 101 \r\nA:   b\r\n\r\n"},
		{parsetest.At("after the value"), "HTTP/1.1 101 \r\nA: b\r\n \r\n\r\n", "HTTP/1.1 101 \r\nA: b   \r\n\r\n"},
		{parsetest.At("white space alone"), "HTTP/1.1 101 \r\nA:\r\n \r\n\t\r\n\r\n", "HTTP/1.1 101 \r\nA:     \t\r\n\r\n"},
		{parsetest.At("what follows the head is no fold"), "HTTP/1.1 101 \r\nA: b\r\n\r\n C\r\n d", "HTTP/1.1 101 \r\nA: b\r\n\r\n C\r\n d"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := new(parse.Response)
			p := []byte(row.sent)
			n, err := r.Parse(p)
			if err != nil || string(p) != row.after {
				t.Errorf("%v, %q\nwant %q", err, p, row.after)
			}
			first := fields(r)
			r.Reset()
			again, err := r.Parse(p)
			if again != n || err != nil || string(p) != row.after || fields(r) != first {
				t.Errorf("again: %d, %v, %q, %s\nwant %d, %s", again, err, p, fields(r), n, first)
			}
			// Unfolded between two calls on one incomplete head.
			if len(row.sent) != len(row.after) {
				t.Fatal("the row is wrong")
			}
			for k := range n {
				if k > 0 && row.sent[k-1] == '\r' {
					continue
				}
				r.Reset()
				if _, err := r.Parse([]byte(row.sent[:k])); err != parse.ErrIncomplete {
					t.Fatal(err)
				}
				if got, err := r.Parse([]byte(row.after)); got != n || err != nil || fields(r) != first {
					t.Errorf("unfolded after %d octets: %d, %v, %s", k, got, err, fields(r))
				}
			}
		})
	}
}

func fields(r *parse.Response) string {
	var b strings.Builder
	for _, f := range r.Fields {
		b.Write(f.Name)
		b.WriteString(": ")
		b.Write(f.Value)
		b.WriteString("; ")
	}
	return b.String()
}

func TestResetKeepsLimitsAndCapacity(t *testing.T) {
	r := &parse.Response{MaxBytes: 40, MaxFields: 2, Fields: make([]parse.Field, 0, 5)}
	p := []byte("HTTP/1.1 101 OK\r\nA: b\r\nC: d\r\n\r\n")
	if _, err := r.Parse(p); err != nil {
		t.Fatal(err)
	}
	if cap(r.Fields) != 5 {
		t.Errorf("Parse did not append to the Fields given: capacity %d", cap(r.Fields))
	}
	r.Reset()
	if r.MaxBytes != 40 || r.MaxFields != 2 || len(r.Fields) != 0 || cap(r.Fields) != 5 {
		t.Errorf("limits %d, %d; %d of %d fields", r.MaxBytes, r.MaxFields, len(r.Fields), cap(r.Fields))
	}
	if r.Minor != 0 || r.Status != 0 || r.Reason != nil || r.Offset() != 0 {
		t.Errorf("left behind: 1.%d %d %q, offset %d", r.Minor, r.Status, r.Reason, r.Offset())
	}
	for _, f := range r.Fields[:cap(r.Fields)] {
		if f.Name != nil || f.Value != nil {
			t.Errorf("Reset left a view to %q: the buffer cannot be freed", f.Name)
		}
	}
}

// A Response forgets a head at any point of it.
func TestResetAnywhere(t *testing.T) {
	const first, second = "HTTP/1.1 103 \r\nX: y\r\n\r\nHTTP/1.0 404 No\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n\r\n"
	r := new(parse.Response)
	for k := range len(first) + 1 {
		r.Parse([]byte(first[:k]))
		r.Reset()
		n, err := r.Parse([]byte(second))
		if n != len(second) || err != nil || r.Minor != 1 || r.Status != 101 || fields(r) != "Upgrade: websocket; " {
			t.Fatalf("after %d octets of another head: %d, %v, 1.%d %d %s", k, n, err, r.Minor, r.Status, fields(r))
		}
		r.Reset()
	}
}

// An error is final: the same answer whatever comes, until Reset.
func TestErrorsStay(t *testing.T) {
	for _, row := range []struct {
		name, stream string
		limits       parse.Response
		err          error
		offset       int
	}{
		{parsetest.At("malformed"), "HTTP/1.1 101 OK\r\nA b", parse.Response{}, parse.ErrSpaceBeforeColon, 18},
		{parsetest.At("too large"), "HTTP/1.1 101 OK\r\n", parse.Response{MaxBytes: 16}, parse.ErrTooLarge, 16},
		{parsetest.At("too many fields"), "HTTP/1.1 101 OK\r\nA: b\r\nC", parse.Response{MaxFields: 1}, parse.ErrTooManyFields, 23},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := row.limits
			for _, p := range []string{row.stream, row.stream + "more", "HTTP/1.1 101 OK\r\n\r\n", ""} {
				if n, err := r.Parse([]byte(p)); n != 0 || err != row.err || r.Offset() != row.offset {
					t.Errorf("Parse(%q) = %d, %v, offset %d; want %v, offset %d", p, n, err, r.Offset(), row.err, row.offset)
				}
			}
			r.Reset()
			if n, err := r.Parse([]byte("HTTP/1.1 101 \r\n\r\n")[:16]); n != 0 || err != parse.ErrIncomplete {
				t.Errorf("after Reset: %d, %v", n, err)
			}
		})
	}
}

func TestParseAfterSuccessBeginsAnew(t *testing.T) {
	r := parsed(t, "HTTP/1.1 404 No\r\nA: b\r\nC: d\r\n\r\n")
	const next = "HTTP/1.1 101 OK\r\nE: f\r\n\r\n"
	for k := range next {
		if n, err := r.Parse([]byte(next[:k])); n != 0 || err != parse.ErrIncomplete {
			t.Fatalf("%d octets: %d, %v", k, n, err)
		}
	}
	if n, err := r.Parse([]byte(next)); n != len(next) || err != nil || r.Status != 101 || fields(r) != "E: f; " {
		t.Errorf("%d, %v, %d, %s", n, err, r.Status, fields(r))
	}
}

// A caller that breaks the contract and changes what was looked at gets an
// error or a head within the last bytes, and never a panic.
func TestChangedOctets(t *testing.T) {
	const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nA: b\r\n c\r\n\r\n"
	for k := 1; k < len(head); k++ {
		for change := range k {
			for _, to := range []byte{0, '\r', '\n', ' ', ':', 'x'} {
				p := []byte(head)
				r := new(parse.Response)
				r.Parse(p[:k])
				p[change] = to
				if n, err := r.Parse(p); err == nil && n != len(head) || err != nil && n != 0 {
					t.Fatalf("octet %d made %q after %d octets: %d, %v", change, to, k, n, err)
				}
			}
		}
	}
	// A slice that has become shorter.
	for k := range head {
		for less := range k {
			r := new(parse.Response)
			r.Parse([]byte(head[:k]))
			if n, err := r.Parse([]byte(head[:less])); n != 0 || err == nil {
				t.Fatalf("%d octets, then %d: %d, %v", k, less, n, err)
			}
		}
	}
}

// What is found out of it is said.
func TestErrChanged(t *testing.T) {
	for _, row := range []struct{ name, first, second string }{
		{parsetest.At("a colon gone"), "HTTP/1.1 101 OK\r\nA: b\r\n", "HTTP/1.1 101 OK\r\nA. b\r\n\r\n"},
		{parsetest.At("a line end gone"), "HTTP/1.1 101 OK\r\nA: b\r\n", "HTTP/1.1 101 OK\r\nA: bxx\r\n"},
		{parsetest.At("another version"), "HTTP/1.1 101 OK\r\nA: b\r\n", "HTTP/2.1 101 OK\r\nA: b\r\n\r\n"},
	} {
		r := new(parse.Response)
		r.Parse([]byte(row.first))
		if n, err := r.Parse([]byte(row.second)); n != 0 || err != parse.ErrChanged {
			t.Errorf("%s: %d, %v", row.name, n, err)
		}
	}
}

// Fields are views with nothing behind them: an append to one cannot write
// into the next.
func TestViewsEndWhereTheyEnd(t *testing.T) {
	p := []byte("HTTP/1.1 101 OK\r\nA: b\r\nC: d\r\n\r\nrest")
	sent := bytes.Clone(p)
	r := new(parse.Response)
	if _, err := r.Parse(p); err != nil {
		t.Fatal(err)
	}
	_ = append(r.Reason, "xxxx"...)
	for _, f := range r.Fields {
		_ = append(f.Name, "xxxx"...)
		_ = append(f.Value, "xxxx"...)
	}
	if !bytes.Equal(p, sent) {
		t.Errorf("append wrote into the buffer: %q", p)
	}
}
