package dial

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"github.com/zeroshake/zeroshake/session"
)

// errTunnel is the Err of a RefusedError that a proxy's answer caused.
var errTunnel = errors.New("proxy did not open a tunnel (RFC 9110 section 9.3.6)")

// proxy is an HTTP proxy, made ready for dialling.
type proxy struct {
	host
	addr   string
	secure bool   // TLS to the proxy itself
	auth   string // value of Proxy-Authorization; "" for none

	secrets secrets
}

// proxyFor asks the Dialer's Proxy function; nil means no proxy.
func (d *Dialer) proxyFor(e *Endpoint) (*proxy, error) {
	u := e.proxyURL // a copy: the function may change it
	answer, err := d.Proxy(&u)
	if err != nil || answer == nil {
		return nil, err
	}
	p, port := new(proxy), 80
	switch answer.Scheme {
	case "http":
	case "https":
		p.secure, port = true, 443
	default:
		return nil, argument("scheme of the proxy's URL is not http or https")
	}
	if p.auth, err = basic(answer.User); err != nil {
		return nil, err
	}
	p.secrets = newSecrets(answer, []session.Header{{Name: "Proxy-Authorization", Value: p.auth}})
	if p.host, err = splitHost(answer, port); err != nil {
		return nil, err
	}
	p.addr = p.host.addr()
	return p, nil
}

// wrap says which proxy err is about.
func (p *proxy) wrap(err error) error { return fmt.Errorf("%s: %w", p.authority(), err) }

// tunnel asks the proxy on nc to CONNECT to authority. Bytes that came behind
// the proxy's answer are read first from the connection it returns.
func (d *Dialer) tunnel(ctx context.Context, nc net.Conn, p *proxy, authority string) (net.Conn, error) {
	conn := nc
	if p.secure {
		config := tlsConfig(d.TLSConfig)
		config.ServerName = p.name
		secure := tls.Client(nc, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	s := d.scratch()
	defer s.free()
	s.request = fmt.Appendf(s.request[:0], "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n", authority)
	if p.auth != "" {
		s.request = fmt.Appendf(s.request, "Proxy-Authorization: %s\r\n", p.auth)
	}
	s.request = append(s.request, "\r\n"...)
	if _, err := conn.Write(s.request); err != nil {
		return nil, err
	}
	br := readers.Get(conn)
	if _, err := readHead(br, &s.response); err != nil {
		defer readers.Put(br)
		return nil, p.secrets.locate(err, br, &s.response)
	}
	if s.response.Status/100 != 2 {
		defer readers.Put(br)
		explanation := fmt.Sprintf("%v: the answer is %d %.80q", errTunnel, s.response.Status, s.response.Reason)
		if p.secrets.in(s.response.Reason) {
			explanation = p.secrets.withhold(errTunnel, &s.response)
		}
		return nil, refuse(nc, br, &s.response, errTunnel, explanation)
	}
	tunnel := &stream{Conn: conn}
	if tunnel.keep(br); tunnel.head == nil {
		return conn, nil
	}
	return tunnel, nil
}
