package parse_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/zeroshake/zeroshake/parse"
)

// A head that comes in pieces: Parse is called with all that has come so far.
func ExampleResponse_Parse() {
	var r parse.Response
	var buf []byte
	for _, piece := range []string{
		"HTTP/1.1 101 Switching Pro",
		"tocols\r\nUpgrade: websocket\r\nConn",
		"ection: Upgrade\r\n\r\n\x81\x05Hello",
	} {
		buf = append(buf, piece...)
		n, err := r.Parse(buf)
		if err == parse.ErrIncomplete {
			continue
		}
		if err != nil {
			fmt.Println(err, "at", r.Offset())
			return
		}
		fmt.Println(r.Status, string(r.Reason))
		for _, f := range r.Fields {
			fmt.Printf("%s: %s\n", f.Name, f.Value)
		}
		fmt.Printf("%q is not ours\n", buf[n:])
	}
	// Output:
	// 101 Switching Protocols
	// Upgrade: websocket
	// Connection: Upgrade
	// "\x81\x05Hello" is not ours
}

// An error says which rule was broken; Offset, where.
func ExampleResponse_Offset() {
	var r parse.Response
	_, err := r.Parse([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade : websocket\r\n\r\n"))
	fmt.Println(err)
	fmt.Println(r.Offset())
	// Output:
	// parse: white space between header name and colon (RFC 9112 section 5.1)
	// 41
}

// What follows the head stays in the reader.
func ExampleReadResponse() {
	br := bufio.NewReader(strings.NewReader("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot here\n"))
	var r parse.Response
	if err := parse.ReadResponse(br, &r); err != nil {
		fmt.Println(err)
		return
	}
	length, _ := r.Find("content-length")
	fmt.Printf("%d, %s octets\n", r.Status, length)
	body, _ := io.ReadAll(br)
	fmt.Printf("%s", body)
	// Output:
	// 404, 9 octets
	// not here
}

func ExampleScanTokens() {
	list := parse.ScanTokens([]byte("keep-alive, Upgrade"))
	for list.Next() {
		fmt.Println(string(list.Token()), list.Is("upgrade"))
	}
	// Output:
	// keep-alive false
	// Upgrade true
}

func ExampleScanExtensions() {
	list := parse.ScanExtensions([]byte(`permessage-deflate; client_no_context_takeover; server_max_window_bits="1\2"`))
	for list.Next() {
		fmt.Println(string(list.Name()))
		for list.NextParam() {
			p := list.Param()
			fmt.Printf("\t%s=%s\n", p.Name, p.AppendValue(nil))
		}
	}
	fmt.Println(list.Err())
	// Output:
	// permessage-deflate
	// 	client_no_context_takeover=
	// 	server_max_window_bits=12
	// <nil>
}

func ExamplePool() {
	var pool parse.Pool // of 4 KiB readers

	br := pool.Get(strings.NewReader("HTTP/1.1 101 \r\n\r\n"))
	defer pool.Put(br) // after the last look at a view

	var r parse.Response
	fmt.Println(parse.ReadResponse(br, &r), r.Status)
	// Output: <nil> 101
}
