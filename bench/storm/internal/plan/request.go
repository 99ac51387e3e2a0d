package plan

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

// A request is what all connections ask for, and the headers that may differ.
type request struct {
	offer        session.Offer // without headers and subprotocols
	subprotocols []template
	headers      []header
	extensions   []string // the flag of each of offer.Extensions, with its number
}

// A header is a request header whose value may differ from connection to
// connection.
type header struct {
	place string // for errors
	name  string
	value template
	basic bool // value is the credentials of Basic
}

func (c *compiler) compileRequest(o *Options) (r request, err error) {
	r.offer = session.Offer{
		Host:                o.Host,
		SubprotocolOptional: o.SubprotocolOptional,
	}
	for i, name := range o.Subprotocols {
		t, err := c.compile("--subprotocol, number "+strconv.Itoa(i+1), name)
		if err != nil {
			return r, err
		}
		r.subprotocols = append(r.subprotocols, t)
	}
	for i, x := range o.Extensions {
		r.offer.Extensions = append(r.offer.Extensions, x)
		r.extensions = append(r.extensions, "--extension, number "+strconv.Itoa(i+1))
	}
	if o.Compress {
		r.offer.Extensions = append(r.offer.Extensions, deflate.Offer)
		r.extensions = append(r.extensions, "--compress")
	}
	if o.SubprotocolOptional && len(o.Subprotocols) == 0 {
		return r, usagef("--subprotocol-optional: there is no --subprotocol")
	}
	if err = c.compileHeaders(o, &r); err != nil {
		return r, err
	}
	add := func(flag, name, text string) {
		if text == "" || err != nil {
			return
		}
		if r.has(name) {
			err = usagef("%s and -H %s: give one of them", flag, name)
			return
		}
		h := header{place: flag, name: name, basic: flag == "--user"}
		h.value, err = c.compile(flag, text)
		r.headers = append(r.headers, h)
	}
	add("--origin", "Origin", o.Origin)
	bearer := o.Bearer
	if bearer != "" {
		bearer = "Bearer " + bearer
	}
	if o.User != "" && bearer != "" {
		return r, usagef("--user and --bearer: give one of them")
	}
	add("--bearer", "Authorization", bearer)
	add("--user", "Authorization", o.User)
	for i, cookie := range o.Cookies {
		name, _, ok := strings.Cut(cookie, "=")
		if !ok || name == "" {
			return r, usagef("--cookie, number %d: want NAME=VALUE", i+1)
		}
	}
	add("--cookie", "Cookie", strings.Join(o.Cookies, "; "))
	return r, err
}

// compileHeaders does not repeat a header in its errors: it may hold a credential.
func (c *compiler) compileHeaders(o *Options, r *request) (err error) {
	for i, line := range o.Header {
		h := header{place: "-H, number " + strconv.Itoa(i+1)}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return usagef("%s: no colon; want 'NAME: VALUE'", h.place)
		}
		h.name = strings.TrimSpace(name)
		if why, ok := notByHeader[strings.ToLower(h.name)]; ok {
			return usagef("%s: %s %s", h.place, h.name, why)
		}
		if h.value, err = c.compile(h.place, strings.TrimSpace(value)); err != nil {
			return err
		}
		r.headers = append(r.headers, h)
	}
	return nil
}

func (r *request) has(name string) bool {
	for _, h := range r.headers {
		if strings.EqualFold(h.name, name) {
			return true
		}
	}
	return false
}

// notByHeader has the headers that are not for -H, and why.
var notByHeader = map[string]string{
	"host":                     "is taken from the URL: use --host",
	"upgrade":                  "is made by the handshake itself",
	"connection":               "is made by the handshake itself",
	"sec-websocket-version":    "is made by the handshake itself",
	"sec-websocket-key":        "is made by the handshake itself, a new one for each connection",
	"sec-websocket-protocol":   "is made of the offers: use --subprotocol",
	"sec-websocket-extensions": "is made of the offers: use --extension",
}

// offerFor is what connection k asks for, with further cookies.
func (c *compiler) offerFor(r *request, k int, cookies string) (session.Offer, error) {
	o := r.offer
	for _, t := range r.subprotocols {
		o.Subprotocols = append(o.Subprotocols, string(c.append(t, nil, k, -1)))
	}
	o.Header = make([]session.Header, 0, len(r.headers)+1)
	for i := range r.headers {
		h := &r.headers[i]
		value := string(c.append(h.value, nil, k, -1))
		if h.basic {
			name, password, ok := strings.Cut(value, ":")
			if !ok {
				return o, usagef("%s: no colon; want NAME:PASSWORD", h.place)
			}
			value = "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
		}
		if cookies != "" && strings.EqualFold(h.name, "Cookie") { // one header for all: RFC 6265 section 5.4
			value += "; " + cookies
			cookies = ""
		}
		o.Header = append(o.Header, session.Header{Name: h.name, Value: value})
	}
	if cookies != "" {
		o.Header = append(o.Header, session.Header{Name: "Cookie", Value: cookies})
	}
	return o, nil
}
