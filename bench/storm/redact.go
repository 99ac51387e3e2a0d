package main

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// secrets are what a plan holds of credentials and no report may show, should
// the server echo it. The longest come first: of two that begin at one place a
// strings.Replacer takes the first. Package dial withholds words with a piece of
// a secret in them, but for short ones and user names.
type secrets []string

// shortest is the length from which on a header's value counts as secret, and a
// query's, and a part of one: shorter ones are common words. What is known to be
// a credential counts at any length.
const shortest = 4

func (p *plan) secrets() secrets {
	var s secrets
	keep := func(shortest int, values ...string) {
		for _, v := range values {
			if len(v) >= shortest {
				s = append(s, v)
			}
		}
	}
	for _, h := range p.offer.Header {
		switch strings.ToLower(h.Name) {
		case "origin", "user-agent":
		case "authorization", "proxy-authorization":
			_, credentials, _ := strings.Cut(h.Value, " ") // behind the scheme
			keep(1, h.Value, credentials)
			keep(1, parts(credentials)...)
		case "cookie":
			keep(1, h.Value)
			for pair := range strings.SplitSeq(h.Value, ";") {
				_, value, _ := strings.Cut(pair, "=")
				keep(1, value)
				keep(1, parts(value)...)
			}
		default:
			keep(shortest, h.Value)
			keep(shortest, parts(h.Value)...)
		}
	}
	if u, err := url.Parse(p.url); err == nil {
		if name := u.User.Username(); u.User != nil {
			password, _ := u.User.Password()
			basic := base64.StdEncoding.EncodeToString([]byte(name + ":" + password))
			keep(1, name, password, basic, strings.TrimRight(basic, "="))
			keep(1, strings.Split(u.User.String(), ":")...) // percent-encoded
		}
		for pair := range strings.SplitSeq(u.RawQuery, "&") {
			_, raw, _ := strings.Cut(pair, "=")
			value, _ := url.QueryUnescape(raw)
			keep(shortest, raw, value)
		}
	}
	slices.SortFunc(s, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return s
}

func parts(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(` ;,="`, r) })
}

// maskQuoted masks the secrets in what text quotes, which is how package dial
// shows what a server has sent; all else are words of our own.
func (s secrets) maskQuoted(text string) string {
	var b strings.Builder
	for {
		before, _, found := strings.Cut(text, `"`)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		text = text[len(before):]
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil { // no end
			return b.String() + s.mask(text)
		}
		words, _ := strconv.Unquote(quoted)
		b.WriteString(strconv.Quote(s.mask(words)))
		text = text[len(quoted):]
	}
}

func (s secrets) mask(words string) string {
	var pairs []string
	for _, secret := range s {
		pairs = append(pairs, secret, "***")
	}
	return strings.NewReplacer(pairs...).Replace(words)
}

// printable cuts text at maxText runes, and puts ? for what is no character to
// be seen: a terminal may take it for a command.
func printable(text string) string {
	runes := []rune(text)
	if len(runes) > maxText {
		runes = append(runes[:maxText], []rune("...")...)
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, string(runes))
}

const maxText = 400
