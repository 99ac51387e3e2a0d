package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/dial"
)

// A plan is what a run is to do. It is not changed once it was checked, but for
// the URL of the embedded server.
type plan struct {
	url  string // "": the embedded server's. It may hold a password: show is for people
	show string // without userinfo and query

	n             int
	c             int     // in flight, 0 for no limit
	rate          float64 // arrivals a second, 0 for as fast as c allows
	hold, timeout time.Duration

	exchange exchange
	offer    session.Offer
	insecure bool
	locals   []netip.Addr
	json     string
}

// config is for the session of every connection. What is received while a
// connection is held is small, mostly.
func (p *plan) config() *session.Config {
	return &session.Config{Deflate: &deflate.Codec{}, ReceiveBufferSize: 512}
}

func (p *plan) inFlight() int {
	if p.c == 0 {
		return p.n
	}
	return min(p.c, p.n)
}

// A usageError is a setting that cannot be. Its text names the flag.
type usageError string

func (e usageError) Error() string { return string(e) }

func usagef(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// longestPlan keeps the due times of a slow rate within a time.Duration.
const longestPlan = 365 * 24 * time.Hour

// check refuses settings that make no sense, and lets dial judge the URL and
// what is offered.
func (p *plan) check() error {
	switch {
	case p.n < 1:
		return usagef("-n: %d connections; at least 1", p.n)
	case p.c < 0:
		return usagef("-c: %d in flight; at least 1, or 0 for no limit", p.c)
	case !(p.rate >= 0) || math.IsInf(p.rate, 0):
		return usagef("-r: %v arrivals a second; a positive number, or 0 for as fast as -c allows", p.rate)
	case p.rate > 0 && float64(p.n)/p.rate > longestPlan.Seconds():
		return usagef("-r: at %v a second, %d arrivals take more than a year", p.rate, p.n)
	case p.hold < 0:
		return usagef("--hold: %v is negative", p.hold)
	case p.timeout <= 0:
		return usagef("--timeout: %v is not positive", p.timeout)
	}
	if err := p.exchange.read(); err != nil {
		return err
	}
	for i, h := range p.offer.Header {
		if why, ok := notByHeader[strings.ToLower(h.Name)]; ok {
			return usagef("-H, number %d: %s %s", i+1, h.Name, why)
		}
	}
	show, err := p.probe()
	p.show = show
	return err
}

// notByHeader has the headers that are not for -H, and why.
var notByHeader = map[string]string{
	"host":                     "is taken from the URL",
	"upgrade":                  "is made by the handshake itself",
	"connection":               "is made by the handshake itself",
	"sec-websocket-version":    "is made by the handshake itself",
	"sec-websocket-key":        "is made by the handshake itself, a new one for each connection",
	"sec-websocket-protocol":   "is made of the offers: use --subprotocol",
	"sec-websocket-extensions": "is made of the offers: use --extension",
}

// setURL gives the plan the URL of the embedded server.
func (p *plan) setURL(url string) error {
	p.url = url
	show, err := p.probe()
	p.show = show
	return err
}

var flagOf = map[string]string{"Subprotocols": "--subprotocol", "Extensions": "--extension", "Header": "-H"}

// probe asks dial about the URL and the offer without touching the network. It
// returns the URL without userinfo and query.
func (p *plan) probe() (show string, err error) {
	url := p.url
	if url == "" {
		url = "ws://127.0.0.1/"
	}
	d := dial.Dialer{Offer: p.offer, Config: p.config(), NetDial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("not dialled")
	}}
	_, err = d.Dial(context.Background(), url)
	var refused *dial.Error
	var entry *session.OfferError
	switch errors.As(err, &refused); {
	case refused.Phase != dial.PhaseSetup:
		return refused.URL, nil
	case !errors.As(err, &entry) || flagOf[entry.Field] == "":
		return "", usagef("%v; want ws://HOST:PORT/PATH or wss://...", refused.Err)
	case entry.Index < 0:
		return "", usagef("%s: %v", flagOf[entry.Field], ruleText(entry.Err))
	default:
		return "", usagef("%s, number %d: %v", flagOf[entry.Field], entry.Index+1, ruleText(entry.Err))
	}
}
