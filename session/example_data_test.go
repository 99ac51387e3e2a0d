package session_test

import (
	"fmt"
	"net"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// act does what client wants until there is nothing left to do on queue.
func act(client *session.Client, conn net.Conn, queue session.ActionQueue) error {
	var a session.Action
	for {
		if err := client.GetAction(queue, &a); err != nil {
			return err // the server broke the protocol
		}
		n := 0
		switch a.Kind {
		case session.NoAction:
			return nil
		case session.SendToNetwork:
			// What was written counts, even if not all was: the client is told,
			// and cancels what was to follow.
			written, _ := a.WriteTo(conn)
			n = int(written)
		case session.ReceiveFromNetwork:
			n, _ = conn.Read(a.Buffers[0]) // 0: the connection has ended
		case session.IndicateSendComplete:
			fmt.Println("sent", a.Op.Context)
		case session.IndicateReceiveComplete:
			switch a.Type {
			case session.UTF8Message:
				fmt.Printf("received %q\n", a.Buffers[0])
			case session.CloseMessage:
				fmt.Printf("closed %d %q\n", a.Status, a.Buffers[0])
			}
		}
		if err := client.CompleteAction(&a, n); err != nil {
			return err
		}
	}
}

// opened returns a client behind its handshake; Example shows how to make one.
func opened() *session.Client {
	request, err := session.NewRequest(session.Offer{Host: "server.example"})
	if err != nil {
		panic(err)
	}
	var client session.Client
	headers, err := client.HandshakeHeaders(nil, request)
	if err != nil {
		panic(err)
	}
	var key accept.Key
	for _, h := range headers {
		if h.Name == "Sec-WebSocket-Key" {
			copy(key[:], h.Value)
		}
	}
	value := accept.Of(key)
	_, _, err = client.EndHandshake(&parse.Response{Status: 101, Fields: []parse.Field{
		{Name: []byte("Upgrade"), Value: []byte("websocket")},
		{Name: []byte("Connection"), Value: []byte("Upgrade")},
		{Name: []byte("Sec-WebSocket-Accept"), Value: value[:]},
	}}, nil)
	if err != nil {
		panic(err)
	}
	return &client
}

// A message each way, and a close.
func ExampleClient_GetAction() {
	conn, server := net.Pipe()
	defer conn.Close()
	go func() {
		defer server.Close()
		server.Read(make([]byte, 64))                                    // the message
		server.Write([]byte("\x89\x00\x81\x05Hello\x88\x05\x03\xe8bye")) // a ping, a message, a close
		server.Read(make([]byte, 64))                                    // the pong
		server.Read(make([]byte, 64))                                    // the close
	}()

	client := opened()
	ops := []session.Op{
		{Type: session.UTF8Message, Data: []byte("Hi"), Context: "the message"},
		{}, // receives into a buffer of the client's
		{},
		{Type: session.CloseMessage, Status: session.StatusSuccess, Context: "the close"},
	}
	calls := []func(*session.Op) error{client.Send, client.Receive, client.Receive, client.Send}
	for i, call := range calls {
		if err := call(&ops[i]); err != nil {
			fmt.Println(err)
			return
		}
		if err := act(client, conn, session.AllQueues); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(client.State())
	// Output:
	// sent the message
	// received "Hello"
	// closed 1000 "bye"
	// sent the close
	// Closed
}
