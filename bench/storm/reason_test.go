package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

func dialError(p dial.Phase, err error) error {
	return &dial.Error{Phase: p, URL: "ws://host.example/", Err: err}
}

func refusal(status int, rule session.Error) error {
	return dialError(dial.PhaseResponse, &dial.RefusedError{Err: rule, Status: status, Reason: "Reason"})
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

func TestReason(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{refusal(403, session.ErrUnexpectedStatus), "status 403"},
		{refusal(426, session.ErrUnsupportedVersion), "status 426"},
		{refusal(101, session.ErrAcceptValue), "handshake: Sec-WebSocket-Accept does not fit the key"},
		{refusal(101, session.ErrDeflateTwice), "handshake: permessage-deflate selected twice"},
		{refusal(101, session.ErrSubprotocolMissing), "handshake: none of the offered subprotocols selected"},
		{dialError(dial.PhaseResponse, fmt.Errorf("%w while reading: %w", context.DeadlineExceeded,
			&dial.RefusedError{Err: session.ErrUnexpectedStatus, Status: 503})), "status 503"},

		{dialError(dial.PhaseDNS, &net.DNSError{IsNotFound: true}), "dns: no such host"},
		{dialError(dial.PhaseDNS, &net.DNSError{IsTimeout: true}), "dns: timeout"},
		{dialError(dial.PhaseDNS, &net.DNSError{IsTemporary: true}), "dns: lookup failed"},

		{dialError(dial.PhaseConnect, call("connect", errnoNamed(t, "refused"))), "connect: refused"},
		{dialError(dial.PhaseConnect, call("connect", errnoNamed(t, "reset"))), "connect: reset"},
		{dialError(dial.PhaseConnect, call("connect", errnoNamed(t, "too many open files"))), "connect: too many open files"},
		{dialError(dial.PhaseConnect, call("connect", errAddrNotAvail)), "connect: no free local port"},
		{dialError(dial.PhaseConnect, call("bind", errAddrNotAvail)), "connect: local address is not on this machine"},
		{dialError(dial.PhaseConnect, context.DeadlineExceeded), "connect: timeout"},
		{dialError(dial.PhaseConnect, syscall.ETIMEDOUT), "connect: timeout"},

		{dialError(dial.PhaseTLS, certificate(x509.UnknownAuthorityError{})), "tls: certificate of an unknown authority"},
		{dialError(dial.PhaseTLS, certificate(x509.HostnameError{Certificate: &x509.Certificate{}})), "tls: certificate for another host"},
		{dialError(dial.PhaseTLS, certificate(x509.CertificateInvalidError{Reason: x509.Expired})), "tls: certificate expired or not yet valid"},
		{dialError(dial.PhaseTLS, certificate(x509.CertificateInvalidError{Reason: x509.TooManyIntermediates})), "tls: certificate refused"},
		{dialError(dial.PhaseTLS, tls.RecordHeaderError{}), "tls: server does not speak TLS"},
		{dialError(dial.PhaseTLS, &net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}), "tls: server says handshake failure"},
		{dialError(dial.PhaseTLS, io.EOF), "tls: connection closed"},
		{dialError(dial.PhaseTLS, context.DeadlineExceeded), "tls: timeout"},

		{dialError(dial.PhaseRequest, call("write", errnoNamed(t, "reset"))), "handshake: reset"},
		{dialError(dial.PhaseResponse, io.ErrUnexpectedEOF), "handshake: connection closed"},
		{dialError(dial.PhaseResponse, context.DeadlineExceeded), "handshake: timeout"},
		{dialError(dial.PhaseResponse, parse.ErrBareLF), "handshake: line ends in LF without CR"},
		{dialError(dial.PhaseResponse, errors.New("something else")), "handshake: other error"},

		{io.EOF, "connection closed"}, // of an open connection
		{call("read", errnoNamed(t, "reset")), "reset"},
	} {
		if got := reason(tt.err); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

// Every rule of a handshake has a reason of its own.
func TestReasonsOfRules(t *testing.T) {
	seen := map[string]session.Error{}
	for rule := session.ErrHeaderName; rule <= session.ErrSubprotocolMissing; rule++ {
		text := reason(refusal(101, rule))
		if other, ok := seen[text]; ok {
			t.Errorf("%v and %v are both %q", rule, other, text)
		}
		if !strings.HasPrefix(text, "handshake: ") || strings.Contains(text, "RFC") || len(text) > 100 {
			t.Errorf("%v is %q", rule, text)
		}
		seen[text] = rule
	}
}

func TestExplain(t *testing.T) {
	x := newExplainer(&plan{timeout: 3 * time.Second, url: "ws://o:secret@h/"})
	deadline := fmt.Errorf("reading: %w", context.DeadlineExceeded)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{refusal(403, session.ErrUnexpectedStatus), "the answer is 403 \"Reas***n\""},
		{dialError(dial.PhaseConnect, call("connect", errAddrNotAvail)), "--local-addr"},
		{dialError(dial.PhaseTLS, certificate(x509.UnknownAuthorityError{})), "--insecure"},
		{dialError(dial.PhaseTLS, certificate(x509.UnknownAuthorityError{})), "SSL_CERT_FILE=ca.pem"},
		{dialError(dial.PhaseConnect, deadline), "no connection within --timeout 3s"},
		{dialError(dial.PhaseTLS, deadline), "no answer within --timeout 3s"},
		{dialError(dial.PhaseResponse, deadline), "no answer within --timeout 3s"},
		{dialError(dial.PhaseResponse, fmt.Errorf("%w, at octet 3 of \"foo secret\"", parse.ErrBareLF)),
			"parse: line ends in LF without CR (RFC 9112 section 2.2), at octet 3 of \"f****** ***\""},
		{refusal(101, session.ErrUpgradeValue), "Upgrade is not \"websocket\""}, // our own o
		{io.EOF, "EOF"},
	} {
		if got := x.explain(tt.err); !strings.Contains(got, tt.want) || strings.Contains(got, "host.example") || strings.Contains(got, "not 101") {
			t.Errorf("%q, want %q in it, and neither the URL nor what the reason says", got, tt.want)
		}
	}
}
