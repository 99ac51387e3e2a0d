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

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// cause is what happened, apart from the phase.
func cause(err error) string {
	var (
		rule    session.Error
		syntax  parse.Error
		dns     *net.DNSError
		timeout net.Error
		errno   syscall.Errno
	)
	switch {
	case err == loop.ErrNoPong:
		return "no answer to a ping"
	case err == loop.ErrCloseTimeout:
		return "no answer to a close"
	case err == errNoReply:
		return "no reply to a message"
	case err == errNotRead:
		return "messages are not read"
	case err == loop.ErrNoAddress:
		return "no address of the host"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.As(err, &rule):
		return plan.RuleText(rule)
	case errors.As(err, &syntax):
		return plan.RuleText(syntax)
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return "no such host"
		}
		return "lookup failed"
	case isTLS(err):
		return tlsCause(err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.As(err, &errno):
		return errnoCause(err, errno)
	default:
		return "other error"
	}
}

func errnoCause(err error, errno syscall.Errno) string {
	var call *os.SyscallError
	if errno == errAddrNotAvail && errors.As(err, &call) && call.Syscall == "bind" {
		return "local address is not on this machine"
	}
	if text, ok := errnoText[errno]; ok {
		return text
	}
	return errno.Error()
}

func isTLS(err error) bool {
	var (
		record tls.RecordHeaderError
		verify *tls.CertificateVerificationError
	)
	return errors.As(err, &record) || errors.As(err, &verify) || tlsAlert(err) != nil
}

// tlsAlert is the alert that the server sent, if that is what err is.
func tlsAlert(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op.Err
	}
	return nil
}

func tlsCause(err error) string {
	var (
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case tlsAlert(err) != nil:
		return "server says " + strings.TrimPrefix(tlsAlert(err).Error(), "tls: ")
	case errors.As(err, &record):
		return "server does not speak TLS"
	case errors.As(err, &authority):
		return "certificate of an unknown authority"
	case errors.As(err, &host):
		return "certificate for another host"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "certificate expired or not yet valid"
	default:
		return "certificate refused"
	}
}
