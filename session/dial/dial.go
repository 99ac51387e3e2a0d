// Package dial opens WebSocket connections over net.Conn: it looks up, connects
// (through a proxy if need be), speaks TLS, and leaves every judgement of the
// handshake to package session.
//
//	dial.go      Dialer, Dial and Client
//	handshake.go what happens on a connection that stands
//	head.go      reading a response head, and what is pooled for it
//	endpoint.go  a URL, made ready for dialling
//	proxy.go     HTTP CONNECT
//	error.go     Phase and Error
//	refused.go   RefusedError, and reading a body
//	explain.go   what errors say of a response, and what they do not repeat
//	conn.go      Conn and Timing
//	read.go      ReadMessage, NextReader
//	write.go     WriteMessage, NextWriter
//	batch.go     WriteMessages
//	ping.go      Ping
//	close.go     Close, CloseNow, CloseError
package dial

import (
	"context"
	"crypto/tls"
	"math"
	"net"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// Dialer opens WebSocket connections. The zero value works: it verifies TLS,
// uses no proxy, offers neither subprotocol nor extension, and waits as long as
// the context lets it.
//
// A Dialer is safe for concurrent use, and must be neither copied nor changed
// once used: it keeps the compiled request of the URL dialled last, so dialling
// one URL many times is cheap.
type Dialer struct {
	// NetDialer makes the connections: its Timeout, LocalAddr, Resolver and
	// ControlContext are at the caller's disposal.
	NetDialer net.Dialer

	// NetDial, if set, makes the connections instead, for example to a unix
	// socket. It is called with network "tcp" and the host and port of the URL
	// or of its proxy, and must return soon after ctx is done.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Proxy, if set, gives the proxy for a URL, or nil for none. It is called
	// once a dial, with the scheme turned to http or https, and without
	// userinfo, so that ProxyFunc of golang.org/x/net/http/httpproxy fits. To
	// take http.ProxyFromEnvironment:
	//
	//	func(u *url.URL) (*url.URL, error) {
	//		return http.ProxyFromEnvironment(&http.Request{URL: u})
	//	}
	//
	// Its error is shown as it is. Proxies of scheme http and https are asked to CONNECT (RFC 9110 section
	// 9.3.6), with userinfo as Basic credentials. Others are refused.
	Proxy func(*url.URL) (*url.URL, error)

	// TLSConfig is cloned. ServerName is taken from the URL when empty, and
	// NextProtos is always http/1.1. With an https proxy it serves both
	// handshakes, the proxy's under the proxy's own name.
	TLSConfig *tls.Config

	// Offer is what every connection asks for. Its Target and Host are not
	// used, nor is a Host among its headers: they come from the URL. An
	// Authorization among its headers is used instead of the URL's userinfo. For
	// connections that do not all have the same headers, see DialEndpoint.
	//
	// An offer of permessage-deflate needs Config.Deflate; package deflate has a
	// codec, and the offer to make.
	Offer session.Offer

	// Config is for the session of every connection; nil means the defaults.
	Config *session.Config

	// HandshakeTimeout bounds what comes after the connection stands: CONNECT,
	// TLS and the upgrade. Its expiry is an os.ErrDeadlineExceeded, unlike that
	// of the context's deadline. 0: no bound but the context's. It needs a
	// connection that can SetDeadline.
	HandshakeTimeout time.Duration

	// CloseTimeout bounds Conn.Close, and the answer to a close or a fault of the
	// server's. 0: 5 seconds.
	CloseTimeout time.Duration

	// MaxBytes and MaxFields bound a response head, the proxy's as well: see
	// parse.Response. 0 means the defaults there.
	MaxBytes, MaxFields int

	// KeepHeader keeps a copy of each response's header, for Conn.Header.
	KeepHeader bool

	last atomic.Pointer[Endpoint]
}

// Dial opens a connection to a ws or wss URL.
//
// Userinfo becomes Basic authorization (RFC 7617), an IPv6 zone is used for
// connecting only, and a host name outside ASCII must be given in its IDNA form.
// A fragment is refused (RFC 6455 section 3). Redirects are not followed, and
// authentication is not negotiated: see RefusedError.
//
// When ctx is done, Dial closes what it has opened and returns an error that
// wraps ctx.Err(). Once Dial has returned, ctx has no effect on the connection.
// A httptrace.ClientTrace in ctx is told of the TLS handshake with the server, and
// by NetDialer of looking up and connecting.
//
// Every error is an *Error.
func (d *Dialer) Dial(ctx context.Context, url string) (*Conn, error) {
	start := time.Now()
	e, err := d.endpoint(url)
	if err != nil {
		return nil, err
	}
	return d.dial(ctx, e, start)
}

// DialEndpoint is Dial to an Endpoint that was made ahead, with the offer and the
// TLS configuration that it was made with: Offer is not used, and TLSConfig for an
// https proxy alone. It is for connections with headers of their own, credentials
// say, and for many URLs in turn.
func (d *Dialer) DialEndpoint(ctx context.Context, e *Endpoint) (*Conn, error) {
	if e == nil {
		return nil, &Error{Phase: PhaseSetup, Err: argument("no Endpoint")}
	}
	return d.dial(ctx, e, time.Now())
}

func (d *Dialer) dial(ctx context.Context, e *Endpoint, start time.Time) (*Conn, error) {
	c, err := d.begin(e, start)
	if err != nil {
		return nil, err
	}
	nc, via, err := d.reach(ctx, e, &c.timing)
	if err != nil {
		return nil, err
	}
	return d.open(ctx, c, nc, e, via)
}

// Connect makes the connection that Dial sends its request over, and leaves the
// request to the caller: it looks up, connects, asks a proxy to CONNECT, and
// speaks TLS. It sets what it can of t. HandshakeTimeout counts from t.Connected,
// and the deadline of what is returned is set to its end.
//
// A httptrace.ClientTrace in ctx is told what Dial tells it. Offer and Config are
// not used. Every error is an *Error.
func (d *Dialer) Connect(ctx context.Context, e *Endpoint, t *Timing) (net.Conn, error) {
	t.Start = time.Now()
	nc, via, err := d.reach(ctx, e, t)
	if err != nil {
		return nil, err
	}
	stop := closeWhenDone(ctx, nc)
	conn, phase, err := d.secure(ctx, nc, e, via, t)
	if !stop() {
		err = interrupted(ctx, err)
	}
	if err != nil {
		nc.Close()
		return nil, &Error{phase, e.text, err}
	}
	return conn, nil
}

// reach connects to the server, or to its proxy.
func (d *Dialer) reach(ctx context.Context, e *Endpoint, t *Timing) (nc net.Conn, via *proxy, err error) {
	addr, phase := e.addr, PhaseConnect
	if d.Proxy != nil {
		if via, err = d.proxyFor(e); err != nil {
			return nil, nil, &Error{PhaseProxy, e.text, err}
		}
	}
	if via != nil {
		addr, phase = via.addr, PhaseProxy
	}
	if nc, err = d.connect(ctx, addr, t); err != nil {
		if phase == PhaseConnect && isDNS(err) {
			phase = PhaseDNS
		}
		if done := doneError(ctx); done != nil {
			err = done
		}
		return nil, nil, &Error{phase, e.text, err}
	}
	t.Connected = time.Now()
	return nc, via, nil
}

// Client opens a WebSocket connection over nc, which leads to the server of the
// ws or wss URL; for wss it speaks TLS over nc. NetDial and Proxy are not used.
// From the call on nc is the Conn's, and it is closed when Client fails.
func (d *Dialer) Client(ctx context.Context, nc net.Conn, url string) (*Conn, error) {
	if nc == nil {
		return nil, &Error{Phase: PhaseSetup, Err: argument("no connection")}
	}
	start := time.Now()
	e, err := d.endpoint(url)
	if err != nil {
		nc.Close()
		return nil, err
	}
	c, err := d.begin(e, start)
	if err != nil {
		nc.Close()
		return nil, err
	}
	return d.open(ctx, c, nc, e, nil)
}

// endpoint makes the Endpoint of url, unless it is that dialled last.
func (d *Dialer) endpoint(url string) (*Endpoint, error) {
	if e := d.last.Load(); e != nil && e.url == url {
		return e, nil
	}
	offer := d.Offer
	offer.Host = "" // the URL's
	e, err := NewEndpoint(url, offer, d.TLSConfig)
	if err != nil {
		return nil, &Error{Phase: PhaseSetup, Err: err}
	}
	d.last.Store(e)
	return e, nil
}

// begin does what else can fail before the network is touched.
func (d *Dialer) begin(e *Endpoint, start time.Time) (*Conn, error) {
	if d.Config == nil || d.Config.Deflate == nil {
		if slices.ContainsFunc(e.offer.Extensions, isDeflate) {
			return nil, &Error{PhaseSetup, e.text, argument("permessage-deflate is offered without Config.Deflate")}
		}
	}
	c := d.conn()
	c.timing.Start = start
	if err := c.client.Init(d.Config); err != nil {
		return nil, &Error{PhaseSetup, e.text, err}
	}
	return c, nil
}

// isDeflate reports whether an extension offered is permessage-deflate.
func isDeflate(offer string) bool {
	x := parse.ScanExtensions([]byte(offer))
	return x.Next() && string(x.Name()) == "permessage-deflate"
}

// conn makes a Conn that is not connected yet.
func (d *Dialer) conn() *Conn {
	c := &Conn{closeTimeout: d.CloseTimeout, maxQueued: defaultMaxQueued}
	c.changed.L = &c.mu
	if c.closeTimeout <= 0 {
		c.closeTimeout = defaultCloseTimeout
	}
	switch cfg := d.Config; {
	case cfg == nil || cfg.MaxMessageSize == 0:
	case cfg.MaxMessageSize < 0:
		c.maxQueued = math.MaxInt
	default:
		c.maxQueued = cfg.MaxMessageSize
	}
	return c
}

func (d *Dialer) connect(ctx context.Context, addr string, t *Timing) (net.Conn, error) {
	if d.NetDial != nil {
		nc, err := d.NetDial(ctx, "tcp", addr)
		if nc == nil && err == nil {
			err = argument("NetDial returned no connection and no error")
		}
		return nc, err
	}
	if _, err := netip.ParseAddrPort(addr); err != nil { // a name: watch its lookup
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			DNSDone: func(httptrace.DNSDoneInfo) { t.DNSDone = time.Now() },
		})
	}
	return d.NetDialer.DialContext(ctx, "tcp", addr)
}

// doneError returns ctx.Err(), or what it is about to be: net's own timers may
// run ahead of the context's.
func doneError(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) && ctx.Err() == nil {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}
