package dial

import (
	"bufio"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/parse"
)

// scratch is what a handshake needs only while it runs.
type scratch struct {
	request  []byte
	response parse.Response
}

var (
	scratches = sync.Pool{New: func() any {
		return &scratch{response: parse.Response{Fields: make([]parse.Field, 0, 32)}}
	}}
	readers parse.Pool
)

func (d *Dialer) scratch() *scratch {
	s := scratches.Get().(*scratch)
	s.response.MaxBytes, s.response.MaxFields = d.MaxBytes, d.MaxFields
	return s
}

func (s *scratch) free() {
	s.response.Reset()
	scratches.Put(s)
}

// errNoAnswer tells a peer that closes at once from one that closes within the
// head (RFC 9112 section 8): that is io.ErrUnexpectedEOF as it is.
var errNoAnswer = fmt.Errorf("closed without an answer: %w", io.ErrUnexpectedEOF)

// readHead reads a response head, and returns when it began to arrive.
func readHead(br *bufio.Reader, r *parse.Response) (firstByte time.Time, err error) {
	if _, err := br.Peek(1); err == io.EOF {
		return firstByte, errNoAnswer
	} else if err != nil {
		return firstByte, err
	}
	firstByte = time.Now()
	return firstByte, parse.ReadResponse(br, r)
}
