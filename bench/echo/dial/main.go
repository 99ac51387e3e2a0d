// Command dial echoes every message of a WebSocket server until the server
// closes: the client that conformance servers want, over dial.Conn. Its exit
// status is 0 if the server has closed, 2 if it was called in a wrong way, else
// 1, with a line that says why.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/dial"
)

// deflateOffer leaves contexts and windows to the server.
const deflateOffer = "permessage-deflate; client_max_window_bits"

func main() {
	log.SetFlags(0)
	flag.Usage = func() {
		log.Print("usage: dial [-deflate] URL")
		flag.PrintDefaults()
	}
	compress := flag.Bool("deflate", false, "offer permessage-deflate")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	d := dial.Dialer{Config: &session.Config{MaxMessageSize: 64 << 20, Deflate: &deflate.Codec{Threshold: -1}}}
	if *compress {
		d.Offer.Extensions = []string{deflateOffer}
	}
	if err := echo(&d, flag.Arg(0)); err != nil {
		log.Print(err)
		var e *dial.Error
		if errors.As(err, &e) && e.Phase == dial.PhaseSetup { // the URL is none
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// echo returns nil when the server has closed.
func echo(d *dial.Dialer, url string) error {
	conn, err := d.Dial(context.Background(), url)
	if err != nil {
		return err
	}
	var message []byte
	for {
		var kind session.BufferType
		if kind, message, err = conn.ReadMessage(message[:0]); err != nil {
			break
		}
		if err = conn.WriteMessage(kind, message); err != nil {
			break
		}
	}
	conn.Close(session.StatusSuccess, "") // the server's close is answered already: this waits for its end
	var closed *dial.CloseError
	if errors.As(err, &closed) && closed.Err == nil {
		return nil
	}
	return err
}
