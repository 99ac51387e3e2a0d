// Package heads holds the responses that the benchmarks read, with what each
// one holds, so that every benchmark asserts its answer.
package heads

import "embed"

// Nonce is the random value that every head answers, that of RFC 6455 section
// 1.3; Accept is the Sec-WebSocket-Accept value in every head.
const (
	Nonce  = "the sample nonce"
	Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// A Head is a response with status 101 and what a client must find in it.
type Head struct {
	Name   string
	Len    int // octets of the head; frames may follow
	Fields int // header lines
	Offer  Offer

	Subprotocol int   // what the response selects of the offer, -1 for none
	Extensions  []int // the same, in response order

	file string
}

// An Offer is what the client proposed in the request that a head answers.
type Offer struct{ Subprotocols, Extensions []string }

// Full is the offer that the heads named "-full" answer: they select the
// second subprotocol and the extension.
var Full = Offer{
	Subprotocols: []string{"graphql-transport-ws", "graphql-ws", "mqtt"},
	Extensions:   []string{"permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
}

// recorded is the offer that the recorded heads answer.
var recorded = Offer{
	Subprotocols: []string{"chat", "superchat"},
	Extensions:   []string{"permessage-deflate; client_max_window_bits"},
}

var nothing = Offer{}

// All lists the heads; the README beside this file says where each comes from.
var All = []Head{
	{"129", 129, 3, nothing, -1, nil, "ws-plain.http"},
	{"129-full", 267, 5, Full, 1, []int{0}, "129-full.http"},
	{"551", 551, 12, nothing, -1, nil, "551.http"},
	{"551-full", 689, 14, Full, 1, []int{0}, "551-full.http"},
	{"minimal", 129, 3, nothing, -1, nil, "mosquitto-plain.http"},
	{"nginx", 269, 7, recorded, 1, []int{0}, "nginx-full.http"},
	{"aiohttp", 317, 8, recorded, 0, []int{0}, "aiohttp-full.http"},
	{"websockets", 333, 7, recorded, 0, []int{0}, "python-websockets-full.http"},
	{"cookies", 352, 8, nothing, -1, nil, "ws-plain-cookies.http"},
	{"cloudflare", 1136, 15, nothing, -1, nil, "cloudflare.http"},
	{"big", 5352, 8, nothing, -1, nil, "ws-plain-bighead.http"},
}

//go:embed *.http
var files embed.FS

// Bytes returns the head and what follows it, in a slice of the caller's own.
func (h Head) Bytes() []byte {
	p, err := files.ReadFile(h.file)
	if err != nil {
		panic(err)
	}
	return p
}

// Get returns the head of that name. It panics when there is none.
func Get(name string) Head {
	for _, h := range All {
		if h.Name == name {
			return h
		}
	}
	panic("heads: no head " + name)
}
