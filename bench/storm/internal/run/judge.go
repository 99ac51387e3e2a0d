package run

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// A judge goes over a handshake again that was judged already, to say what package
// session thinks of each header and not of the first that is broken alone.
type judge struct {
	config  session.Config
	key     []byte // the 16 octets that were drawn
	request *session.Request
	missing []string // headers that the response should have
}

// begin returns a Client that has sent the same request.
func (j *judge) begin() (c *session.Client, octets []byte) {
	config := j.config
	config.Rand = bytes.NewReader(j.key)
	c, err := session.NewClient(&config)
	if err == nil {
		octets, err = c.BeginHandshake(nil, j.request)
	}
	if err != nil { // it did not fail the first time
		panic(err)
	}
	return c, octets
}

// octets is the request.
func (j *judge) octets() []byte {
	_, octets := j.begin()
	return octets
}

const (
	headerOK      = "ok"
	headerIgnored = "ignored"
)

// judged are the headers that a handshake is judged by: RFC 6455 section 4.1.
var judged = []string{"Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"}

// opinions has one for each header of r. Where one is broken, it is put right, or
// left out, and what is left is judged again.
func (j *judge) opinions(r *parse.Response) []string {
	opinions := make([]string, len(r.Fields))
	at := make([]int, len(r.Fields)) // where in r.Fields those that are left stand; -1: in our own
	for i, f := range r.Fields {
		at[i] = i
		opinions[i] = headerIgnored
		if r.Status == 101 && slices.ContainsFunc(judged, f.Is) {
			opinions[i] = headerOK
		}
	}
	if r.Status != 101 {
		return opinions
	}
	left := parse.Response{Status: r.Status, Minor: r.Minor, Fields: slices.Clone(r.Fields)}
	for range len(r.Fields) + len(judged) {
		c, _ := j.begin()
		_, _, err := c.EndHandshake(&left, make([]int, j.request.NumExtensions()))
		if err == nil {
			break
		}
		i, _ := c.Fault()
		if i >= 0 && at[i] >= 0 {
			opinions[at[i]] = "broken: " + brief(err)
			left.Fields, at = slices.Delete(left.Fields, i, i+1), slices.Delete(at, i, i+1)
			continue
		}
		name, value := j.lacks(&left)
		if name == "" {
			j.missing = append(j.missing, brief(err))
			break
		}
		if !slices.ContainsFunc(r.Fields, func(f parse.Field) bool { return f.Is(name) }) {
			j.missing = append(j.missing, name)
		}
		left.Fields, at = append(left.Fields, parse.Field{Name: []byte(name), Value: []byte(value)}), append(at, -1)
	}
	return opinions
}

// lacks is the first header that a response must have and has not, as it should
// be.
func (j *judge) lacks(r *parse.Response) (name, value string) {
	for _, name := range judged[:3] {
		if _, n := r.Find(name); n > 0 {
			continue
		}
		switch name {
		case "Upgrade":
			return name, "websocket"
		case "Connection":
			return name, "Upgrade"
		default:
			return name, j.acceptValue()
		}
	}
	return "", ""
}

// brief is the text of a rule without its package.
func brief(err error) string {
	var e session.Error
	if errors.As(err, &e) {
		err = e
	}
	_, text, found := strings.Cut(err.Error(), ": ")
	if !found {
		return err.Error()
	}
	return text
}

// acceptValue is what the server should have answered to the key.
func (j *judge) acceptValue() string {
	var key accept.Key
	base64.StdEncoding.Encode(key[:], j.key)
	value := accept.Of(key)
	return string(value[:])
}
