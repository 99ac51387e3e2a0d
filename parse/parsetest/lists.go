package parsetest

import (
	"regexp"
	"strings"
)

const (
	ows    = `[ \t]*`
	token  = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
	quoted = `"(?:` + "[!#$%&'*+.^_`|~0-9A-Za-z-]" + `|\\` + "[!#$%&'*+.^_`|~0-9A-Za-z-]" + `)+"`
	param  = `(` + token + `)(?:` + ows + `=` + ows + `(` + token + `|` + quoted + `))?`
)

var (
	isToken     = regexp.MustCompile(`\A` + token + `\z`)
	isExtension = regexp.MustCompile(`\A(` + token + `)((?:` + ows + `;` + ows + param + `)*)\z`)
	aParam      = regexp.MustCompile(ows + `;` + ows + param)
)

// Elements are the elements of a list, RFC 9110 section 5.6.1: what commas
// outside of quoted-strings separate, trimmed, without the empty ones.
func Elements(value string) []string {
	var elements []string
	var element strings.Builder
	end := func() {
		if s := strings.Trim(element.String(), " \t"); s != "" {
			elements = append(elements, s)
		}
		element.Reset()
	}
	quoted := false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 < len(value):
			element.WriteByte(c)
			i++
		case c == ',' && !quoted:
			end()
			continue
		}
		element.WriteByte(value[i])
	}
	end()
	return elements
}

// Tokens is the twin of ScanTokens: the elements that are tokens, and whether
// all are.
func Tokens(value string) (tokens []string, ok bool) {
	ok = true
	for _, e := range Elements(value) {
		if isToken.MatchString(e) {
			tokens = append(tokens, e)
		} else {
			ok = false
		}
	}
	return tokens, ok
}

// A Param is a parameter of an extension; Value is unescaped.
type Param struct {
	Name, Value string
	Bare        bool // without a value
}

// An Extension is one element of an extension list.
type Extension struct {
	Name   string
	Params []Param
}

// Extensions is the twin of ScanExtensions: the extensions of a list, and
// whether it has the grammar of RFC 6455 section 9.1. The extensions before a
// fault are given, too.
func Extensions(value string) (list []Extension, ok bool) {
	for _, e := range Elements(value) {
		m := isExtension.FindStringSubmatch(e)
		if m == nil {
			return list, false
		}
		x := Extension{Name: m[1]}
		for _, p := range aParam.FindAllStringSubmatch(m[2], -1) {
			v := strings.ReplaceAll(strings.Trim(p[2], `"`), `\`, "")
			x.Params = append(x.Params, Param{p[1], v, p[2] == ""})
		}
		list = append(list, x)
	}
	return list, true
}

// ExtensionFault is the offset of the first octet after which no extension
// list could go on: the most octets of value that some list begins with.
func ExtensionFault(value string) int {
	for n := len(value); n > 0; n-- {
		for _, end := range []string{"", "a", `"`, `a"`} {
			if _, ok := Extensions(value[:n] + end); ok {
				return n
			}
		}
	}
	return 0
}
