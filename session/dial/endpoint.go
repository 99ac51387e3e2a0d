package dial

// This file turns a URL into an endpoint, once per URL: newEndpoint, splitHost
// for the address, basic for the credentials, tlsConfig.

import (
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/zeroshake/zeroshake/session"
)

// endpoint is a URL, made ready for dialling. It is read-only.
type endpoint struct {
	url       string // as given, so it may hold a password
	text      string // for errors: without userinfo and query
	addr      string // host and port to connect to, with an IPv6 zone
	authority string // host and port for CONNECT, without zone
	proxyURL  url.URL
	tls       *tls.Config // nil for ws
	request   *session.Request
	secrets   secrets
}

// newEndpoint returns only errors that hold nothing of rawURL: whatever is wrong
// with it, a password may be in it.
func newEndpoint(rawURL string, o session.Offer, config *tls.Config) (*endpoint, error) {
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

	e := &endpoint{url: rawURL, addr: h.addr(), authority: h.authority()}
	o.Target = u.RequestURI()
	o.Host = e.authority
	if h.port == port { // RFC 9110 section 4.2.3
		o.Host = strings.TrimSuffix(o.Host, ":"+strconv.Itoa(port))
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
	e.secrets = newSecrets(u, o.Header)
	e.text = u.Scheme + "://" + o.Host + u.EscapedPath()
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

func isAuthorization(h session.Header) bool { return strings.EqualFold(h.Name, "Authorization") }

// host is the host and port of a URL. name has neither brackets nor zone.
type host struct {
	name, zone string
	port       int
}

func splitHost(u *url.URL, defaultPort int) (host, error) {
	var h host
	h.name = u.Hostname()
	if ip, err := netip.ParseAddr(h.name); err == nil {
		h.name, h.zone = ip.WithZone("").String(), ip.Zone()
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
