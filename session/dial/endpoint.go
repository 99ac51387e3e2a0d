package dial

// This file turns a URL into an Endpoint, once per URL: NewEndpoint, splitHost
// for the address, basic for the credentials, tlsConfig.

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// Endpoint is a URL, made ready for dialling: where to connect to, and the request
// to send there. It is read-only, and safe for concurrent use.
type Endpoint struct {
	url       string // as given, so it may hold a password
	text      string // for errors: without userinfo and query
	host      host
	addr      string // host and port to connect to, with an IPv6 zone
	authority string // host and port for CONNECT, without zone
	proxyURL  url.URL
	tls       *tls.Config // nil for ws
	offer     session.Offer
	request   *session.Request
	secrets   secrets
}

// NewEndpoint makes an Endpoint of a ws or wss URL, an offer and, for wss, a TLS
// configuration, all as Dialer has them, but for the Host of the offer: if it is
// set, it is sent in place of the URL's. Who dials many endpoints, or each with
// headers of its own, makes them ahead.
//
// Its errors are session.ErrInvalidArgument. They hold nothing of the URL:
// whatever is wrong with it, a password may be in it.
func NewEndpoint(rawURL string, o session.Offer, config *tls.Config) (*Endpoint, error) {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return nil, argument("malformed URL: check its host, port and percent-encoding")
	case u.Scheme != "ws" && u.Scheme != "wss":
		return nil, argument("scheme of the URL is not ws or wss")
	case strings.Contains(rawURL, "#"):
		return nil, argument("URL has a fragment (RFC 6455 section 3)")
	}
	secure := u.Scheme == "wss"
	port := 80
	if secure {
		port = 443
	}
	h, err := splitHost(u, port)
	if err != nil {
		return nil, err
	}

	e := &Endpoint{url: rawURL, host: h, addr: h.addr(), authority: h.authority()}
	u.RawPath = encodeRest(u.RawPath)
	o.Target = u.RequestURI()
	shown := e.authority
	if h.port == port { // RFC 9110 section 4.2.3
		shown = strings.TrimSuffix(shown, ":"+strconv.Itoa(port))
	}
	if o.Host == "" {
		o.Host = shown
	}
	auth, err := basic(u.User)
	if err != nil {
		return nil, err
	}
	if auth != "" && !slices.ContainsFunc(o.Header, isAuthorization) {
		o.Header = append(slices.Clip(o.Header), session.Header{Name: "Authorization", Value: auth})
	}
	if e.request, err = session.NewRequest(o); err != nil {
		return nil, err
	}
	o.Header, o.Subprotocols, o.Extensions = slices.Clone(o.Header), slices.Clone(o.Subprotocols), slices.Clone(o.Extensions)
	e.offer = o
	e.secrets = newSecrets(u, o.Header)
	e.text = u.Scheme + "://" + shown + u.EscapedPath()
	e.proxyURL = *u
	e.proxyURL.User = nil
	e.proxyURL.Scheme = "http"
	if secure {
		e.proxyURL.Scheme = "https"
		e.tls = tlsConfig(config)
		if e.tls.ServerName == "" {
			e.tls.ServerName = h.name
		}
	}
	return e, nil
}

// String returns the URL without userinfo and query, which may be secret.
func (e *Endpoint) String() string { return e.text }

// Host returns the host to connect to: an IP address, with its zone, or a name.
func (e *Endpoint) Host() (name string, ip netip.Addr) { return e.host.name, e.host.ip }

// Port returns the port to connect to.
func (e *Endpoint) Port() int { return e.host.port }

// Secure reports whether the scheme is wss.
func (e *Endpoint) Secure() bool { return e.tls != nil }

// Offer returns what is asked for, with Target and Host. It must not be changed.
func (e *Endpoint) Offer() session.Offer { return e.offer }

// Request returns the compiled request.
func (e *Endpoint) Request() *session.Request { return e.request }

// Explain is c.Explain of package session, unless the words of the server's that
// it would show repeat what was sent in confidence.
func (e *Endpoint) Explain(c *session.Client, err error, r *parse.Response) string {
	return e.secrets.explain(c, err, r)
}

// Locate adds to err, from parsing the head that begins with p into r, where in the
// head it is, or what came instead of HTTP.
func (e *Endpoint) Locate(err error, r *parse.Response, p []byte) error {
	return e.secrets.locateIn(err, r, p)
}

// encodeRest percent-encodes what may not stand in a path, and leaves what is encoded
// as it is: url.URL decodes all of a path that has such an octet, a %2F as well.
func encodeRest(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isAuthorization(h session.Header) bool { return strings.EqualFold(h.Name, "Authorization") }

// host is the host and port of a URL. name has neither brackets nor zone; ip is
// valid if it is an address.
type host struct {
	name, zone string
	ip         netip.Addr
	port       int
}

func splitHost(u *url.URL, defaultPort int) (host, error) {
	var h host
	h.name = u.Hostname()
	if ip, err := netip.ParseAddr(h.name); err == nil {
		h.name, h.zone, h.ip = ip.WithZone("").String(), ip.Zone(), ip.Unmap()
	}
	if h.name == "" {
		return h, argument("URL has no host")
	}
	if u.Host[0] != '[' && strings.Count(u.Host, ":") > 1 {
		return h, argument("host has a colon: an IPv6 address needs brackets")
	}
	if strings.ContainsFunc(h.name, func(r rune) bool { return r == '%' || r > unicode.MaxASCII }) {
		return h, argument("host is percent-encoded or not ASCII: give its IDNA form (xn--...)")
	}
	h.port = defaultPort
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return h, argument("port is not between 1 and 65535")
		}
		h.port = int(n)
	}
	return h, nil
}

func (h host) authority() string { return net.JoinHostPort(h.name, strconv.Itoa(h.port)) }

func (h host) addr() string {
	if h.zone != "" {
		h.name += "%" + h.zone
	}
	return h.authority()
}

// basic returns the credentials of a URL's userinfo, "" if it has none. A user
// name with a colon cannot be told from the password (RFC 7617 section 2).
func basic(user *url.Userinfo) (credentials string, err error) {
	if user == nil || user.String() == "" {
		return "", nil
	}
	if strings.Contains(user.Username(), ":") {
		return "", argument("user name has a colon (RFC 7617 section 2)")
	}
	password, _ := user.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)), nil
}

func tlsConfig(config *tls.Config) *tls.Config {
	if config == nil {
		config = new(tls.Config)
	}
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	return config
}
