package loop_test

// A server's side of permessage-deflate, by compress/flate: a packer, and messages
// as they lie on the wire.

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/zeroshake/zeroshake/session"
)

// agree upgrades with an extension, and more behind the head.
func (p *peer) agree(extension string, more ...byte) {
	h := p.head()
	h = append(h[:len(h)-2:len(h)-2], "Sec-WebSocket-Extensions: "+extension+"\r\n\r\n"...)
	p.Write(append(h, more...))
}

// packer is what a server compresses and decompresses with.
type packer struct {
	keepsSent, keepsReceived bool // the context, from message to message

	writer *flate.Writer
	packed bytes.Buffer
	window []byte // of what was received
}

func (k *packer) pack(message []byte) []byte {
	k.packed.Reset()
	if k.writer == nil || !k.keepsSent {
		k.writer, _ = flate.NewWriter(&k.packed, flate.BestCompression)
	}
	k.writer.Write(message)
	k.writer.Flush()
	return bytes.TrimSuffix(bytes.Clone(k.packed.Bytes()), []byte("\x00\x00\xff\xff"))
}

func (k *packer) unpack(payload []byte) ([]byte, error) {
	in := io.MultiReader(bytes.NewReader(payload), strings.NewReader(session.DeflateTail))
	message, err := io.ReadAll(flate.NewReaderDict(in, k.window))
	if k.keepsReceived {
		k.window = append(k.window, message...)
		k.window = k.window[max(0, len(k.window)-32<<10):]
	}
	return message, err
}

// A transfer is a message as it lay on the wire.
type transfer struct {
	packed bool
	size   int // of its payload
}

// message reads a whole message of the client's.
func (p *peer) message(k *packer) (opcode byte, message []byte, how transfer, err error) {
	for {
		first, payload, err := p.next()
		if err != nil || first&15 == 8 {
			return first & 15, payload, how, err
		}
		switch {
		case first&15 == 10: // of a ping between
			continue
		case opcode == 0:
			opcode, how.packed = first&15, first&0x40 != 0
		case first&0x7f != 0:
			return 0, nil, how, fmt.Errorf("frame %#x within a message", first)
		}
		message = append(message, payload...)
		if first&0x80 == 0 {
			continue
		}
		how.size = len(message)
		if how.packed {
			message, err = k.unpack(message)
		}
		return opcode, message, how, err
	}
}

// send sends a message, compressed, in three frames with a ping behind the first.
func (p *peer) send(opcode byte, payload []byte) {
	a, b := len(payload)/3, len(payload)/2
	p.Write(bytes.Join([][]byte{
		frame(0x40|opcode, payload[:a]), frame(0x89, []byte("between")), frame(0, payload[a:b]), frame(0x80, payload[b:]),
	}, nil))
}

// noise does not become smaller, unless it is repeated.
func noise(n int) []byte {
	p := make([]byte, n)
	r := rand.NewChaCha8([32]byte{7})
	r.Read(p)
	return p
}
