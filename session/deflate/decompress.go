package deflate

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/zeroshake/zeroshake/session"
)

// decompressor is a session.Decompressor.
type decompressor struct {
	inflater io.Reader // nil between messages
	payload  bytes.Reader
	ends     int    // how many more last blocks the message may have
	size     int    // of the window, 0: the server takes no context over
	window   []byte // the last octets of the messages before
}

var (
	decompressors = sync.Pool{New: func() any { return new(decompressor) }}
	inflaters     = sync.Pool{New: func() any { return flate.NewReader(nil) }}
)

// Decompressor returns what decompresses one message, or with context takeover
// all of a connection.
func (c *Codec) Decompressor(p session.DeflateParams) session.Decompressor {
	d := decompressors.Get().(*decompressor)
	d.size = 0
	if !p.ServerNoContextTakeover {
		d.size = 1 << p.ServerMaxWindowBits
	}
	return d
}

// A message may have a last block for each KiB of it, and some besides. Behind each
// the window is copied anew, 32 KiB: a message of two octets for each block, and of
// no contents, would take a second for a MiB.
const (
	blockSize = 1 << 10
	fewBlocks = 64
)

var errBlocks = errors.New("deflate: a message of very many last blocks")

func (d *decompressor) Begin(payload []byte) {
	d.payload.Reset(payload)
	d.ends = fewBlocks + len(payload)/blockSize
	if d.inflater == nil {
		d.inflater = inflaters.Get().(io.Reader)
	}
	d.reset()
}

func (d *decompressor) reset() {
	d.inflater.(flate.Resetter).Reset(&d.payload, d.window) // never fails
}

func (d *decompressor) Read(p []byte) (n int, err error) {
	if d.inflater == nil {
		return 0, io.EOF
	}
	n, err = d.inflater.Read(p)
	d.keep(p[:n])
	switch {
	case err == nil:
	case err == io.EOF && d.payload.Len() > len(session.DeflateTail) && d.ends == 0:
		d.end()
		err = errBlocks
	case err == io.EOF && d.payload.Len() > len(session.DeflateTail):
		d.ends--
		d.reset() // behind a last block of the server's, RFC 7692 section 7.2.3.4
		err = nil
	default:
		d.end()
	}
	return n, err
}

// keep moves the window on by p.
func (d *decompressor) keep(p []byte) {
	if d.size == 0 || len(p) == 0 {
		return
	}
	if d.window == nil {
		d.window = make([]byte, 0, d.size)
	}
	if len(p) >= d.size {
		d.window = append(d.window[:0], p[len(p)-d.size:]...)
		return
	}
	if over := len(d.window) + len(p) - d.size; over > 0 {
		d.window = d.window[:copy(d.window, d.window[over:])]
	}
	d.window = append(d.window, p...)
}

// end gives the inflater back, which is larger than the window.
func (d *decompressor) end() {
	if d.inflater != nil {
		inflaters.Put(d.inflater)
		d.inflater = nil
	}
	d.payload.Reset(nil)
}

func (d *decompressor) Free() {
	d.end()
	d.window = nil
	decompressors.Put(d)
}
