package bench

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// BenchmarkEnd measures what follows the reading: Parse and EndHandshake on a
// head that is all here. Each round needs a client that has begun: it is a
// copy of one, and impl=copy measures that copy alone. (Programs must not copy
// a Client at that point; here the one copied from does nothing more.)
//
// impl=nethttp is the yardstick of the same run: http.ReadResponse on the same
// octets, through a bufio.Reader that is used again, with nothing judged.
func BenchmarkEnd(b *testing.B) {
	for _, h := range heads.All {
		b.Run("impl=zeroshake/head="+h.Name, func(b *testing.B) { benchmarkEnd(b, &h) })
		b.Run("impl=nethttp/head="+h.Name, func(b *testing.B) { benchmarkHTTPReadResponse(b, &h) })
	}
	b.Run("impl=copy", benchmarkCopy)
}

func benchmarkEnd(b *testing.B, h *heads.Head) {
	p := h.Bytes()
	c := newClient(b, h.Offer, sample)
	if err := c.begin(); err != nil {
		b.Fatal(err)
	}
	begun := c.Client
	b.ReportAllocs()
	for b.Loop() {
		c.Client = begun
		n, err := c.response.Parse(p)
		if err != nil || n != h.Len {
			b.Fatalf("%d octets, error %v", n, err)
		}
		if err := c.end(h); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkCopy(b *testing.B) {
	c := newClient(b, heads.Offer{}, sample)
	if err := c.begin(); err != nil {
		b.Fatal(err)
	}
	begun := c.Client
	b.ReportAllocs()
	for b.Loop() {
		c.Client = begun
	}
}

func benchmarkHTTPReadResponse(b *testing.B, h *heads.Head) {
	p := h.Bytes()
	var (
		src  bytes.Reader
		br   = bufio.NewReader(&src)
		resp *http.Response
	)
	b.ReportAllocs()
	for b.Loop() {
		src.Reset(p)
		br.Reset(&src)
		var err error
		if resp, err = http.ReadResponse(br, nil); err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusSwitchingProtocols {
			b.Fatalf("status %d", resp.StatusCode)
		}
	}
	if got := resp.Header.Get("Sec-WebSocket-Accept"); got != heads.Accept {
		b.Fatalf("accept %q", got)
	}
}
