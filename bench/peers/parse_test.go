package peers

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"

	"github.com/gobwas/httphead"
	"github.com/valyala/fasthttp"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/parse"
)

// BenchmarkParse measures the reading of a response head through a bufio.Reader,
// nothing judged. impl=nethttp is what gorilla, coder, fasthttp/websocket, gws
// and x/net do; impl=fasthttp is the HTTP library of that name. impl=fixed
// compares the octets.
func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"129", "551"} {
		h := heads.Get(name)
		for _, impl := range []struct {
			name string
			read func(h heads.Head) func(br *bufio.Reader) (fields int, err error)
		}{
			{"zeroshake", zeroshakeHead},
			{"gobwas", httpheadHead},
			{"fasthttp", fasthttpHead},
			{"nethttp", nethttpHead},
			{"fixed", fixedHead},
		} {
			b.Run("head="+name+"/impl="+impl.name, func(b *testing.B) {
				var src bytes.Reader
				p, br, read := h.Bytes(), bufio.NewReader(&src), impl.read(h)
				b.ReportAllocs()
				b.SetBytes(int64(len(p)))
				for b.Loop() {
					src.Reset(p)
					br.Reset(&src)
					n, err := read(br)
					if err != nil {
						b.Fatal(err)
					}
					if n != h.Fields || br.Buffered() != 0 {
						b.Fatalf("%d fields, %d octets left", n, br.Buffered())
					}
				}
			})
		}
	}
}

func zeroshakeHead(heads.Head) func(*bufio.Reader) (int, error) {
	r := parse.Response{Fields: make([]parse.Field, 0, 32)}
	return func(br *bufio.Reader) (int, error) {
		err := parse.ReadResponse(br, &r)
		return len(r.Fields), err
	}
}

// httpheadHead uses the package that gobwas/ws has for this, as its dialer uses
// its own copies of these functions.
func httpheadHead(heads.Head) func(*bufio.Reader) (int, error) {
	return func(br *bufio.Reader) (fields int, err error) {
		line, err := httphead.ReadLine(br)
		if err != nil {
			return 0, err
		}
		if r, ok := httphead.ParseResponseLine(line); !ok || r.Status != 101 {
			return 0, http.ErrNotSupported
		}
		for {
			if line, err = httphead.ReadLine(br); err != nil || len(line) == 0 {
				return fields, err
			}
			if _, _, ok := httphead.ParseHeaderLine(line); !ok {
				return fields, http.ErrNotSupported
			}
			fields++
		}
	}
}

func fasthttpHead(heads.Head) func(*bufio.Reader) (int, error) {
	var r fasthttp.ResponseHeader
	r.SetNoDefaultContentType(true) // else it counts one that did not come
	return func(br *bufio.Reader) (int, error) {
		if err := r.Read(br); err != nil {
			return 0, err
		}
		fields := 0
		for range r.All() {
			fields++
		}
		return fields, nil
	}
}

func nethttpHead(heads.Head) func(*bufio.Reader) (int, error) {
	return func(br *bufio.Reader) (fields int, err error) {
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			return 0, err
		}
		resp.Body.Close()
		for _, values := range resp.Header {
			fields += len(values)
		}
		return fields, nil
	}
}

func fixedHead(h heads.Head) func(*bufio.Reader) (int, error) {
	want := h.Bytes()
	return func(br *bufio.Reader) (int, error) {
		p, err := br.Peek(len(want))
		if err != nil || !bytes.Equal(p, want) {
			return 0, err
		}
		_, err = br.Discard(len(p))
		return h.Fields, err
	}
}
