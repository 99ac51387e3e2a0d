package parsetest

import (
	"bufio"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/zeroshake/zeroshake/parse"
)

var errRead = errors.New("parsetest: read failed")

// A source is a kind of reader, the error it ends with, and whether it has
// time-outs from the second octet on.
type source struct {
	name  string
	make  func(s string) io.Reader
	end   error
	stops bool
}

var sources = []source{
	{"whole", func(s string) io.Reader { return strings.NewReader(s) }, io.ErrUnexpectedEOF, false},
	{"iotest.OneByteReader", func(s string) io.Reader { return iotest.OneByteReader(strings.NewReader(s)) }, io.ErrUnexpectedEOF, false},
	{"iotest.HalfReader", func(s string) io.Reader { return iotest.HalfReader(strings.NewReader(s)) }, io.ErrUnexpectedEOF, false},
	{"iotest.DataErrReader", func(s string) io.Reader { return iotest.DataErrReader(strings.NewReader(s)) }, io.ErrUnexpectedEOF, false},
	{"iotest.TimeoutReader", func(s string) io.Reader { return iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(s))) }, io.ErrUnexpectedEOF, true},
	{"iotest.ErrReader", func(s string) io.Reader {
		return io.MultiReader(strings.NewReader(s), iotest.ErrReader(errRead))
	}, errRead, false},
	{"a time-out before every octet", func(s string) io.Reader { return &halting{s: s, err: iotest.ErrTimeout} }, io.ErrUnexpectedEOF, true},
	{"an empty read before every octet", func(s string) io.Reader { return &halting{s: s} }, io.ErrUnexpectedEOF, false},
}

// halting gives one octet at a time and nothing, with err, in between.
type halting struct {
	s    string
	err  error
	next bool
}

func (h *halting) Read(p []byte) (int, error) {
	if h.next = !h.next; h.next {
		return 0, h.err
	}
	if h.s == "" {
		return 0, io.EOF
	}
	n := copy(p[:1], h.s)
	h.s = h.s[n:]
	return n, nil
}

// read puts the stream through ReadResponse, from every source through
// buffers of several sizes.
func (c Case) read(tb testing.TB, want Outcome) {
	tb.Helper()
	r := c.response()
	for _, size := range []int{16, 17, 64, 4096} {
		for _, src := range sources {
			br := bufio.NewReaderSize(src.make(c.Stream), size)
			c.readOne(tb, br, r, src, want)
			r.Reset()
		}
	}
}

func (c Case) readOne(tb testing.TB, br *bufio.Reader, r *parse.Response, src source, want Outcome) {
	tb.Helper()
	stops := 0
	err := parse.ReadResponse(br, r)
	for ; err == iotest.ErrTimeout; stops++ { // the same head goes on
		err = parse.ReadResponse(br, r)
	}
	if src.stops && stops == 0 && len(c.least(want)) > 1 {
		tb.Fatalf("bufio %d, %s: no time-out was told of", br.Size(), src.name)
	}
	if want.Err == parse.ErrIncomplete {
		if err != src.end || r.Offset() != want.Offset {
			tb.Fatalf("bufio %d, %s: %v at %d, want %v at %d", br.Size(), src.name, err, r.Offset(), src.end, want.Offset)
		}
		return
	}
	if got := c.outcome(r, want.N, err); !reflect.DeepEqual(got, want) {
		tb.Fatalf("bufio %d, %s: %v\nwhole: %v", br.Size(), src.name, got, want)
	}
	if err != nil {
		return
	}
	var rest strings.Builder
	_, err = br.WriteTo(&rest)
	for err == iotest.ErrTimeout {
		_, err = br.WriteTo(&rest)
	}
	if rest.String() != c.Stream[want.N:] {
		tb.Fatalf("bufio %d, %s: left %q in the reader, want %q", br.Size(), src.name, rest.String(), c.Stream[want.N:])
	}
}
