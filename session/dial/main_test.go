package dial_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/fips140"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeroshake/zeroshake/session"
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

// echo opens the connection and sends back the messages that it gets.
func echo(nc net.Conn) {
	head, err := readRequest(nc)
	if err != nil {
		return
	}
	io.WriteString(nc, opening(parseRequest(head), ""))
	echoFrames(nc)
}

func echoFrames(nc net.Conn) {
	br := bufio.NewReader(nc)
	for {
		first, payload, err := readFrame(br)
		if err != nil {
			return
		}
		if first == 0x89 {
			first = 0x8a
		}
		nc.Write(frame(first, payload))
		if first == 0x88 {
			return
		}
	}
}

// readFrame reads a frame of the client's, which must be masked and in its
// shortest form.
func readFrame(br *bufio.Reader) (first byte, payload []byte, err error) {
	var head [14]byte
	if _, err := io.ReadFull(br, head[:2]); err != nil {
		return 0, nil, err
	}
	first = head[0]
	if head[1]&0x80 == 0 {
		return 0, nil, errors.New("a frame without a mask")
	}
	n, least := uint64(head[1]&0x7f), uint64(0)
	switch n {
	case 126:
		_, err = io.ReadFull(br, head[:2])
		n, least = uint64(binary.BigEndian.Uint16(head[:])), 126
	case 127:
		_, err = io.ReadFull(br, head[2:10])
		n, least = binary.BigEndian.Uint64(head[2:]), 65536
	}
	if err == nil && n < least {
		err = errors.New("a length not in its shortest form")
	}
	if err == nil {
		_, err = io.ReadFull(br, head[10:])
	}
	if err != nil {
		return 0, nil, err
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(br, payload)
	for i := range payload {
		payload[i] ^= head[10+i%4]
	}
	return first, payload, err
}

// frame is a frame of the server's.
func frame(first byte, payload []byte) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 65536:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
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
	if err := c.WriteMessage(session.UTF8Message, []byte(text)); err != nil {
		t.Error(err)
		return
	}
	if kind, got, err := c.ReadMessage(nil); err != nil || kind != session.UTF8Message || string(got) != text {
		t.Errorf("echo gave %#x, %q, %v", kind, got, err)
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
