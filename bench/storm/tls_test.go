package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/serve"
)

// An authority signs certificates of servers.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string // for --cacert
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	var der []byte
	der, a.key = a.sign(t, template)
	var err error
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o666); err != nil {
		t.Fatal(err)
	}
	return a
}

// sign makes a certificate and its key. The authority's own is signed by itself.
func (a *authority) sign(t *testing.T, template *x509.Certificate) (der []byte, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := a.certificate, a.key
	if parent == nil {
		parent, signer = template, key
	}
	if der, err = x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer); err != nil {
		t.Fatal(err)
	}
	return der, key
}

// secureServer is an echo server with the certificate of a template, and its URL.
func (a *authority) secureServer(t *testing.T, template *x509.Certificate) (s *serve.Server, url string) {
	t.Helper()
	template.SerialNumber = big.NewInt(2)
	template.NotBefore = time.Now().Add(-2 * time.Hour)
	der, key := a.sign(t, template)
	s = serve.New()
	server := httptest.NewUnstartedServer(s.Handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told of every refusal
	server.StartTLS()
	t.Cleanup(server.Close)
	return s, strings.Replace(server.URL, "https", "wss", 1)
}

func TestTLS(t *testing.T) {
	a := newAuthority(t)
	here, later := []net.IP{net.IPv4(127, 0, 0, 1)}, time.Now().Add(time.Hour)
	for _, tt := range []struct {
		name    string
		server  x509.Certificate
		args    string
		reason  string // "": it opens
		example string
	}{
		{"good", x509.Certificate{IPAddresses: here, NotAfter: later}, "--cacert " + a.file, "", ""},
		{"of nobody known", x509.Certificate{IPAddresses: here, NotAfter: later}, "",
			"tls: certificate of an unknown authority", "--cacert FILE trusts it, --insecure leaves certificates unverified"},
		{"of nobody known, insecure", x509.Certificate{IPAddresses: here, NotAfter: later}, "--insecure", "", ""},
		{"of another", x509.Certificate{DNSNames: []string{"other.example"}, NotAfter: later}, "--cacert " + a.file,
			"tls: certificate for another host", "--sni NAME expects another name"},
		{"of another, expected", x509.Certificate{DNSNames: []string{"other.example"}, NotAfter: later}, "--sni other.example --cacert " + a.file, "", ""},
		{"expired", x509.Certificate{IPAddresses: here, NotAfter: time.Now().Add(-time.Hour)}, "--cacert " + a.file,
			"tls: certificate expired or not yet valid", "expired"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, url := a.secureServer(t, &tt.server)
			r := runStorm(t, append(strings.Fields(tt.args), "-n", "3", "--json", "-", url)...)
			s := parseResult(t, r.stdout)
			if tt.reason == "" {
				r.want(t, 0, "3 of 3")
				if n := s.Latency[measure.TLS].OK.Count(); n != 3 || server.Counts().Opened != 3 {
					t.Errorf("%d timed, the server counted %+v", n, server.Counts())
				}
				return
			}
			r.want(t, 3, tt.reason, tt.example)
			if n, example := count(s.Failures, tt.reason); n != 3 || !strings.Contains(example, tt.example) {
				t.Errorf("%d of %s, %q", n, tt.reason, example)
			}
			if l := s.Latency; l[measure.Connect].OK.Count() != 3 || l[measure.TLS].Failed.Count() != 3 || server.Counts().Opened != 0 {
				t.Errorf("connect %+v, TLS %+v, the server counted %+v", l[measure.Connect], l[measure.TLS], server.Counts())
			}
		})
	}
}
