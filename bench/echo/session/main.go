// Command session echoes every message of a WebSocket server until the server
// closes: the client that conformance servers want, over the bare
// session.Client. It is the loop of websocket.h in one goroutine. Its exit status
// is 0 if the server has closed, 2 if it was called in a wrong way, else 1, with
// a line that says why.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

// deflateOffer leaves contexts and windows to the server.
const deflateOffer = "permessage-deflate; client_max_window_bits"

// handshakeTimeout bounds connecting, and then the handshake.
const handshakeTimeout = 10 * time.Second

func main() {
	log.SetFlags(0)
	flag.Usage = func() {
		log.Print("usage: session [-deflate] ws://HOST:PORT/PATH")
		flag.PrintDefaults()
	}
	compress := flag.Bool("deflate", false, "offer permessage-deflate")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	u, err := url.Parse(flag.Arg(0))
	if err != nil || u.Scheme != "ws" || u.Hostname() == "" || u.Port() == "" {
		log.Print("session: not a URL like ws://HOST:PORT/PATH")
		os.Exit(2)
	}
	offer := session.Offer{Host: u.Host, Target: u.RequestURI()}
	if *compress {
		offer.Extensions = []string{deflateOffer}
	}
	if err := run(u.Host, offer); err != nil {
		log.Fatal(err)
	}
}

// run returns nil when the server has closed.
func run(addr string, offer session.Offer) error {
	request, err := session.NewRequest(offer)
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", addr, handshakeTimeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(handshakeTimeout))
	client, err := session.NewClient(&session.Config{MaxMessageSize: 64 << 20, Deflate: &deflate.Codec{Threshold: -1}})
	if err != nil {
		return err
	}
	out, err := client.BeginHandshake(nil, request)
	if err != nil {
		return err
	}
	if _, err := conn.Write(out); err != nil {
		return err
	}
	reader := bufio.NewReader(conn)
	var response parse.Response
	if err := parse.ReadResponse(reader, &response); err != nil {
		return err
	}
	if _, _, err := client.EndHandshake(&response, make([]int, request.NumExtensions())); err != nil {
		return errors.New(client.Explain(err, &response))
	}
	conn.SetDeadline(time.Time{})
	err = echo(client, reader, conn)
	conn.SetReadDeadline(time.Now().Add(time.Second)) // the server closes the connection, RFC 6455 section 7.1.1
	io.Copy(io.Discard, reader)
	return err
}

// echo does what client asks for. Each message is read whole before any of it
// is sent back, so that a server that does not read while it writes is served.
func echo(client *session.Client, r io.Reader, w io.Writer) error {
	var (
		in, out session.Op
		message []byte
		fault   error // that the server was told of
	)
	if err := client.Receive(&in); err != nil {
		return err
	}
	for {
		var a session.Action
		if err := client.GetAction(session.AllQueues, &a); err != nil {
			fault = err
			out = session.Op{Type: session.CloseMessage, Status: session.CloseCodeFor(err)}
			if err := client.Send(&out); err != nil {
				return err
			}
			continue
		}
		n := 0
		switch a.Kind {
		case session.NoAction: // nothing is left to be done
			return fault
		case session.SendToNetwork:
			written, err := a.WriteTo(w)
			if err != nil {
				return err
			}
			n = int(written)
		case session.ReceiveFromNetwork:
			var err error
			if n, err = r.Read(a.Buffers[0]); n == 0 && err != nil {
				return fmt.Errorf("the connection ended without a close: %w", err)
			}
		}
		data := a.Buffers[0]
		if a.Kind == session.IndicateReceiveComplete && a.Type != session.PingPong && !a.Cancelled {
			message = append(message, data...)
		}
		if err := client.CompleteAction(&a, n); err != nil {
			return err
		}
		var err error
		switch {
		case a.Cancelled:
		case a.Kind == session.IndicateSendComplete && a.Type != session.CloseMessage:
			message = message[:0]
			err = client.Receive(&in)
		case a.Kind != session.IndicateReceiveComplete:
		case a.Type == session.CloseMessage:
			out = session.Op{Type: a.Type, Status: a.Status}
			err = client.Send(&out)
		case a.Type == session.UTF8Message || a.Type == session.BinaryMessage:
			out = session.Op{Type: a.Type, Data: message}
			err = client.Send(&out)
		default: // a part of a message that is not the last, or a pong
			err = client.Receive(&in)
		}
		if err != nil {
			return err
		}
	}
}
