package parse

import (
	"bufio"
	"io"

	"github.com/valyala/bytebufferpool"
)

// ReadResponse parses the response head that comes next from br into r,
// straight from br's buffer, and discards exactly the head: what follows it
// stays in br. The views are valid until br is next read.
//
// A head larger than br's buffer is gathered in a buffer from a pool, which r
// holds until Reset; then the views are valid until Reset or the next
// ReadResponse.
//
// Errors are those of [Response.Parse], io.ErrUnexpectedEOF when the stream
// ends before the head does (RFC 9112 section 8), and any other error of br's
// reader as it is. After a read error the next call goes on with the same
// head. Reset r before it is used with another stream.
func ReadResponse(br *bufio.Reader, r *Response) error {
	if r.state == stateComplete && r.spill != nil {
		r.spill.Reset()
	}
	for r.spill == nil {
		if br.Buffered() == 0 {
			if err := fill(br, 1); err != nil {
				return err
			}
		}
		p, _ := br.Peek(br.Buffered())
		n, err := r.Parse(p)
		if err == nil {
			_, err = br.Discard(n)
			return err
		}
		if err != ErrIncomplete {
			return err
		}
		if len(p) == br.Size() {
			r.spill = bytebufferpool.Get()
			break
		}
		if err := fill(br, len(p)+1); err != nil {
			return err
		}
	}
	return readSpilled(br, r)
}

// readSpilled gathers the head in r.spill. Of the octets still in br none has
// been appended to it, but for those of a first call when it is empty.
func readSpilled(br *bufio.Reader, r *Response) error {
	for {
		if br.Buffered() == 0 {
			if err := fill(br, 1); err != nil {
				return err
			}
		}
		p, _ := br.Peek(br.Buffered())
		before := len(r.spill.B)
		if room := r.maxBytes() - before; room < len(p) {
			p = p[:max(room, 0)+1] // one too many is enough to see
		}
		r.spill.B = append(r.spill.B, p...)
		n, err := r.Parse(r.spill.B)
		switch err {
		case nil:
			_, err = br.Discard(n - before)
			return err
		case ErrIncomplete:
			if _, err := br.Discard(len(p)); err != nil {
				return err
			}
		default:
			r.spill.B = r.spill.B[:before]
			return err
		}
	}
}

// fill makes br hold n octets.
func fill(br *bufio.Reader, n int) error {
	_, err := br.Peek(n)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
