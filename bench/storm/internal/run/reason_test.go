package run

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

func failure(p dial.Phase, err error) *loop.Failure { return &loop.Failure{Phase: p, Err: err} }

func refusal(status int, rule error) *loop.Failure {
	return &loop.Failure{Phase: dial.PhaseResponse, Err: rule, Response: &parse.Response{Status: status, Reason: []byte("Reason")}}
}

// call is an error of the system as package net wraps it.
func call(name string, errno syscall.Errno) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError(name, errno)}
}

func certificate(err error) error { return &tls.CertificateVerificationError{Err: err} }

func errnoNamed(t *testing.T, text string) syscall.Errno {
	for errno, s := range errnoText {
		if s == text {
			return errno
		}
	}
	t.Fatalf("no error of the system has the text %q", text)
	return 0
}

func TestFailureReason(t *testing.T) {
	for _, tt := range []struct {
		f    *loop.Failure
		want string
	}{
		{refusal(403, session.ErrUnexpectedStatus), "status 403"},
		{refusal(426, session.ErrUnsupportedVersion), "status 426"},
		{refusal(101, session.ErrAcceptValue), "handshake: Sec-WebSocket-Accept does not fit the key"},
		{refusal(101, session.ErrDeflateTwice), "handshake: permessage-deflate selected twice"},
		{refusal(101, session.ErrSubprotocolMissing), "handshake: none of the offered subprotocols selected"},
		{failure(dial.PhaseProxy, &dial.RefusedError{Status: 407}), "proxy: status 407"},

		{failure(dial.PhaseDNS, &net.DNSError{IsNotFound: true}), "dns: no such host"},
		{failure(dial.PhaseDNS, &net.DNSError{IsTimeout: true}), "dns: timeout"},
		{failure(dial.PhaseDNS, &net.DNSError{IsTemporary: true}), "dns: lookup failed"},
		{failure(dial.PhaseDNS, loop.ErrNoAddress), "dns: no address of the host"},

		{failure(dial.PhaseConnect, call("connect", errnoNamed(t, "refused"))), "connect: refused"},
		{failure(dial.PhaseConnect, call("connect", errnoNamed(t, "reset"))), "connect: reset"},
		{failure(dial.PhaseConnect, call("connect", errnoNamed(t, "too many open files"))), "connect: too many open files"},
		{failure(dial.PhaseConnect, call("connect", errAddrNotAvail)), "connect: no free local port"},
		{failure(dial.PhaseConnect, call("bind", errAddrNotAvail)), "connect: local address is not on this machine"},
		{failure(dial.PhaseConnect, context.DeadlineExceeded), "connect: timeout"},
		{failure(dial.PhaseConnect, loop.ErrConnectTimeout), "connect: timeout"},
		{failure(dial.PhaseConnect, syscall.ETIMEDOUT), "connect: timeout"},

		{failure(dial.PhaseTLS, certificate(x509.UnknownAuthorityError{})), "tls: certificate of an unknown authority"},
		{failure(dial.PhaseTLS, certificate(x509.HostnameError{Certificate: &x509.Certificate{}})), "tls: certificate for another host"},
		{failure(dial.PhaseTLS, certificate(x509.CertificateInvalidError{Reason: x509.Expired})), "tls: certificate expired or not yet valid"},
		{failure(dial.PhaseTLS, certificate(x509.CertificateInvalidError{Reason: x509.TooManyIntermediates})), "tls: certificate refused"},
		{failure(dial.PhaseTLS, tls.RecordHeaderError{}), "tls: server does not speak TLS"},
		{failure(dial.PhaseTLS, &net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}), "tls: server says handshake failure"},
		{failure(dial.PhaseTLS, io.EOF), "tls: connection closed"},
		{failure(dial.PhaseTLS, loop.ErrHandshakeTimeout), "tls: timeout"},

		{failure(dial.PhaseRequest, call("write", errnoNamed(t, "reset"))), "handshake: reset"},
		{failure(dial.PhaseResponse, io.ErrUnexpectedEOF), "handshake: connection closed"},
		{failure(dial.PhaseResponse, loop.ErrHandshakeTimeout), "handshake: timeout"},
		{failure(dial.PhaseResponse, parse.ErrBareLF), "handshake: line ends in LF without CR"},
		{failure(dial.PhaseResponse, errors.New("something else")), "handshake: other error"},
	} {
		if got := failureReason(tt.f); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.f.Err, got, tt.want)
		}
	}
}

func TestEndingReason(t *testing.T) {
	for _, tt := range []struct {
		e                  loop.Ending
		want, wantSentence string
	}{
		{loop.Ending{Status: 1013, Reason: []byte("later, secret")}, "closed with 1013", `"later, ***"`},
		{loop.Ending{Status: session.StatusEmpty}, "closed without a status", "closed the connection"},
		{loop.Ending{Status: session.StatusAborted, Err: io.ErrUnexpectedEOF}, "connection closed", "EOF"},
		{loop.Ending{Status: session.StatusAborted, Err: loop.ErrNoPong}, "no answer to a ping", "ping"},
		{loop.Ending{Status: session.StatusAborted, Err: call("read", errnoNamed(t, "reset"))}, "reset", "read"},
	} {
		got, sentence := endingReason(&tt.e), explainEnding(&tt.e, newMasker([]string{"secret"}))
		if got != tt.want || !strings.Contains(sentence, tt.wantSentence) {
			t.Errorf("%+v: %q, %q; want %q", tt.e, got, sentence, tt.want)
		}
	}
}

// Every rule of a handshake has a reason of its own.
func TestReasonsOfRules(t *testing.T) {
	seen := map[string]session.Error{}
	for rule := session.ErrHeaderName; rule <= session.ErrSubprotocolMissing; rule++ {
		text := failureReason(refusal(101, rule))
		if other, ok := seen[text]; ok {
			t.Errorf("%v and %v are both %q", rule, other, text)
		}
		if !strings.HasPrefix(text, "handshake: ") || strings.Contains(text, "RFC") || len(text) > 100 {
			t.Errorf("%v is %q", rule, text)
		}
		seen[text] = rule
	}
}

func TestExplainFailure(t *testing.T) {
	mask := newMasker([]string{"secret"})
	for _, tt := range []struct {
		f    *loop.Failure
		want string
	}{
		{failure(dial.PhaseConnect, call("connect", errAddrNotAvail)), "--local-addr"},
		{failure(dial.PhaseTLS, certificate(x509.UnknownAuthorityError{})), "--insecure"},
		{failure(dial.PhaseTLS, certificate(x509.UnknownAuthorityError{})), "--cacert"},
		{failure(dial.PhaseConnect, loop.ErrConnectTimeout), "no connection within the time for it"},
		{failure(dial.PhaseTLS, errors.New(`it is "secret"`)), `it is "***"`},
	} {
		if got := explainFailure(tt.f, mask); !strings.Contains(got, tt.want) {
			t.Errorf("%q, want %q in it", got, tt.want)
		}
	}
}
