// Package deflate is the codec of permessage-deflate, RFC 7692, for
// session.Config. Without it messages are neither compressed nor decompressed.
//
//	config := &session.Config{Deflate: &deflate.Codec{}}
//	offer := session.Offer{Extensions: []string{deflate.Offer}}
//
//	deflate.go    Codec
//	compress.go   what is sent
//	decompress.go what is received
package deflate

import (
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"

	"github.com/zeroshake/zeroshake/session"
)

// Offer is the recommended offer: neither side takes its context over from one
// message to the next, so that a connection costs nothing while it is idle. A
// server that takes it without granting that is refused (RFC 7692 section
// 7.1.1.1); Tornado is one. Offer "permessage-deflate" behind it, and that is
// what is agreed on instead, at the cost that Codec tells of.
const Offer = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"

const (
	defaultLevel     = flate.BestSpeed
	defaultThreshold = 512
)

// Codec is a session.DeflateCodec. The zero value is ready. It must be neither
// copied nor changed once used, and is safe for concurrent use.
//
// What compresses and decompresses is pooled and lent for the time of one
// message. Where the client may take its context over, a connection that has
// sent a compressed message keeps a compressor: 0.8 MB with a window of 15 bits
// at level 1, 1.1 MB with one of 9 (BenchmarkCompressor, linux/amd64, 2026-11-25;
// as large for every connection, so see MaxCompressors). Where the server may,
// one that has received a compressed message keeps the last
// 1<<ServerMaxWindowBits octets of what it became, 32 KiB at most.
type Codec struct {
	// Level is from 1, the fastest, to 9, the tightest; 0: 1. With another
	// nothing is supported. A client window below 15 bits has one level only.
	Level int
	// Threshold is from how many octets on a message is compressed. 0: 512;
	// negative: all are.
	Threshold int
	// MaxCompressors limits how many connections keep a compressor. The others
	// send their messages as they are. 0: no limit.
	MaxCompressors int

	kept        atomic.Int64
	compressors [16]sync.Pool // by window bits
}

// Compressors returns how many connections keep a compressor.
func (c *Codec) Compressors() int { return int(c.kept.Load()) }

// Supports reports that all windows are supported, unless there is no such
// Level: then nothing is, and a handshake that agrees on compression fails.
func (c *Codec) Supports(session.DeflateParams) bool { return c.Level >= 0 && c.Level <= 9 }

// Worth reports whether a message of size octets is compressed; -1 stands for
// one that is sent in parts.
func (c *Codec) Worth(size int) bool {
	threshold := c.Threshold
	if threshold == 0 {
		threshold = defaultThreshold
	}
	return size < 0 || size >= threshold
}

func (c *Codec) level() int {
	if c.Level == 0 {
		return defaultLevel
	}
	return c.Level
}
