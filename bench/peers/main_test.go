package peers

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/bench/internal/serve/canned"
)

func TestMain(m *testing.M) {
	canned.Child()
	idleChild()
	os.Exit(m.Run())
}

// A server is one in another process, and the head that it answers with.
type server struct {
	addr        string
	head        heads.Head
	certificate string // DER; "": it does not serve over TLS
}

func (s server) url() string {
	if s.certificate != "" {
		return "wss://" + s.addr + path
	}
	return "ws://" + s.addr + path
}

// tls is what a client needs to trust s.
func (s server) tls() *tls.Config {
	if s.certificate == "" {
		return nil
	}
	certificate, err := x509.ParseCertificate([]byte(s.certificate))
	if err != nil {
		panic(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	return &tls.Config{RootCAs: trusted}
}

// serve starts a server. The test ends it.
func serve(t testing.TB, h heads.Head) server { return started(t, h, canned.Start) }

// serveTLS starts one over TLS.
func serveTLS(t testing.TB, h heads.Head) server { return started(t, h, canned.StartTLS) }

func started(t testing.TB, h heads.Head, start func(heads.Head) (*canned.Server, error)) server {
	t.Helper()
	s, err := start(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server{s.Addr, h, string(s.Certificate)}
}
