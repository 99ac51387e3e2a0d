package run

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

func TestJudge(t *testing.T) {
	request, err := session.NewRequest(session.Offer{Host: "h", Subprotocols: []string{"chat"}, SubprotocolOptional: true})
	if err != nil {
		t.Fatal(err)
	}
	const ok, upgrade, connection = headerOK, "Upgrade", "Connection"
	fields := func(list ...string) (f []parse.Field) {
		for i := 0; i < len(list); i += 2 {
			f = append(f, parse.Field{Name: []byte(list[i]), Value: []byte(list[i+1])})
		}
		return f
	}
	j := judge{key: bytes.Repeat([]byte{7}, 16), request: request}
	good := j.acceptValue()
	for _, tt := range []struct {
		status  int
		fields  []parse.Field
		want    string
		missing string
	}{
		{101, fields(upgrade, "websocket", connection, "Upgrade", "Sec-WebSocket-Accept", good, "Server", "x"), "[ok ok ok ignored]", "[]"},
		{101, fields(upgrade, "web", connection, "Upgrade", "Sec-WebSocket-Accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "X", "y"),
			`[broken: Upgrade is not "websocket" (RFC 6455 section 4.1) ok broken: Sec-WebSocket-Accept does not fit the key (RFC 6455 section 4.1) ignored]`, "[]"},
		{101, fields("Server", "x"), "[ignored]", "[Upgrade Connection Sec-WebSocket-Accept]"},
		{101, fields(upgrade, "websocket", connection, "Upgrade", "Sec-WebSocket-Accept", good, "Sec-WebSocket-Protocol", "other"),
			"[ok ok ok broken: subprotocol not offered (RFC 6455 section 4.1)]", "[]"},
		{403, fields(upgrade, "websocket"), "[ignored]", "[]"},
	} {
		j.missing = nil
		got := fmt.Sprint(j.opinions(&parse.Response{Status: tt.status, Minor: 1, Fields: tt.fields}))
		if missing := fmt.Sprint(j.missing); got != tt.want || missing != tt.missing {
			t.Errorf("%d %s:\n%s, missing %s; want\n%s, missing %s", tt.status, tt.fields, got, missing, tt.want, tt.missing)
		}
	}
}
