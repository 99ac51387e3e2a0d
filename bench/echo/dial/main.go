// Command dial echoes every message of a WebSocket server until the server
// closes: the client that conformance servers want, over dial.Conn.
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
	compress := flag.Bool("deflate", false, "offer permessage-deflate")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Print("usage: dial [-deflate] URL")
		os.Exit(2)
	}
	d := dial.Dialer{Config: &session.Config{MaxMessageSize: 64 << 20, Deflate: &deflate.Codec{Threshold: -1}}}
	if *compress {
		d.Offer.Extensions = []string{deflateOffer}
	}
	if err := echo(&d, flag.Arg(0)); err != nil {
		log.Fatal(err)
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
