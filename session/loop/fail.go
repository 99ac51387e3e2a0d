package loop

// How a connection fails before it is open.

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// failed makes the Failure of c.
func (l *Loop) failed(c *conn, p dial.Phase, err error) *Failure {
	l.failure = Failure{Phase: p, Err: err, Timing: c.opening.timing, endpoint: c.opening.endpoint, client: &c.client}
	if c.net != nil {
		l.failure.carrier = c.net.conn
	}
	return &l.failure
}

func (l *Loop) fail(c *conn, p dial.Phase, err error) {
	l.failed(c, p, err)
	l.tellFailure(c)
}

// tellFailure ends c with the Failure made.
func (l *Loop) tellFailure(c *conn) {
	l.finish(c)
	l.handler.Failed(c.conn(), &l.failure)
	l.failure = Failure{}
	l.free(c)
}

// phaseOf is the phase of a dial that c is in.
func (c *conn) phaseOf() dial.Phase {
	switch c.phase {
	case phaseResolving:
		return dial.PhaseDNS
	case phaseConnecting:
		return dial.PhaseConnect
	case phaseSecuring:
		return dial.PhaseTLS
	case phaseRequesting:
		return dial.PhaseRequest
	}
	return dial.PhaseResponse
}

// timeout is what the time of c is over for.
func (c *conn) timeout() error {
	if c.phase <= phaseConnecting {
		return ErrConnectTimeout
	}
	return ErrHandshakeTimeout
}

// isRemote tells what another address of the server's may do better from what is
// about this machine.
func isRemote(err error) bool {
	if call := (*os.SyscallError)(nil); errors.As(err, &call) && !strings.HasPrefix(call.Syscall, "connect") {
		return false
	}
	is := func(one error) bool { return errors.Is(err, one) }
	return !errors.As(err, new(session.Error)) && !slices.ContainsFunc(lacks, is)
}

// lacks are what a connect fails with for want of something here. EADDRNOTAVAIL is
// none of them: so fails an address of a family that is switched off, and where ports
// have run out, they have for one address of the server's.
var lacks = []error{
	syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
	syscall.EADDRINUSE, syscall.EACCES, syscall.EPERM,
}
