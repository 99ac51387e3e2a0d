package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

const serveHelp = `storm serve is an echo server: it takes the first subprotocol that is offered and
permessage-deflate, prints its URL, and at the end how many connections it had.
It ends on SIGINT and SIGTERM. If its standard input is a pipe, it ends when that
is closed, and SIGINT, SIGTERM and SIGHUP do not end it.

Flags:
`

// serve is the command "storm serve".
func serve(args []string, stdin *os.File, stdout, stderr io.Writer) int {
	f := pflag.NewFlagSet("storm serve", pflag.ContinueOnError)
	f.Usage = func() {}
	addr := f.String("addr", "127.0.0.1:0", "listen at this `host:port`, port 0 for any that is free")
	switch err := f.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Fprint(stdout, serveHelp+f.FlagUsages())
		return 0
	case err != nil:
		return complain(stderr, "serve: %v", err)
	case f.NArg() > 0:
		return complain(stderr, "serve: takes no arguments")
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Fprintf(stderr, "storm: serve: --addr: %v\n", err)
		return exitError
	}
	s := newEchoServer()
	go s.Serve(l)
	end := endOf(stdin)
	fmt.Fprintf(stdout, "ws://%s/\n", l.Addr())
	<-end
	fmt.Fprintln(stdout, s.counts())
	return 0
}

// endOf returns a channel that tells when the server is to end.
func endOf(stdin *os.File) <-chan os.Signal {
	end := make(chan os.Signal, 1)
	info, err := stdin.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		signal.Notify(end, os.Interrupt, syscall.SIGTERM)
		return end
	}
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // meant for the parent, which closes the pipe
	go func() {
		io.Copy(io.Discard, stdin)
		close(end)
	}()
	return end
}
