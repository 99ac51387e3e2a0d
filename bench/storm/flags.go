package main

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/zeroshake/zeroshake/session"
)

const defaultInFlight = 64

const helpHead = `storm opens WebSocket connections, verifies every handshake, keeps all of them
open until the last one is, and says what happened and how long it took.

  storm [flags] [URL]             ws:// or wss://. Without a URL it starts an
                                  embedded server on loopback, as a process of
                                  its own.
  storm serve [--addr HOST:PORT]  the embedded server alone

Flags:
`

const helpTail = `
Every connection stays open until the end of the run, so it takes -n file
descriptors, here and in the server, and -n ports of the local addresses.
Past half of an address's ports Linux searches long for a free one.

Latencies are of the connections that opened: "handshake" from dial start to
open, connect and TLS included; "upgrade" from the request until its response
was judged; with -r "intended" from the planned arrival to open, so that waiting
for -c, or for storm itself, is in it; "message" from the write of a message to
its reply, and with --message-rate "due" from when it was due. elapsed_s of the
JSON report ends when the last one has opened or failed.

Exit status: 0 all opened, 1 storm itself failed (embedded server, report),
2 bad usage, 3 connections failed, were dropped by the server or got a wrong
reply, 129 SIGHUP, 130 SIGINT, 143 SIGTERM: what was measured is reported.

Examples:
  storm -n 10000 -c 256
  storm -r 500 -n 15000 --hold 1m --json out.json wss://host.example/chat
  storm -n 100 --messages 1000 --size 512 --echo-check ws://127.0.0.1:9001/
  storm -H 'Authorization: Bearer TOKEN' --subprotocol mqtt ws://[::1]:9001/
  storm -n 15000 --local-addr 127.0.1.0/24 ws://127.0.0.1:9001/
`

// parseArgs reads the command line. p is nil if it asks for nothing but answer,
// the help or the version. Errors are usage errors.
func parseArgs(args []string) (p *plan, answer string, err error) {
	p = new(plan)
	var headers, locals []string
	f := pflag.NewFlagSet("storm", pflag.ContinueOnError)
	f.SortFlags = false
	f.Usage = func() {}
	f.IntVarP(&p.n, "connections", "n", 2000, "open `N` connections")
	f.IntVarP(&p.c, "concurrency", "c", 0, "at most `N` in flight, 0 for no limit (default 64, without -r)")
	f.Float64VarP(&p.rate, "rate", "r", 0, "`N` arrivals a second, however fast the server is; 0 for as fast as -c allows")
	f.DurationVar(&p.hold, "hold", 0, "keep them for this `DURATION` after the last has opened; pings are answered")
	f.IntVar(&p.exchange.messages, "messages", 0, "send `N` messages on each connection, each when the one before is answered")
	f.Float64Var(&p.exchange.rate, "message-rate", 0, "at most `N` a second on each connection, 0 for as fast as they are answered")
	f.IntVar(&p.exchange.size, "size", 0, "of `N` octets (default 64)")
	f.StringVar(&p.exchange.payload, "payload", "", "what `FILE` holds, with {{conn}} and {{seq}} filled in")
	f.BoolVar(&p.exchange.binary, "binary", false, "binary messages, not text")
	f.BoolVar(&p.exchange.check, "echo-check", false, "the reply must be what was sent")
	f.DurationVar(&p.exchange.ping, "ping-interval", 0, "ping each connection every `DURATION`")
	f.DurationVar(&p.timeout, "timeout", 10*time.Second, "`DURATION` for one connection, from dial start to open")
	f.StringArrayVarP(&headers, "header", "H", nil, "request header `'Name: value'`, repeatable")
	f.StringArrayVar(&p.offer.Subprotocols, "subprotocol", nil, "offer the subprotocol `NAME`, repeatable")
	f.StringArrayVar(&p.offer.Extensions, "extension", nil, "offer `'NAME; PARAMETER'`, repeatable")
	f.BoolVar(&p.insecure, "insecure", false, "leave the server's certificate unverified")
	f.StringSliceVar(&locals, "local-addr", nil, "dial from `IP,CIDR,...` in turn, repeatable")
	f.StringVar(&p.json, "json", "", "the report as JSON to `FILE`, - for stdout")
	version := f.Bool("version", false, "print the version")
	help := helpHead + f.FlagUsagesWrapped(80) + helpTail

	switch err := f.Parse(args); {
	case err == pflag.ErrHelp || err == nil && f.NArg() == 1 && f.Arg(0) == "help":
		return nil, help, nil
	case err != nil:
		return nil, "", usageError(err.Error())
	case *version:
		return nil, "storm " + moduleVersion() + "\n", nil
	}
	switch f.NArg() {
	case 0:
	case 1:
		if p.url = f.Arg(0); p.url == "" {
			return nil, "", usagef("URL: empty")
		}
	default:
		return nil, "", usagef("URL: %d arguments, but storm takes one URL; flags take their value with or without =", f.NArg())
	}
	if !f.Changed("concurrency") && p.rate == 0 {
		p.c = defaultInFlight
	}
	if p.offer.Header, err = parseHeaders(headers); err != nil {
		return nil, "", err
	}
	if err = p.check(); err != nil {
		return nil, "", err
	}
	p.locals, err = localAddrs(locals, p.n)
	return p, "", err
}

// moduleVersion is that of go install MODULE@VERSION, or of the commit.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// parseHeaders does not repeat a header in its error: it may hold a credential.
func parseHeaders(lines []string) ([]session.Header, error) {
	var headers []session.Header
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, usagef("-H, number %d: no colon; want 'Name: value'", i+1)
		}
		headers = append(headers, session.Header{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	return headers, nil
}

func (p *plan) String() string {
	flight := "no limit in flight"
	if p.c > 0 {
		flight = fmt.Sprintf("%d in flight", p.c)
	}
	arrivals := ""
	if p.rate > 0 {
		arrivals = fmt.Sprintf("%v arrivals a second, ", p.rate)
	}
	hold := ""
	if p.hold > 0 {
		hold = fmt.Sprintf(", hold %v", p.hold)
	}
	messages := ""
	if p.exchange.messages > 0 {
		messages = fmt.Sprintf(", %d messages each", p.exchange.messages)
	}
	return fmt.Sprintf("%d connections, %s%s, timeout %v%s%s", p.n, arrivals, flight, p.timeout, hold, messages)
}
