package main

import (
	"bufio"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

func TestServe(t *testing.T) {
	cmd := stormCommand(t, "serve")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "ws://127.0.0.1:") {
		t.Fatalf("first line is %q, want a URL", lines.Text())
	}
	c, _, err := websocket.DefaultDialer.Dial(lines.Text(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	stdin.Close()
	if !lines.Scan() || lines.Text() != `{"opened":1,"refused":0,"peak":1,"messages":0,"pings":0,"closes":{}}` {
		t.Errorf("last line is %q", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
