package canned

import (
	"net"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// serveEach serves every connection that l accepts, with a goroutine for each.
func serveEach(l net.Listener, h heads.Head) error {
	for {
		nc, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer nc.Close()
			converse(nc, newResponder(h))
		}()
	}
}

func converse(nc net.Conn, r *responder) {
	var buffer [4096]byte
	answer := r.request
	for have := 0; ; {
		n, err := nc.Read(buffer[have:])
		if err != nil {
			return
		}
		have += n
		n, out, err := answer(buffer[:have])
		if err != nil {
			return
		}
		if _, err := nc.Write(out); err != nil {
			return
		}
		if n > 0 {
			answer = r.frames
		}
		have = copy(buffer[:], buffer[n:have])
	}
}
