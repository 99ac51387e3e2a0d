package epoll

import (
	"net/netip"
	"os"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/bench/internal/serve/canned"
)

func TestMain(m *testing.M) {
	canned.Child()
	os.Exit(m.Run())
}

// Every round gets its answer, and one that gets another is an error.
func TestClient(t *testing.T) {
	h := heads.Get("129")
	s, err := canned.Start(h)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	c := Client{
		Addr:     netip.MustParseAddrPort(s.Addr),
		Request:  []byte("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
		Response: h.Bytes()[:h.Len],
	}
	if err := c.Handshakes(50, 7); err != nil {
		t.Fatal(err)
	}
	conns, err := c.Open(20, 7)
	if err != nil {
		t.Fatal(err)
	}
	defer conns.Close()
	const hello = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" // RFC 6455 section 5.7
	if err := conns.Exchange(100, []byte(hello), []byte("\x81\x05Hello")); err != nil {
		t.Error(err)
	}
	if err := conns.Exchange(20, []byte(hello), []byte("\x81\x05hello")); err == nil {
		t.Error("took a wrong echo")
	}
	c.Response[len(c.Response)-5] ^= 1
	if err := c.Handshakes(1, 1); err == nil {
		t.Error("took a wrong response")
	}
}
