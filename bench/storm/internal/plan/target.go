package plan

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// targets are what the connections dial in turn.
type targets struct {
	urls   []template
	places []string
	raw    []string // the templates as given
	// shared are the endpoints of as many connections, after which they repeat;
	// none if they are made one by one.
	shared []*dial.Endpoint
}

// mostShared bounds the endpoints that are made ahead.
const mostShared = 1 << 16

// prepare makes the endpoints of all connections, or of as many as is sensible to
// find a bad value early.
func (p *Plan) prepare() error {
	period, repeats := len(p.urls), true
	own := func(t template) {
		repeats = repeats && !t.uses(conn, uuid)
		if t.uses(cell) {
			period = lcm(len(p.urls), len(p.compiler.table.rows))
		}
	}
	for _, t := range p.urls {
		own(t)
	}
	for _, t := range p.request.subprotocols {
		own(t)
	}
	for _, h := range p.request.headers {
		own(h.value)
	}
	repeats = repeats && period <= mostShared
	p.shared = nil
	for k := range min(p.Arrivals.Len(), period, mostShared) {
		e, err := p.endpoint(k, nil)
		if err != nil {
			return err
		}
		if repeats {
			p.shared = append(p.shared, e)
		}
	}
	return nil
}

func lcm(a, b int) int {
	gcd, rest := a, b
	for rest != 0 {
		gcd, rest = rest, gcd%rest
	}
	return a / gcd * b
}

// Endpoint is what connection k dials. The endpoints of connections that ask for
// the same are the same. Cookies of jar, which may be nil, are sent as well. An
// error is about a value that {{...}} stands for, and holds no secret.
func (p *Plan) Endpoint(k int, jar http.CookieJar) (*dial.Endpoint, error) {
	if jar == nil && len(p.shared) > 0 {
		return p.shared[k%len(p.shared)], nil
	}
	return p.endpoint(k, jar)
}

func (p *Plan) endpoint(k int, jar http.CookieJar) (*dial.Endpoint, error) {
	var cookies []string
	if jar != nil {
		for _, c := range jar.Cookies(p.CookieURL(k)) {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
	}
	offer, err := p.compiler.offerFor(&p.request, k, strings.Join(cookies, "; "))
	if err != nil {
		return nil, err
	}
	e, err := dial.NewEndpoint(p.URL(k), offer, p.TLS)
	if err != nil {
		return nil, p.explain(k, err)
	}
	return e, nil
}

// explain says which option err of NewEndpoint is about.
func (p *Plan) explain(k int, err error) error {
	var refused *session.OfferError
	if !errors.As(err, &refused) {
		return usagef("%s: %v; want ws://HOST:PORT/PATH or wss://...", p.places[k%len(p.places)], err)
	}
	place := "URL"
	switch refused.Field {
	case "Host":
		place = "--host"
		if p.Host == "" {
			place = p.places[k%len(p.places)]
		}
	case "Target":
		place = p.places[k%len(p.places)]
	case "Subprotocols":
		place = "--subprotocol"
		if refused.Index >= 0 {
			place += ", number " + strconv.Itoa(refused.Index+1)
		}
	case "Extensions":
		place = "--extension"
		if refused.Index >= 0 {
			place = p.request.extensions[refused.Index]
		}
	case "Header":
		place = "--cookie-jar"
		if refused.Index < len(p.request.headers) {
			place = p.request.headers[refused.Index].place
		}
	}
	return usagef("%s: %s", place, RuleText(refused.Err))
}

// RuleText is the rule that was broken, without the package's name and the RFC's.
func RuleText(rule error) string {
	text := rule.Error()
	if _, after, ok := strings.Cut(text, ": "); ok {
		text = after
	}
	text, _, _ = strings.Cut(text, " (RFC ")
	return text
}

// URL is that of connection k. It may hold a password and more: Show is for people.
func (p *Plan) URL(k int) string {
	return string(p.compiler.append(p.urls[k%len(p.urls)], nil, k, -1))
}

// CookieURL is that of connection k for an http.CookieJar, which knows http and
// https alone.
func (p *Plan) CookieURL(k int) *url.URL {
	u, err := url.Parse("http" + strings.TrimPrefix(p.URL(k), "ws"))
	if err != nil {
		return new(url.URL)
	}
	u.User = nil
	return u
}

// ShowURL is the URL of connection k for people, without userinfo and query. What is
// of the environment or a file is left in its braces, for it may be secret.
func (p *Plan) ShowURL(k int, e *dial.Endpoint) string {
	raw := p.raw[k%len(p.raw)]
	for _, name := range placeholder.FindAllStringSubmatch(raw, -1) {
		if strings.HasPrefix(name[1], "env.") || strings.HasPrefix(name[1], "file.") {
			return maskURL(raw, false)
		}
	}
	return e.String()
}

// Show names what the plan connects to, without userinfo and query: "ws://host/path",
// "ws://host/path and 3 more". It is "" for an embedded server without a URL yet.
func (p *Plan) Show() string {
	if len(p.urls) == 0 {
		return ""
	}
	show := maskURL(p.raw[0], false)
	if p.urls[0].fixed() {
		if e, err := p.Endpoint(0, nil); err == nil {
			show = p.ShowURL(0, e)
		}
	}
	if more := len(p.urls) - 1; more > 0 {
		show += " and " + strconv.Itoa(more) + " more"
	}
	return show
}
