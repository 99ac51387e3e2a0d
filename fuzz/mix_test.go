package fuzz

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// TestMix puts offers and responses together from pieces that come near to the
// rules, more of them than a fuzzer finds by octets.
func TestMix(t *testing.T) {
	random := rand.New(rand.NewPCG(6455, 7692))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	several := func(list []string, most int, glue string) string {
		var picked []string
		for range random.IntN(most + 1) {
			picked = append(picked, pick(list))
		}
		return strings.Join(picked, glue)
	}
	extension := func(values []string) string {
		name := pick([]string{"permessage-deflate", "permessage-deflate", "foo", "foo", "bar"})
		params := []string{"server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=" + pick(values), "client_max_window_bits=" + pick(values), "client_max_window_bits"}
		if name != "permessage-deflate" {
			params = []string{"x", "y", "x=1", "x=2", `x="\1"`}
		}
		if s := several(params, 2, "; "); s != "" {
			return name + "; " + s
		}
		return name
	}
	lines := func(name string, values []string) (list []string) {
		switch random.IntN(16) {
		case 0:
		case 1:
			list = append(list, name+": "+pick(values), strings.ToUpper(name)+":"+pick(values))
		case 2:
			list = append(list, name+": "+pick(values))
		default:
			list = append(list, name+": "+values[0])
		}
		return list
	}
	for range 4000 {
		o := session.Offer{Host: "server.example", SubprotocolOptional: random.IntN(2) == 0}
		for range random.IntN(4) {
			o.Extensions = append(o.Extensions, extension([]string{"8", "10", "15"}))
		}
		o.Subprotocols = [][]string{nil, {"a"}, {"a", "b"}}[random.IntN(3)]
		req, err := session.NewRequest(o)
		if err != nil {
			continue
		}
		fields := lines("Upgrade", []string{"websocket", "WebSocket", "h2c", "websocket, h2c", ""})
		fields = append(fields, lines("Connection", []string{"Upgrade", "keep-alive, upgrade", "close", ",Upgrade,", "Upgrade x", `"Upgrade"`})...)
		fields = append(fields, lines("Sec-WebSocket-Accept", []string{accepted, strings.ToLower(accepted), ""})...)
		for range random.IntN(3) {
			var list []string
			for range random.IntN(3) + 1 {
				list = append(list, extension([]string{"8", "9", "10", "11", "15", "16", "08", `"1\5"`}))
			}
			fields = append(fields, "Sec-WebSocket-Extensions: "+strings.Join(list, pick([]string{", ", ",", " ,,"})))
		}
		fields = append(fields, several([]string{"Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b", "sec-websocket-protocol:", "Sec-WebSocket-Protocol: c", "Sec-WebSocket-Protocol: a,b", "Via: a"}, 2, "\r\n"))
		random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		var head strings.Builder
		head.WriteString(pick([]string{"HTTP/1.1 101 OK\r\n", "HTTP/1.1 101 OK\r\n", "HTTP/1.1 101 OK\r\n", "HTTP/1.1 400 No\r\nSec-WebSocket-Version: 8\r\n"}))
		for _, f := range fields {
			if f != "" {
				head.WriteString(f + "\r\n")
			}
		}
		head.WriteString("\r\n")
		r := &parse.Response{Fields: make([]parse.Field, 0, 32)}
		if _, err := r.Parse([]byte(head.String())); err != nil {
			t.Fatal(err)
		}
		if !t.Run("", func(t *testing.T) { end(t, req, r, judge(o, r, accepted)) }) {
			t.Fatalf("%+v\n%s", o, head.String())
		}
	}
}
