package loop

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"runtime"
	"slices"
	"time"

	"github.com/zeroshake/zeroshake/session"
)

// Config is what the connections of a Group have in common. New copies it. The
// zero value works but for Handler.
type Config struct {
	// Handler makes the Handler of each loop, once, before New returns.
	Handler func(*Loop) Handler
	// Loops is how many there are. 0: GOMAXPROCS.
	Loops int
	// Net runs every connection over net.Conn, with goroutines. It is so on
	// every system but Linux, and for some connections there as well: see the
	// package's documentation.
	Net bool

	// Session is for the session of every connection; nil means the defaults.
	Session *session.Config
	// Fragments hands messages to Handler.Message in parts of up to
	// Session.ReceiveBufferSize octets, when that much has come or a frame ends:
	// UTF8Fragment and BinaryFragment, a Message the last. Otherwise a message is
	// put together. Session.MaxMessageSize limits it either way.
	Fragments bool
	// MaxQueued is how many octets of what is sent may wait, on each connection,
	// for a server that does not read: see Loop.Send. 0: 1 MiB.
	MaxQueued int
	// MaxBytes and MaxFields bound a response head: see parse.Response. 0 means
	// the defaults there.
	MaxBytes, MaxFields int

	// ConnectTimeout bounds looking a name up and connecting, HandshakeTimeout
	// what comes behind that. 0: 10 seconds each; negative: no bound.
	ConnectTimeout, HandshakeTimeout time.Duration
	// CloseTimeout bounds the closing handshake, and the writing of what is queued
	// when the server has ended its stream: see Loop.Send. 0: 5 seconds.
	CloseTimeout time.Duration
	// PingInterval is how often each open connection is pinged. 0: never.
	PingInterval time.Duration
	// PingTimeout is how long a pong may take before the connection is given up
	// with ErrNoPong, for pings of Loop.Ping as well. 0: PingInterval; if that is
	// 0, no bound.
	PingTimeout time.Duration

	// LocalAddrs are dialled from in turn. Their ports are taken when the server
	// is known (IP_BIND_ADDRESS_NO_PORT, on Linux), so that each address has all
	// of them for each server. None: the system chooses.
	LocalAddrs []netip.Addr
	// Reset ends connections with a TCP reset (SO_LINGER 0), so that no port is
	// left in TIME_WAIT. What is still to be sent then is lost.
	Reset bool
	// KeepAlive is TCP's: after how long without traffic the system probes the
	// server, and how often from then on, in whole seconds, 32767 at most, which
	// is what Linux takes. 0: never.
	KeepAlive time.Duration
	// Resolver looks names up, each once for all connections together, whose
	// addresses are then connected to in turn, the next if one refuses. Only a
	// connection that has waited for a look-up has a DNSDone in its Timing. nil:
	// net.DefaultResolver.
	Resolver *net.Resolver
	// Refresh is how long the addresses of a name are used before it is looked up
	// again. 0: 30 seconds.
	Refresh time.Duration

	// NetDial and Proxy are those of dial.Dialer. If one is set, connections run
	// over net.Conn, and NetDial or the proxy is given the name: Refresh is not for
	// these. A proxy's own name, and the server's where Proxy gives none, are
	// looked up by net.Dialer, for each connection. NetDial knows nothing of
	// LocalAddrs and KeepAlive.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	Proxy   func(*url.URL) (*url.URL, error)
	// TLSConfig is for an https proxy, as in dial.Dialer; that for a server is its
	// Endpoint's.
	TLSConfig *tls.Config

	// Tap, if it is not nil, is shown the octets of frames, for logs: those that
	// are sent, masked, when they are taken to be written, and those that came, in
	// the pieces in which they are looked at; of wss without the TLS around them.
	// It is called by the loop, also within a method of it, and must not call one,
	// nor change or keep p.
	Tap func(c Conn, sent bool, p []byte)
}

// orElse is d, usual if it is 0, and no more than can be reckoned with.
func orElse(d, usual time.Duration) time.Duration {
	if d == 0 {
		return usual
	}
	return min(d, longest)
}

// complete checks c and fills in what is zero.
func (c *Config) complete() error {
	if c.Handler == nil {
		return ErrNoHandler
	}
	for _, field := range []struct {
		name  string
		value any
		bad   bool
	}{
		{"Loops", c.Loops, c.Loops < 0 || c.Loops > maxLoops},
		{"MaxQueued", c.MaxQueued, c.MaxQueued < 0},
		{"CloseTimeout", c.CloseTimeout, c.CloseTimeout < 0},
		{"PingInterval", c.PingInterval, c.PingInterval < 0},
		{"PingTimeout", c.PingTimeout, c.PingTimeout < 0},
		{"KeepAlive", c.KeepAlive, c.KeepAlive < 0 || c.KeepAlive > maxKeepAlive},
		{"Refresh", c.Refresh, c.Refresh < 0},
	} {
		if field.bad {
			return fmt.Errorf("%w: %s %v", ErrConfig, field.name, field.value)
		}
	}
	c.LocalAddrs = slices.Clone(c.LocalAddrs)
	for i, local := range c.LocalAddrs {
		if !local.IsValid() {
			return fmt.Errorf("%w: LocalAddrs[%d]", ErrConfig, i)
		}
		c.LocalAddrs[i] = local.Unmap()
	}
	var probe session.Client
	if err := probe.Init(c.Session); err != nil {
		return err
	}
	if c.Loops == 0 {
		c.Loops = runtime.GOMAXPROCS(0)
	}
	if c.MaxQueued == 0 {
		c.MaxQueued = 1 << 20
	}
	c.ConnectTimeout = orElse(c.ConnectTimeout, 10*time.Second)
	c.HandshakeTimeout = orElse(c.HandshakeTimeout, 10*time.Second)
	c.CloseTimeout = orElse(c.CloseTimeout, 5*time.Second)
	c.PingInterval = orElse(c.PingInterval, 0)
	c.PingTimeout = orElse(c.PingTimeout, c.PingInterval)
	c.Refresh = orElse(c.Refresh, 30*time.Second)
	return nil
}

const (
	maxLoops     = 1 << 12
	maxKeepAlive = 32767 * time.Second
	// lingerTimeout bounds the wait for the server, which should close the
	// connection below first: RFC 6455 section 7.1.1.
	lingerTimeout = time.Second
	// longest is as good as never: the sum of a few is a time.Duration, and its
	// seconds fit into 32 bits, which some systems have for them.
	longest = 50 * 365 * 24 * time.Hour
)
