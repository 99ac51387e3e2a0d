// Package plan makes of options what a run is to do: a Plan, checked as a whole
// before anything is dialled.
//
//	options.go   what a user asks for; flags.go has the flag of each
//	plan.go      Plan, and New, which checks options and makes one of them
//	stage.go     the notation of rates and stages
//	schedule.go  when connections begin; poisson.go at random
//	stop.go      when a run stops early, and how long a reconnect waits
//	template.go  text with {{...}} in it; csv.go the rows for it
//	url.go       URLs with {{...}} in them
//	request.go   headers, credentials and offers
//	target.go    the endpoint of each connection
//	exchange.go  messages
//	network.go   local addresses, proxy, unix socket, engine
//	tls.go       the TLS configuration
//	secrets.go   what no report may show
//	settings.go  the options as text: for reports, a file, and a digest; words.go
//	             the plan in words
//	limits.go    whether this machine lets it
//	usage.go     UsageError
package plan

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

// A Plan is what a run is to do. It is not changed once New has returned, but by
// SetURL and Fits before the run. Its methods may be called by any goroutine.
type Plan struct {
	// Options are those the plan was made of, with what was not given filled in:
	// Concurrency is 0 for no limit, Lifetime is negative for until the end; what
	// stands for something else then, such as ConnectTimeout, or for none is 0. Use
	// the fields below instead of URLs, Rate, Stages, StopOnFailures, Reconnect,
	// ProxyURL and LocalAddrs. Engine is "loop" or "net", once there is a URL.
	Options

	Arrivals Schedule
	// Endless: messages are sent as long as the connection is kept. Else there
	// are Options.Messages on each.
	Endless  bool
	Failures FailureLimit
	Backoff  Backoff
	Locals   []netip.Addr

	// Session, TLS (for an https proxy as well), Net, NetDial and Proxy are those of
	// loop.Config, the last two nil if not asked for. Net is for who asks for the engine
	// net: else, what has to be over net.Conn is, and the clock is that of sockets.
	Session *session.Config
	TLS     *tls.Config
	Net     bool
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	Proxy   func(*url.URL) (*url.URL, error)

	// Settings are the options that differ from the defaults, but for those about
	// output, in the order of the help, without secrets.
	Settings []Setting
	// Digest is equal for plans whose results may be added up: all but outputs,
	// what belongs to a machine (local addresses, loops, files of TLS, proxy), the
	// seed, and what {{...}} stands for.
	Digest string

	given    Options
	compiler compiler
	request  request
	message  template
	targets
}

// New checks options. Its errors are UsageErrors. It reads the files that o
// names, and the environment.
func New(o Options) (*Plan, error) {
	p := &Plan{Options: o, given: o, compiler: compiler{seed: o.Seed}, Session: &session.Config{
		Deflate:           &deflate.Codec{},
		ReceiveBufferSize: 512, // what is received while a connection is held is small, mostly
	}}
	for _, step := range []func() error{
		p.checkDurations, p.checkLoad, p.checkMessages, p.CheckOutputs, p.compile, p.checkNetwork,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if !p.Embedded() {
		if err := p.ready(); err != nil {
			return nil, err
		}
	} else if err := p.tryRequest(); err != nil {
		return nil, err
	}
	p.Settings = settings(&o, (*Flag).isOfRun)
	p.Digest = p.digest(o)
	return p, nil
}

// compile makes templates and files into what they stand for.
func (p *Plan) compile() (err error) {
	c := &p.compiler
	if p.CSVData != "" {
		if c.table, err = readTable(p.CSVData); err != nil {
			return err
		}
	}
	if p.raw, p.places, err = readURLs(&p.Options); err != nil {
		return err
	}
	for i, text := range p.raw {
		t, err := c.compileURL(p.places[i], text)
		if err != nil {
			return err
		}
		p.urls = append(p.urls, t)
	}
	if p.request, err = c.compileRequest(&p.Options); err != nil {
		return err
	}
	if p.TLS, err = compileTLS(&p.Options); err != nil {
		return err
	}
	p.message, err = c.compileMessage(&p.Options)
	return err
}

// ready is for when there is a URL.
func (p *Plan) ready() error {
	if err := p.prepare(); err != nil {
		return err
	}
	return p.chooseEngine()
}

// Embedded reports that the plan was made without a URL: the embedded server is
// meant.
func (p *Plan) Embedded() bool { return len(p.Options.URLs) == 0 && p.URLFile == "" }

// SetURL gives the plan the URL of the embedded server. Call it before Endpoint.
func (p *Plan) SetURL(url string) error {
	p.raw, p.places = []string{url}, []string{"URL"}
	p.urls = []template{template{}.literal(url)}
	return p.ready()
}

// tryRequest checks, without a URL, what is asked for, and the engine.
func (p *Plan) tryRequest() error {
	engine := p.Engine
	err := p.SetURL("ws://127.0.0.1/")
	p.targets, p.Engine = targets{}, engine
	return err
}
