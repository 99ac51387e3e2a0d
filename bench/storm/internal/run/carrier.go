package run

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/session/loop"
)

// A carrier is what carries a connection, as far as it got.
type carrier struct {
	local, remote netip.AddrPort
	tls           *tls.ConnectionState
	refused       *x509.Certificate // by this side, so that there is no tls
}

func carrierOf(o *loop.Opening) carrier { return carrier{o.LocalAddr(), o.RemoteAddr(), o.TLS(), nil} }

func failedCarrier(f *loop.Failure) carrier {
	c := carrier{tls: f.TLS()}
	if bad := (*tls.CertificateVerificationError)(nil); errors.As(f.Err, &bad) && len(bad.UnverifiedCertificates) > 0 {
		c.refused = bad.UnverifiedCertificates[0]
	}
	return c
}

func (t *trace) carrier(c carrier, now time.Time) {
	if c.remote.IsValid() {
		fmt.Fprintf(t.w, "* from               %v to %v\n", c.local, c.remote)
	}
	if s := c.tls; s != nil {
		fmt.Fprintf(t.w, "* %-18s %s, ALPN %s%s\n", tls.VersionName(s.Version), tls.CipherSuiteName(s.CipherSuite), orNone(s.NegotiatedProtocol), resumed(s))
		if len(s.PeerCertificates) > 0 {
			t.certificate(s.PeerCertificates[0], len(s.VerifiedChains) > 0, now)
		}
	}
	if c.refused != nil {
		t.certificate(c.refused, false, now)
	}
}

func resumed(s *tls.ConnectionState) string {
	if s.DidResume {
		return ", resumed"
	}
	return ""
}

func orNone(name string) string {
	if name == "" {
		return "none"
	}
	return printable(name)
}

// certificate shows whose a certificate is, who says so, and until when.
func (t *trace) certificate(x *x509.Certificate, verified bool, now time.Time) {
	verdict := "verified"
	if !verified {
		verdict = "not verified"
	}
	const day = 24 * time.Hour
	left := fmt.Sprintf("%d days left", x.NotAfter.Sub(now)/day)
	if now.After(x.NotAfter) {
		left = "expired"
	}
	subject := x.Subject.String()
	if subject == "" { // then the names say whose it is: RFC 5280 section 4.1.2.6
		subject = strings.Join(x.DNSNames, ", ")
	}
	fmt.Fprintf(t.w, "* certificate        %s, %s\n", orNone(subject), verdict)
	fmt.Fprintf(t.w, "*   issued by        %s\n", orNone(x.Issuer.String()))
	fmt.Fprintf(t.w, "*   valid until      %s, %s\n", x.NotAfter.UTC().Format("2006-01-02 15:04:05 UTC"), left)
}
