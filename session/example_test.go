package session_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// serve answers one handshake on conn and sends a text frame behind it.
func serve(conn net.Conn, lines string) {
	defer conn.Close()
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	value := accept.Of(accept.Key([]byte(r.Header.Get("Sec-WebSocket-Key"))))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n\x81\x05Hello", value[:], lines)
}

// A handshake over a connection of the caller's.
func Example() {
	request, err := session.NewRequest(session.Offer{ // once, for all connections
		Host:         "server.example",
		Target:       "/chat",
		Subprotocols: []string{"chat.v2", "chat.v1"},
		Extensions:   []string{"permessage-deflate; client_max_window_bits"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	conn, server := net.Pipe()
	defer conn.Close()
	go serve(server, "Sec-WebSocket-Protocol: chat.v1\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12\r\n")

	var client session.Client
	octets, err := client.BeginHandshake(nil, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := conn.Write(octets); err != nil {
		fmt.Println(err)
		return
	}
	var response parse.Response
	br := bufio.NewReader(conn)
	if err := parse.ReadResponse(br, &response); err != nil {
		fmt.Println(client.Explain(err, &response))
		return
	}
	selected := make([]int, request.NumExtensions())
	extensions, subprotocol, err := client.EndHandshake(&response, selected)
	if err != nil {
		fmt.Println(client.Explain(err, &response))
		return
	}
	fmt.Println("extensions", extensions, "subprotocol", subprotocol)
	if deflate, ok := client.Deflate(); ok {
		fmt.Println("client window", 1<<deflate.ClientMaxWindowBits)
	}
	frames, _ := io.ReadAll(br)
	fmt.Printf("%q\n", frames)
	// Output:
	// extensions [0] subprotocol 1
	// client window 4096
	// "\x81\x05Hello"
}

// A caller with an HTTP stack of its own takes the headers to send, and fills
// in the response itself.
func ExampleClient_HandshakeHeaders() {
	request, err := session.NewRequest(session.Offer{Host: "server.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var client session.Client
	headers, err := client.HandshakeHeaders(nil, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	var key accept.Key
	for _, h := range headers {
		if h.Name == "Sec-WebSocket-Key" {
			copy(key[:], h.Value)
			continue
		}
		fmt.Printf("%s: %s\n", h.Name, h.Value)
	}

	value := accept.Of(key) // what the server sent
	_, _, err = client.EndHandshake(&parse.Response{
		Status: 101,
		Fields: []parse.Field{
			{Name: []byte("Upgrade"), Value: []byte("websocket")},
			{Name: []byte("Connection"), Value: []byte("Upgrade")},
			{Name: []byte("Sec-WebSocket-Accept"), Value: value[:]},
		},
	}, nil)
	fmt.Println(err, client.State())
	// Output:
	// Upgrade: websocket
	// Connection: Upgrade
	// Sec-WebSocket-Version: 13
	// <nil> Open
}

// What is wrong with an offer is told by entry.
func ExampleNewRequest() {
	_, err := session.NewRequest(session.Offer{
		Host:         "server.example",
		Subprotocols: []string{"chat", "chat, superchat"},
	})
	fmt.Println(err)
	// Output: websocket: offer: Subprotocols[1]: subprotocol is empty or not a token (RFC 6455 section 4.1)
}

// Explain is for the people who look at a failure.
func ExampleClient_Explain() {
	request, err := session.NewRequest(session.Offer{Host: "server.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var client session.Client
	if _, err := client.BeginHandshake(nil, request); err != nil {
		fmt.Println(err)
		return
	}
	var response parse.Response
	if _, err := response.Parse([]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")); err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = client.EndHandshake(&response, nil)
	fmt.Println(err)
	fmt.Println(client.Explain(err, &response))
	// Output:
	// websocket: status is not 101 (RFC 6455 section 4.1)
	// websocket: status is not 101 (RFC 6455 section 4.1): the server answered 404 "Not Found"; there is no WebSocket at this path
}

// The errors are of websocket.h's classes, and have its values.
func ExampleHRESULT() {
	fmt.Printf("%#x\n", session.HRESULT(session.ErrAcceptValue))
	fmt.Printf("%#x\n", session.HRESULT(parse.ErrBareLF))
	fmt.Printf("%#x\n", session.HRESULT(session.ErrSubprotocolMissing))
	// Output:
	// 0x83760002
	// 0x83760002
	// 0x83760004
}
