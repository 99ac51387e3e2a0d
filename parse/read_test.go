package parse_test

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// The heads of all tables go through ReadResponse in parsetest.Run; here is
// what one reader does for more than one head.

// padded is a head of n octets, n at least 30.
func padded(n int) string {
	const begin, end = "HTTP/1.1 101 OK\r\nX: ", "\r\n\r\n"
	return begin + strings.Repeat("x", n-len(begin)-len(end)) + end
}

func TestReadResponseOneAfterTheOther(t *testing.T) {
	t.Run("reset between", func(t *testing.T) { oneAfterTheOther(t, (*parse.Response).Reset) })
	t.Run("begun anew", func(t *testing.T) { oneAfterTheOther(t, func(*parse.Response) {}) })
}

func oneAfterTheOther(t *testing.T, between func(*parse.Response)) {
	for _, size := range []int{16, 17, 64, 4096} {
		for _, row := range []struct{ name, first, second, rest string }{
			{parsetest.At("both small"), "HTTP/1.1 101 \r\n\r\n", "HTTP/1.1 404 No\r\nA: b\r\n\r\n", "rest"},
			{parsetest.At("the first large"), padded(5000), "HTTP/1.1 404 No\r\nA: b\r\n\r\n", "rest"},
			{parsetest.At("the second large"), "HTTP/1.1 101 \r\n\r\n", "HTTP/1.1 404 No\r\nA: " + strings.Repeat("y", 4096) + "\r\n\r\n", "rest"},
			{parsetest.At("as large as the buffer"), padded(4096), "HTTP/1.1 404 No\r\n\r\n", ""},
			{parsetest.At("one more than the buffer"), padded(4097), "HTTP/1.1 404 No\r\n\r\n", "rest"},
			{parsetest.At("as large as the small buffer"), padded(64), "HTTP/1.1 404 No\r\n\r\n", "rest"},
			{parsetest.At("one more than the small buffer"), padded(65), "HTTP/1.1 404 No\r\n\r\n", "rest"},
		} {
			t.Run(row.name, func(t *testing.T) {
				br := bufio.NewReaderSize(strings.NewReader(row.first+row.second+row.rest), size)
				r := new(parse.Response)
				for _, want := range []string{row.first, row.second} {
					if err := parse.ReadResponse(br, r); err != nil {
						t.Fatal(err)
					}
					if twin := parsetest.Head(want, 0, 0); r.Offset() != len(want) || r.Status != twin.Status || fields(r) != strings.Join(append(twin.Fields, ""), "; ") {
						t.Errorf("size %d: %d octets, %d, %.60s", size, r.Offset(), r.Status, fields(r))
					}
					between(r)
				}
				if rest, err := io.ReadAll(br); string(rest) != row.rest || err != nil {
					t.Errorf("size %d: %q, %v left", size, rest, err)
				}
			})
		}
	}
}

// The head is parsed where it lies: its views alias br's buffer; also when the
// head before was larger than that, once Reset has given back what held it.
func TestReadResponseAliasesTheBuffer(t *testing.T) {
	const head = "HTTP/1.1 101 OK\r\nA: bbbb\r\n\r\n"
	br := bufio.NewReaderSize(io.MultiReader(strings.NewReader(padded(100)), strings.NewReader(head+"frames")), 64)
	r := new(parse.Response)
	if err := parse.ReadResponse(br, r); err != nil {
		t.Fatal(err)
	}
	r.Reset()
	if _, err := br.Peek(len(head)); err != nil {
		t.Fatal(err)
	}
	buffer, _ := br.Peek(br.Buffered())
	if err := parse.ReadResponse(br, r); err != nil {
		t.Fatal(err)
	}
	copy(buffer[strings.Index(head, "bbbb"):], "cccc")
	if v, _ := r.Find("A"); string(v) != "cccc" {
		t.Errorf("the value is a copy: %q", v)
	}
	if br.Buffered() != len("frames") {
		t.Errorf("%d octets left in the buffer", br.Buffered())
	}
}

// A head that lies somewhere in the buffer, behind what was read before.
func TestReadResponseInTheMiddleOfTheBuffer(t *testing.T) {
	for before := range 64 {
		br := bufio.NewReaderSize(strings.NewReader(strings.Repeat("-", before)+padded(60)+"rest"), 64)
		if _, err := br.Discard(before); err != nil {
			t.Fatal(err)
		}
		r := new(parse.Response)
		if err := parse.ReadResponse(br, r); err != nil || r.Offset() != 60 {
			t.Fatalf("after %d octets: %v, offset %d", before, err, r.Offset())
		}
		if v, n := r.Find("x"); n != 1 || strings.Trim(string(v), "x") != "" || len(v) != 36 {
			t.Fatalf("after %d octets: %q, %d", before, v, n)
		}
		if rest, err := io.ReadAll(br); string(rest) != "rest" || err != nil {
			t.Fatalf("after %d octets: %q, %v", before, rest, err)
		}
	}
}

func TestReadResponseErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, row := range []struct {
		name string
		r    io.Reader
		err  error
	}{
		{parsetest.At("P19: EOF at once"), strings.NewReader(""), io.ErrUnexpectedEOF},
		{parsetest.At("P19: EOF in the status line"), strings.NewReader("HTTP/1.1 "), io.ErrUnexpectedEOF},
		{parsetest.At("P19: EOF before the last octet"), strings.NewReader("HTTP/1.1 101 OK\r\n\r"), io.ErrUnexpectedEOF},
		{parsetest.At("P19: EOF after an interim head"), strings.NewReader("HTTP/1.1 100 Continue\r\n\r\n"), io.ErrUnexpectedEOF},
		{parsetest.At("P19: EOF with the last octets"), iotest.DataErrReader(strings.NewReader("HTTP/1.1 101 OK\r\n")), io.ErrUnexpectedEOF},
		{parsetest.At("an error at once"), iotest.ErrReader(broken), broken},
		{parsetest.At("an error later"), io.MultiReader(strings.NewReader("HTTP/1.1 101 OK\r\n"), iotest.ErrReader(broken)), broken},
		{parsetest.At("an unexpected EOF of the reader's own"), iotest.ErrReader(io.ErrUnexpectedEOF), io.ErrUnexpectedEOF},
		{parsetest.At("a closed pipe"), iotest.ErrReader(io.ErrClosedPipe), io.ErrClosedPipe},
		{parsetest.At("a reader that gives nothing"), nothing{}, io.ErrNoProgress},
		{parsetest.At("an error with the octets that refuse the head"), both{"HTTP/1.1 101 OK\r\nA b", broken}, parse.ErrSpaceBeforeColon},
		{parsetest.At("an error with the octets that complete it"), both{"HTTP/1.1 101 OK\r\n\r\n", broken}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := parse.ReadResponse(bufio.NewReader(row.r), new(parse.Response)); err != row.err {
				t.Errorf("%v, want %v", err, row.err)
			}
		})
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

// both gives octets and an error in one Read.
type both struct {
	s   string
	err error
}

func (b both) Read(p []byte) (int, error) { return copy(p, b.s), b.err }

// A read error does not lose what was read: the next call goes on.
func TestReadResponseGoesOn(t *testing.T) {
	for _, size := range []int{16, 64, 4096} {
		head := "HTTP/1.1 103 \r\nA: b\r\n\r\n" + padded(100)
		br := bufio.NewReaderSize(&faulty{r: strings.NewReader(head + "rest")}, size)
		r := new(parse.Response)
		faults := 0
		err := parse.ReadResponse(br, r)
		for ; err == errFaulty; err = parse.ReadResponse(br, r) {
			faults++
		}
		if err != nil || faults < 5 || r.Offset() != len(head) {
			t.Fatalf("size %d: %v after %d faults, offset %d", size, err, faults, r.Offset())
		}
		var rest strings.Builder
		for _, err = br.WriteTo(&rest); err == errFaulty; _, err = br.WriteTo(&rest) {
		}
		if rest.String() != "rest" || err != nil {
			t.Errorf("size %d: %q, %v left", size, rest.String(), err)
		}
	}
}

var errFaulty = errors.New("faulty")

// faulty gives up to seven octets, with an error every other time.
type faulty struct {
	r io.Reader
	n int
}

func (f *faulty) Read(p []byte) (int, error) {
	f.n++
	n, err := f.r.Read(p[:min(7, len(p))])
	if f.n%2 == 0 && err == nil {
		err = errFaulty
	}
	return n, err
}

func TestReadResponseDoesNotAllocate(t *testing.T) {
	small, large := padded(100), padded(3000)
	for _, row := range []struct {
		name, head string
		size       int
	}{
		{parsetest.At("a head within the buffer"), small, 4096},
		{parsetest.At("a malformed one"), "HTTP/1.1 101 OK\r\nA b", 4096},
		{parsetest.At("one that ends early"), small[:50], 4096},
		{parsetest.At("one larger than the buffer"), large, 64},
	} {
		t.Run(row.name, func(t *testing.T) {
			src := strings.NewReader(row.head)
			br := bufio.NewReaderSize(src, row.size)
			r := &parse.Response{Fields: make([]parse.Field, 0, 16)}
			run := func() {
				src.Reset(row.head)
				br.Reset(src)
				parse.ReadResponse(br, r)
				r.Reset()
			}
			if row.size < len(row.head) {
				for range 50_000 { // bytebufferpool learns this size from 42,000 of it
					run()
				}
			}
			run()
			// The race detector empties the pool at times.
			if n := testing.AllocsPerRun(100, run); n != 0 && !(raceEnabled && row.size < len(row.head)) {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
