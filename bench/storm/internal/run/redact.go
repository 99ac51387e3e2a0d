package run

import (
	"strconv"
	"strings"
	"unicode"
)

// A masker hides what a request sends in confidence, should the server echo it.
// Package dial withholds words with a piece of a secret in them, but for short ones
// and user names.
type masker struct {
	*strings.Replacer
	secrets []string
}

func newMasker(secrets []string) masker {
	var pairs []string
	for _, secret := range secrets {
		pairs = append(pairs, secret, "***")
	}
	return masker{strings.NewReplacer(pairs...), secrets}
}

// begin masks text that goes on elsewhere, and leaves out what may be the begin of a
// secret at its end.
func (m masker) begin(text string) string {
	for cut := true; cut; {
		cut = false
		for _, secret := range m.secrets {
			for n := min(len(secret)-1, len(text)); n > 0; n-- {
				if strings.HasSuffix(text, secret[:n]) {
					text, cut = text[:len(text)-n], true
					break
				}
			}
		}
	}
	return m.Replace(text)
}

// quoted masks what text quotes, which is how package dial shows what a server has
// sent; all else are words of our own.
func (m masker) quoted(text string) string {
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
			return b.String() + m.Replace(text)
		}
		words, _ := strconv.Unquote(quoted)
		b.WriteString(strconv.Quote(m.Replace(words)))
		text = text[len(quoted):]
	}
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
