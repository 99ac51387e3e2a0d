package canned

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

func TestMain(m *testing.M) {
	Child()
	os.Exit(m.Run())
}

// The request with the key of RFC 6455 section 1.3 gets the head as it is, and
// the masked "Hello" of section 5.7, in two pieces and twice in one, its echo.
func TestServer(t *testing.T) {
	for _, name := range []string{"129", "551-full"} {
		t.Run(name, func(t *testing.T) {
			h := heads.Get(name)
			s, err := Start(h)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Stop(); err != nil {
					t.Error(err)
				}
			}()
			nc, err := net.Dial("tcp", s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			const hello = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
			exchange(t, nc, "GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", string(h.Bytes()[:h.Len]))
			exchange(t, nc, hello[:7], "")
			exchange(t, nc, hello[7:], "\x81\x05Hello")
			exchange(t, nc, hello+hello, "\x81\x05Hello\x81\x05Hello")
		})
	}
}

// Over TLS it is the same, and its certificate is the one that it has told.
func TestServerTLS(t *testing.T) {
	h := heads.Get("129")
	s, err := StartTLS(h)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}()
	certificate, err := x509.ParseCertificate(s.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	nc, err := tls.Dial("tcp", s.Addr, &tls.Config{RootCAs: trusted})
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	exchange(t, nc, "GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", string(h.Bytes()[:h.Len]))
	exchange(t, nc, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "\x81\x05Hello")
}

func exchange(t *testing.T, nc net.Conn, send, want string) {
	t.Helper()
	if _, err := io.WriteString(nc, send); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(nc, got); err != nil || !bytes.Equal(got, []byte(want)) {
		t.Fatalf("answer %q, %v, want %q", got, err, want)
	}
}
