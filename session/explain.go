package session

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/zeroshake/zeroshake/parse"
)

// Explain says in a sentence or two for people what err, from parsing r or
// from EndHandshake on r, is about: which header, what it holds, and what to
// do. It shows the values of the handshake's headers only, shortened; no
// cookie, no credential. r may be nil.
func (c *Client) Explain(err error, r *parse.Response) string {
	if err == nil {
		return "the handshake succeeded"
	}
	if r == nil {
		return err.Error()
	}
	var p parse.Error
	if errors.As(err, &p) {
		return fmt.Sprintf("%v, at octet %d of the response head", p, r.Offset())
	}
	var e Error
	if !errors.As(err, &e) || e >= numErrors {
		return err.Error()
	}
	s := e.Error() + c.evidence(e, r)
	if h := hint(e, r); h != "" {
		s += "; " + h
	}
	return s
}

// evidence shows what the response holds instead.
func (c *Client) evidence(e Error, r *parse.Response) string {
	if rules[e].class == ErrUnexpectedStatus {
		return ": the server answered " + status(r)
	}
	field, offset := c.Fault()
	if field < 0 || field >= len(r.Fields) {
		return ""
	}
	f := r.Fields[field]
	s := fmt.Sprintf(": header %d, %s", field, shorten(f.Name))
	switch {
	case e == ErrHeaderName:
		return s + octet("name", f.Name, offset)
	case e == ErrHeaderValue:
		return s + octet("value", f.Value, offset)
	}
	if s += ", is " + shorten(f.Value); offset >= 0 {
		s += ", octet " + strconv.Itoa(offset)
	}
	if e == ErrAcceptValue {
		s += ", not " + shorten(c.expected[:])
	}
	return s
}

func octet(of string, b []byte, offset int) string {
	if offset < 0 || offset >= len(b) {
		return ""
	}
	return fmt.Sprintf(", octet %d of the %s is 0x%02x", offset, of, b[offset])
}

// status is the status and the reason, if that is fit to be printed.
func status(r *parse.Response) string {
	s := strconv.Itoa(r.Status)
	if len(r.Reason) > 0 {
		s += " " + shorten(r.Reason)
	}
	return s
}

// shorten quotes v, and no more than its beginning.
func shorten(v []byte) string {
	const most = 80
	if len(v) > most {
		return strconv.Quote(string(v[:most])) + "..."
	}
	return strconv.Quote(string(v))
}

// hint says what to do about it.
func hint(e Error, r *parse.Response) string {
	_, keys := r.Find(headerKey)
	_, accepts := r.Find("Sec-WebSocket-Accept")
	if keys > 0 && accepts == 0 && (r.Status == 101 || r.Status == 0) {
		return "these look like request headers: Sec-WebSocket-Key is present, Sec-WebSocket-Accept absent; " +
			"EndHandshake wants the headers of the server's response"
	}
	switch e {
	case ErrNoHandshake:
		return "call BeginHandshake on this same Client, send what it returns, and pass the server's response"
	case ErrHandshakeBegun, ErrHandshakeOver:
		return "one Client is one connection; Reset makes it ready for another"
	case ErrHeaderValue:
		return "a CR at the end of a value comes from splitting lines at LF alone"
	case ErrUpgradeMissing, ErrConnectionMissing:
		return "a proxy between may have taken the header for its own; have it pass Upgrade and Connection on"
	case ErrUpgradeRepeated, ErrAcceptRepeated:
		return "a proxy between may have added a second one"
	case ErrAcceptValue:
		return "the response may belong to another request, or a cache answered"
	case ErrSubprotocolMissing:
		return "the server knows none of them or does not echo its choice; Offer.SubprotocolOptional accepts that"
	case ErrSubprotocolUnasked:
		return "offer it in Offer.Subprotocols if it is wanted"
	case ErrSubprotocolNotOffered:
		return "subprotocols are compared octet by octet"
	case ErrDeflateClientWindow:
		return "offer client_max_window_bits if the server is to limit the client's window"
	case ErrUnexpectedStatus:
		return statusHint(r.Status)
	case ErrUnsupportedVersion:
		v, _ := r.Find(headerVersion)
		return "it speaks version " + shorten(v)
	case ErrShortBuffer:
		return "make it Request.NumExtensions long"
	}
	return ""
}

func statusHint(status int) string {
	switch {
	case status == 401:
		return "it wants credentials: an Authorization header in Offer.Header"
	case status == 407:
		return "a proxy wants credentials"
	case status == 403:
		return "it may want another Origin, or credentials"
	case status == 426:
		return "the Upgrade header did not reach it, or it wants another protocol"
	case status >= 300 && status < 400:
		return "redirects are not followed: use the address in its Location header"
	case status == 200:
		return "it took the request for an ordinary one: there may be no WebSocket at this path"
	case status == 404:
		return "there is no WebSocket at this path"
	case status == 429 || status == 503:
		return "it refuses for a time: its Retry-After header, if there is one, says how long"
	}
	return ""
}
