package dial

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/zeroshake/zeroshake/session"
)

// Phase is the part of a dial in which it failed.
type Phase uint8

const (
	PhaseSetup    Phase = iota + 1 // the URL, Offer or Config is bad, and nothing was dialled: errors.Is session.ErrInvalidArgument
	PhaseDNS                       // looking up the host
	PhaseConnect                   // connecting to it
	PhaseProxy                     // finding the proxy, reaching it, or its answer: a RefusedError here has the proxy's status
	PhaseTLS                       // the TLS handshake
	PhaseRequest                   // making and writing the upgrade request
	PhaseResponse                  // reading the response, a parse.Error or io.ErrUnexpectedEOF, say; or judging it: RefusedError
)

var phaseText = [...]string{
	PhaseSetup:    "setup",
	PhaseDNS:      "dns",
	PhaseConnect:  "connect",
	PhaseProxy:    "proxy",
	PhaseTLS:      "tls",
	PhaseRequest:  "request",
	PhaseResponse: "response",
}

func (p Phase) String() string {
	if int(p) < len(phaseText) && phaseText[p] != "" {
		return phaseText[p]
	}
	return "phase " + strconv.Itoa(int(p))
}

// Error is the error of every failed dial. Err, which it wraps, is what net,
// crypto/tls, parse or session returned, a *RefusedError, or the context's error.
type Error struct {
	Phase Phase
	URL   string // without userinfo and query; empty if it is not a URL to dial
	Err   error
}

func (e *Error) Error() string {
	if e.URL == "" {
		return fmt.Sprintf("dial: %s: %v", e.Phase, e.Err)
	}
	return fmt.Sprintf("dial %s: %s: %v", e.URL, e.Phase, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// argument is an error of the caller's making.
type argument string

func (a argument) Error() string        { return string(a) }
func (a argument) Is(target error) bool { return target == session.ErrInvalidArgument }

func isDNS(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns)
}
