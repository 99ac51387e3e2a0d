package plan

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// shortest is the length from which on a header's value counts as secret, and a
// query's, and a part of one: shorter ones are common words. What is known to be
// a credential counts at any length.
const shortest = 4

// Secrets are what connection k sends in confidence and no report may show,
// should the server echo it; the longest first: of two that begin at one place a
// strings.Replacer takes the first.
func (p *Plan) Secrets(k int) []string {
	var s secrets
	if len(p.urls) > 0 {
		s.url(p.URL(k))
		// What is wrong was found by Endpoint.
		offer, _ := p.compiler.offerFor(&p.request, k, "")
		for _, h := range offer.Header {
			s.header(h.Name, h.Value)
		}
		for i, t := range p.request.subprotocols {
			if !t.fixed() { // else it is known to who gave it
				s.keep(shortest, offer.Subprotocols[i])
			}
		}
		if p.Proxy != nil {
			if proxy, err := p.Proxy(p.CookieURL(k)); err == nil && proxy != nil {
				s.user(proxy.User)
			}
		}
	}
	s.keep(shortest, p.compiler.secrets...)
	slices.SortFunc(s, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(s)
}

type secrets []string

func (s *secrets) keep(shortest int, values ...string) {
	for _, v := range values {
		if len(v) >= shortest {
			*s = append(*s, v)
		}
	}
}

func (s *secrets) header(name, value string) {
	switch strings.ToLower(name) {
	case "origin", "user-agent":
	case "authorization", "proxy-authorization":
		scheme, credentials, _ := strings.Cut(value, " ")
		s.keep(1, value, credentials)
		s.keep(1, parts(credentials)...)
		if strings.EqualFold(scheme, "Basic") {
			if pair, err := base64.StdEncoding.DecodeString(credentials); err == nil {
				name, password, _ := strings.Cut(string(pair), ":")
				s.keep(1, name, password)
			}
		}
	case "cookie":
		s.keep(1, value)
		for pair := range strings.SplitSeq(value, ";") {
			_, value, _ := strings.Cut(pair, "=")
			s.keep(1, value)
			s.keep(1, parts(value)...)
		}
	default:
		s.keep(shortest, value)
		s.keep(shortest, parts(value)...)
	}
}

func (s *secrets) url(raw string) {
	u, err := url.Parse(raw)
	if err != nil {
		return
	}
	s.user(u.User)
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		_, raw, _ := strings.Cut(pair, "=")
		value, _ := url.QueryUnescape(raw)
		s.keep(shortest, raw, value)
	}
}

func (s *secrets) user(user *url.Userinfo) {
	if user == nil {
		return
	}
	name := user.Username()
	password, _ := user.Password()
	basic := base64.StdEncoding.EncodeToString([]byte(name + ":" + password))
	s.keep(1, name, password, basic, strings.TrimRight(basic, "="))
	s.keep(1, strings.Split(user.String(), ":")...) // percent-encoded
}

func parts(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(` ;,="`, r) })
}

// masked stands for a secret.
const masked = "***"

// maskTemplate has text as it is if it holds nothing but what {{...}} stands for,
// which is no secret: the value is.
func maskTemplate(text string) string {
	rest := placeholder.ReplaceAllString(text, "")
	if strings.Trim(rest, " :=;") == "" {
		return text
	}
	return masked
}

// MaskURL masks the userinfo of a URL that a server has sent, which may be a
// reference (RFC 3986 section 4.1), and the values of its query and fragment.
func MaskURL(text string) string { return maskURL(text, true) }

// maskURL masks the userinfo of a URL, and the values behind its path; or leaves
// all of that out.
func maskURL(text string, all bool) string {
	// What {{...}} holds may look like a part of a URL.
	shape := placeholder.ReplaceAllStringFunc(text, func(name string) string { return strings.Repeat("_", len(name)) })
	var values string
	for _, sign := range []string{"#", "?"} { // a fragment may hold a ?
		if i := strings.Index(shape, sign); i >= 0 {
			values = sign + maskValues(text[i+1:]) + values
			text, shape = text[:i], shape[:i]
		}
	}
	if i := strings.Index(shape, "//"); i >= 0 {
		start, end := i+len("//"), len(shape)
		if slash := strings.Index(shape[start:], "/"); slash >= 0 {
			end = start + slash
		}
		if at := strings.LastIndex(shape[start:end], "@"); at >= 0 {
			user := ""
			if all {
				user = maskTemplate(text[start:start+at]) + "@"
			}
			text = text[:start] + user + text[start+at+1:]
		}
	}
	if !all {
		return text
	}
	return text + values
}

// maskValues masks those of a query, and what has no name.
func maskValues(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, named := strings.Cut(pair, "=")
		if named {
			pairs[i] = name + "=" + maskTemplate(value)
		} else {
			pairs[i] = maskTemplate(pair)
		}
	}
	return strings.Join(pairs, "&")
}

// maskHeader masks the value of a header but Origin and User-Agent.
func maskHeader(line string) string {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch lower := strings.ToLower(strings.TrimSpace(name)); {
	case lower == "origin" || lower == "user-agent":
		return name + ": " + value
	case strings.HasSuffix(lower, "authorization"):
		if scheme, credentials, ok := strings.Cut(value, " "); ok {
			return name + ": " + scheme + " " + maskTemplate(credentials)
		}
	}
	return name + ": " + maskTemplate(value)
}

// maskCookie masks the values.
func maskCookie(cookie string) string {
	pairs := strings.Split(cookie, ";")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		pairs[i] = name + "=" + maskTemplate(value)
	}
	return strings.Join(pairs, ";")
}
