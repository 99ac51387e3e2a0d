package loop

// How a connection fails before it is open.

import (
	"errors"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// failed makes the Failure of c.
func (l *Loop) failed(c *conn, p dial.Phase, err error) *Failure {
	l.failure = Failure{Phase: p, Err: err, Timing: c.opening.timing, endpoint: c.opening.endpoint, client: &c.client}
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

// isRemote tells what another address may do better from what none can.
func isRemote(err error) bool {
	return !errors.As(err, new(session.Error)) && !isLocal(err)
}
