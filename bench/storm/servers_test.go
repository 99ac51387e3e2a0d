package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/accept"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func closedPort(t *testing.T) string {
	l := listen(t)
	l.Close()
	return l.Addr().String()
}

// answering is the address of a server that reads a request, writes answer, and
// closes. The answer "101" stands for a good one, with more header fields behind it.
func answering(t *testing.T, answer string) string {
	l := listen(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if answer == "no TLS" {
					io.WriteString(c, answer)
					return
				}
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				text := answer
				if more, good := strings.CutPrefix(answer, "101"); good {
					value := accept.Of(accept.Key([]byte(r.Header.Get("Sec-WebSocket-Key"))))
					text = fmt.Sprintf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n", value[:], more)
				}
				io.WriteString(c, text)
			}()
		}
	}()
	return l.Addr().String()
}

// accepting is the address of a server that accepts connections and never
// answers, and a channel that is closed when it has n.
func accepting(t *testing.T, n int) (addr string, accepted <-chan struct{}) {
	l := listen(t)
	done := make(chan struct{})
	go func() {
		var conns []net.Conn
		defer func() {
			for _, c := range conns {
				c.Close()
			}
		}()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if conns = append(conns, c); len(conns) == n {
				close(done)
			}
		}
	}()
	return l.Addr().String(), done
}
