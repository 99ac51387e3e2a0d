package serve

import (
	"bytes"
	"compress/flate"
	"io"
	"strconv"
	"strings"
)

// A deflatePair is permessage-deflate on the server's side, RFC 7692 section
// 7.2, by compress/flate.
type deflatePair struct {
	writer        *flate.Writer
	out           bytes.Buffer
	serverForgets bool   // its context, between messages
	window        int    // octets of the client's context that are kept between messages
	before        []byte // that context
}

// newDeflatePair has the parameters of a server's answer. The server's window
// is as large as may be, always.
func newDeflatePair(answer string) (*deflatePair, error) {
	p := &deflatePair{window: 1 << 15, serverForgets: strings.Contains(answer, "server_no_context_takeover")}
	if _, bits, ok := strings.Cut(answer, "client_max_window_bits="); ok {
		n, err := strconv.Atoi(bits)
		if err != nil {
			return nil, err
		}
		p.window = 1 << n
	}
	if strings.Contains(answer, "client_no_context_takeover") {
		p.window = 0
	}
	var err error
	p.writer, err = flate.NewWriter(&p.out, flate.BestSpeed)
	return p, err
}

const deflateTail = "\x00\x00\xff\xff"

func (p *deflatePair) deflate(message []byte) ([]byte, error) {
	p.out.Reset()
	if p.serverForgets {
		p.writer.Reset(&p.out)
	}
	if _, err := p.writer.Write(message); err != nil {
		return nil, err
	}
	if err := p.writer.Flush(); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(p.out.Bytes(), []byte(deflateTail)), nil
}

// inflate fails if the message refers to what the client may not refer to of
// those before it.
func (p *deflatePair) inflate(payload []byte) ([]byte, error) {
	last := deflateTail + "\x01\x00\x00\xff\xff" // an empty last block
	r := flate.NewReaderDict(io.MultiReader(bytes.NewReader(payload), strings.NewReader(last)), p.before)
	message, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	p.before = append(p.before, message...)
	p.before = append([]byte(nil), p.before[max(0, len(p.before)-p.window):]...)
	return message, nil
}
