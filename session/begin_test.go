package session_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// Header lines of a response to the sample nonce.
const (
	upgrade    = "Upgrade: websocket\r\n"
	connection = "Connection: Upgrade\r\n"
	accepted   = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	three      = upgrade + connection + accepted
)

// sample is the Config of a client whose key is the sample nonce of RFC 6455
// section 1.3.
var sample = &session.Config{Rand: nonce{}}

type nonce struct{}

func (nonce) Read(p []byte) (int, error) { return copy(p, "the sample nonce"), nil }

// compile makes a Request of an offer that the test knows to be good.
func compile(t testing.TB, o session.Offer) *session.Request {
	t.Helper()
	if o.Host == "" {
		o.Host = "server.example"
	}
	r, err := session.NewRequest(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// begin gives a client that is Handshaking.
func begin(t testing.TB, r *session.Request) *session.Client {
	t.Helper()
	c, err := session.NewClient(sample)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.BeginHandshake(nil, r); err != nil {
		t.Fatal(err)
	}
	return c
}

// parsed parses a 101 with the header lines given.
func parsed(t testing.TB, lines string) *parse.Response {
	t.Helper()
	r := new(parse.Response)
	if _, err := r.Parse([]byte("HTTP/1.1 101 Switching Protocols\r\n" + lines + "\r\n")); err != nil {
		t.Fatal(err)
	}
	return r
}

// literal copies r as a program with another HTTP stack would fill it.
func literal(r *parse.Response) *parse.Response {
	l := &parse.Response{Status: r.Status}
	for _, f := range r.Fields {
		l.Fields = append(l.Fields, parse.Field{Name: slices.Clone(f.Name), Value: slices.Clone(f.Value)})
	}
	return l
}

// A judgement is all that can be learnt from EndHandshake.
type judgement struct {
	err           error
	selected      []int
	subprotocol   int
	deflate       session.DeflateParams
	deflated      bool
	field, offset int
	state         session.State
}

func (j judgement) String() string {
	if j.err != nil {
		return fmt.Sprintf("%v in field %d at %d", j.err, j.field, j.offset)
	}
	return fmt.Sprintf("extensions %v, subprotocol %d, deflate %v %+v", j.selected, j.subprotocol, j.deflated, j.deflate)
}

const untouched = -7

// judge ends a handshake on r, and sees to what holds of every end: what is
// written to the caller's slice, and the state afterwards.
func judge(t testing.TB, req *session.Request, r *parse.Response) judgement {
	t.Helper()
	c := begin(t, req)
	cells := slices.Repeat([]int{untouched}, req.NumExtensions()+2)
	got, subprotocol, err := c.EndHandshake(r, cells[:req.NumExtensions()])
	j := judgement{err: err, subprotocol: subprotocol, state: c.State()}
	j.field, j.offset = c.Fault()
	j.deflate, j.deflated = c.Deflate()
	if err != nil {
		got = nil
		if j.state != session.Failed || j.deflated {
			t.Fatalf("%v leaves the client %v, deflate %v", err, j.state, j.deflated)
		}
	} else {
		j.selected = slices.Clone(got)
		if j.state != session.Open || j.field != -1 || j.offset != -1 {
			t.Fatalf("success leaves the client %v with a fault in field %d at %d", j.state, j.field, j.offset)
		}
		if !slices.Equal(got, cells[:len(got)]) || len(got) > 0 && &got[0] != &cells[0] {
			t.Fatalf("returned %v, wrote %v", got, cells)
		}
	}
	for _, cell := range cells[len(got):] {
		if cell != untouched {
			t.Fatalf("%v: %d cells selected, but wrote %v", err, len(got), cells)
		}
	}
	return j
}

var classes = []struct {
	name string
	err  session.Error
}{
	{"invalid protocol format", session.ErrInvalidProtocolFormat},
	{"invalid protocol operation", session.ErrInvalidProtocolOperation},
	{"unsupported subprotocol", session.ErrUnsupportedSubprotocol},
	{"unsupported extension", session.ErrUnsupportedExtension},
	{"unsupported version", session.ErrUnsupportedVersion},
	{"unexpected status", session.ErrUnexpectedStatus},
	{"too large", session.ErrTooLarge},
	{"invalid argument", session.ErrInvalidArgument},
	{"short buffer", session.ErrShortBuffer},
	{"aborted", session.ErrAborted},
}

// classesOf names the classes that err is of.
func classesOf(err error) string {
	var list []string
	for _, class := range classes {
		if errors.Is(err, class.err) {
			list = append(list, class.name)
		}
	}
	return strings.Join(list, ", ")
}
