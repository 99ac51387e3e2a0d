package dial

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// RefusedError is a response that was read but does not open the connection.
// All of it is a copy.
type RefusedError struct {
	Err    error // the rule that the response breaks: a session.Error, unless a proxy answered
	Status int
	Reason string
	Header []session.Header // in wire order, duplicates kept
	Body   []byte           // the first 4 KiB at most, as far as it came within a second; never any of a 101

	explanation string
}

// Error is what Client.Explain of package session says of the response. It
// shows neither cookies nor the body, nor words of the server that repeat what
// was sent in confidence.
func (e *RefusedError) Error() string {
	if e.explanation == "" { // not made here
		return fmt.Sprintf("%v: the answer is %d %.80q", e.Err, e.Status, e.Reason)
	}
	return e.explanation
}

func (e *RefusedError) Unwrap() error { return e.Err }

const (
	maxBody  = 4 << 10
	bodyWait = time.Second
)

// refuse makes a RefusedError of the head r and of the body that follows in br,
// which reads from nc. It may close nc.
func refuse(nc net.Conn, br *bufio.Reader, r *parse.Response, err error, explanation string) *RefusedError {
	e := &RefusedError{
		Err:         err,
		Status:      r.Status,
		Reason:      string(r.Reason),
		Header:      copyHeader(r),
		explanation: explanation,
	}
	if body := bodyReader(br, r); body != nil { // the views in r end here
		timer := time.AfterFunc(bodyWait, func() { nc.Close() })
		defer timer.Stop()
		e.Body, _ = io.ReadAll(io.LimitReader(body, maxBody))
	}
	return e
}

func copyHeader(r *parse.Response) []session.Header {
	header := make([]session.Header, len(r.Fields))
	for i, f := range r.Fields {
		header[i] = session.Header{Name: string(f.Name), Value: string(f.Value)}
	}
	return header
}

// bodyReader reads the body as RFC 9112 section 6.3 frames it; nil means none.
func bodyReader(br *bufio.Reader, r *parse.Response) io.Reader {
	if r.Status/100 == 1 || r.Status == 204 || r.Status == 304 {
		return nil
	}
	var coding, length []byte
	for _, f := range r.Fields {
		switch {
		case f.Is("Transfer-Encoding"):
			coding = f.Value
		case f.Is("Content-Length"):
			length = f.Value
		}
	}
	if coding != nil {
		if last := coding[bytes.LastIndexByte(coding, ',')+1:]; bytes.EqualFold(bytes.TrimSpace(last), []byte("chunked")) {
			return httputil.NewChunkedReader(br)
		}
		return br
	}
	if n, err := strconv.ParseUint(string(length), 10, 63); err == nil {
		return io.LimitReader(br, int64(n))
	}
	return br
}
