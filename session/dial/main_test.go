package dial_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/fips140"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeroshake/zeroshake/session/dial"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

// listen serves each connection with handle, which runs in a goroutine of its
// own; the connection is closed when it returns, or when the test ends.
func listen(t testing.TB, handle func(net.Conn)) (addr string) {
	t.Helper()
	return serve(t, must(net.Listen("tcp", "127.0.0.1:0")), handle)
}

func serve(t testing.TB, l net.Listener, handle func(net.Conn)) (addr string) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				stop := context.AfterFunc(ctx, func() { nc.Close() })
				defer stop()
				defer nc.Close()
				handle(nc)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		cancel()
		running.Wait()
	})
	return l.Addr().String()
}

// readRequest reads a request as it lies on the wire.
func readRequest(nc net.Conn) (head []byte, err error) {
	br := bufio.NewReader(nc)
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		line, err := br.ReadSlice('\n')
		if head = append(head, line...); err != nil {
			return head, err
		}
	}
	if br.Buffered() > 0 {
		return head, errors.New("bytes behind the request")
	}
	return head, nil
}

func parseRequest(head []byte) *http.Request {
	return must(http.ReadRequest(bufio.NewReader(bytes.NewReader(head))))
}

// opening is the response that opens a connection, with more header lines.
func opening(r *http.Request, lines string) string {
	var sum [sha1.Size]byte
	fips140.WithoutEnforcement(func() {
		sum = sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	})
	return fmt.Sprintf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n%s\r\n", base64.StdEncoding.EncodeToString(sum[:]), lines)
}

// echo opens the connection and sends back what it gets.
func echo(nc net.Conn) {
	head, err := readRequest(nc)
	if err != nil {
		return
	}
	io.WriteString(nc, opening(parseRequest(head), ""))
	io.Copy(nc, nc)
}

// answer sends a fixed response to any request and closes.
func answer(response string) func(net.Conn) {
	return func(nc net.Conn) {
		if _, err := readRequest(nc); err == nil {
			io.WriteString(nc, response)
		}
	}
}

// checkEcho shows that the connection behind c is alive in both directions.
func checkEcho(t testing.TB, c *dial.Conn) {
	t.Helper()
	const text = "there and back"
	if _, err := io.WriteString(c, text); err != nil {
		t.Error(err)
		return
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Errorf("echo gave %q, %v", got, err)
	}
}

// checkPhase returns the *dial.Error that err must be.
func checkPhase(t testing.TB, err error, phase dial.Phase) *dial.Error {
	t.Helper()
	var e *dial.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T: %v", err, err)
	}
	if e.Phase != phase {
		t.Errorf("phase %v, want %v: %v", e.Phase, phase, err)
	}
	return e
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
