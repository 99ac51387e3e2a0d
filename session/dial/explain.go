package dial

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

// secrets are what was sent in confidence. A server may repeat it in its
// answer, and then the answer's words are not for errors.
type secrets []string

// newSecrets takes those of a URL and of the headers sent to it. Origin and
// User-Agent are none.
func newSecrets(u *url.URL, headers []session.Header) (s secrets) {
	password, _ := u.User.Password()
	s = append(s, password, u.RawQuery)
	for _, h := range headers {
		switch strings.ToLower(h.Name) {
		case "origin", "user-agent":
		case "authorization", "proxy-authorization":
			_, credentials, _ := strings.Cut(h.Value, " ") // the scheme is no secret
			s = append(s, credentials)
		case "cookie":
			for _, pair := range strings.Split(h.Value, ";") {
				_, value, _ := strings.Cut(pair, "=") // nor is the name
				s = append(s, value)
			}
		default:
			s = append(s, h.Value)
		}
	}
	return s
}

// in reports whether words hold a secret, or as much of one as does not stand
// in any text by chance.
func (s secrets) in(words []byte) bool {
	const long = 6
	return slices.ContainsFunc(s, func(secret string) bool {
		for i := 0; i+long <= len(secret); i++ {
			if bytes.Contains(words, []byte(secret[i:i+long])) {
				return true
			}
		}
		return false
	})
}

// explain is Client.Explain, unless the server's words that it shows hold a
// secret.
func (s secrets) explain(c *session.Client, err error, r *parse.Response) string {
	version, _ := r.Find("Sec-WebSocket-Version")
	shown := [][]byte{r.Reason, version}
	if i, _ := c.Fault(); i >= 0 {
		shown = append(shown, r.Fields[i].Name, r.Fields[i].Value)
	}
	if slices.ContainsFunc(shown, s.in) {
		return s.withhold(err, r)
	}
	return c.Explain(err, r)
}

func (s secrets) withhold(err error, r *parse.Response) string {
	return fmt.Sprintf("%v: the answer is %d, in words that repeat the request and are not shown", err, r.Status)
}

// locate is Endpoint.Locate for a head that is read from br.
func (s secrets) locate(err error, br *bufio.Reader, r *parse.Response) error {
	p, _ := br.Peek(br.Buffered())
	return s.locateIn(err, r, p)
}

func (s secrets) locateIn(err error, r *parse.Response, p []byte) error {
	if !errors.As(err, new(parse.Error)) {
		return err
	}
	if p = p[:min(len(p), 24)]; r.Offset() < len("HTTP/1.1 ") && !s.in(p) {
		return fmt.Errorf("%w: it begins with %q", err, p)
	}
	return fmt.Errorf("%w, at octet %d of the head", err, r.Offset())
}
