package dial_test

// One server for all examples, then dialling, the two error types, and the three
// ways to come by a connection: NetDial, Proxy and Client.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// exampleServer sends one text frame to those who ask for /hello, and refuses
// all others.
func exampleServer() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(hello))
}

func hello(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/hello" {
		http.Error(w, "no such room", http.StatusNotFound)
		return
	}
	nc, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer nc.Close()
	io.WriteString(nc, opening(r, "Sec-WebSocket-Protocol: greeting\r\n")+"\x81\x05Hello")
	io.Copy(io.Discard, nc)
}

func Example() {
	server := exampleServer()
	defer server.Close()

	d := dial.Dialer{Offer: session.Offer{Subprotocols: []string{"greeting"}}}
	c, err := d.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http")+"/hello")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.CloseNow()
	_, message, err := c.ReadMessage(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %q\n", c.Subprotocol(), message)
	// Output: greeting: "Hello"
}

func ExampleRefusedError() {
	server := exampleServer()
	defer server.Close()

	var d dial.Dialer
	_, err := d.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http")+"/nowhere")
	var refused *dial.RefusedError
	if errors.As(err, &refused) {
		fmt.Printf("%d %s: %s", refused.Status, refused.Reason, refused.Body)
	}
	// Output: 404 Not Found: no such room
}

func ExampleError() {
	var d dial.Dialer
	_, err := d.Dial(context.Background(), "ws://user:password@127.0.0.1:99999/")
	var e *dial.Error
	if errors.As(err, &e) {
		fmt.Println(e.Phase)
	}
	fmt.Println(err)
	// Output:
	// setup
	// dial: setup: port is not between 1 and 65535
}

// A server that listens on a unix socket: the URL says what to ask it for.
func ExampleDialer_netDial() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "socket")
	l, err := net.Listen("unix", socket)
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(hello))
	server.Listener.Close()
	server.Listener = l
	server.Start()
	defer server.Close()

	d := dial.Dialer{
		NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var nd net.Dialer
			return nd.DialContext(ctx, "unix", socket)
		},
		Offer: session.Offer{Subprotocols: []string{"greeting"}},
	}
	c, err := d.Dial(context.Background(), "ws://localhost/hello")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.CloseNow()
	fmt.Println(c.NetConn().RemoteAddr().Network(), c.Subprotocol())
	// Output: unix greeting
}

// The proxy that the environment names, as net/http finds it.
func ExampleDialer_proxy() {
	d := dial.Dialer{
		Proxy: func(u *url.URL) (*url.URL, error) {
			return http.ProxyFromEnvironment(&http.Request{URL: u})
		},
	}
	server := exampleServer() // on a loopback address, for which no proxy is used
	defer server.Close()
	_, err := d.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http"))
	var refused *dial.RefusedError
	fmt.Println(errors.As(err, &refused))
	// Output: true
}

// Over a connection that was made elsewhere.
func ExampleDialer_Client() {
	nc, server := net.Pipe()
	go func() {
		defer server.Close()
		r, err := http.ReadRequest(bufio.NewReader(server))
		if err != nil {
			return
		}
		io.WriteString(server, opening(r, ""))
	}()
	var d dial.Dialer
	c, err := d.Client(context.Background(), nc, "ws://example.com/")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.NetConn() == nc)
	c.CloseNow()
	// Output: true
}
