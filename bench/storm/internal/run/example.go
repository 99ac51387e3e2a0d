package run

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

func (r *Run) masker(c *conn) masker { return newMasker(r.plan.Secrets(c.k)) }

// maxHeaders bounds those of an example.
const maxHeaders = 32

func (r *Run) failureExample(c *conn, f *loop.Failure) measure.Example {
	mask := r.masker(c)
	x := measure.Example{Text: explainFailure(f, mask), URL: r.urlOf(c), Rule: ruleOf(f.Err)}
	if f.Response == nil {
		return x
	}
	x.Status = f.Response.Status
	if after, n := f.Response.Find("Retry-After"); n > 0 && x.Status != 101 {
		x.Text += ", Retry-After: " + printable(mask.Replace(string(after)))
	}
	if to, n := f.Response.Find("Location"); n > 0 && x.Status/100 == 3 {
		x.Text += ", Location: " + printable(plan.MaskURL(mask.Replace(string(to))))
	}
	x.Body = printable(strings.Join(strings.Fields(mask.begin(string(f.Body))), " "))
	for _, field := range f.Response.Fields[:min(len(f.Response.Fields), maxHeaders)] {
		x.Header = append(x.Header, measure.Header{Name: printable(string(field.Name)), Value: headerValue(field, mask)})
	}
	return x
}

// headerValue is what may be shown of a header of the server's. A cookie that it
// sets is a credential like one that it is sent, and a redirect may have some as a
// URL of the user's may.
func headerValue(f parse.Field, mask masker) string {
	value := string(f.Value)
	switch {
	case f.Is("Location"):
		return printable(plan.MaskURL(mask.Replace(value)))
	case f.Is("Set-Cookie"):
		name, _, _ := strings.Cut(value, "=")
		_, attributes, found := strings.Cut(value, ";")
		value = name + "=***"
		if found {
			value += ";" + attributes
		}
	}
	return printable(mask.Replace(value))
}

func (r *Run) endingExample(c *conn, e *loop.Ending) measure.Example {
	return measure.Example{Text: explainEnding(e, r.masker(c)), URL: r.urlOf(c), Rule: ruleOf(e.Err)}
}

func (r *Run) wrongExample(c *conn, t session.BufferType, p []byte) measure.Example {
	octets := "octets"
	if len(p) == 1 {
		octets = "octet"
	}
	text := fmt.Sprintf("message %d was answered with %s of %d %s instead of its echo", c.answered, kindOf(t), len(p), octets)
	return measure.Example{Text: text, URL: r.urlOf(c)}
}

func kindOf(t session.BufferType) string {
	if t == session.BinaryMessage {
		return "binary"
	}
	return "text"
}

// urlOf is the URL of c if there are several.
func (r *Run) urlOf(c *conn) string {
	if c.endpoint == nil {
		return ""
	}
	url := r.plan.ShowURL(c.k, c.endpoint)
	if url == r.plan.Show() {
		return ""
	}
	return url
}

// ruleOf is the rule that the server broke, with its section; "" if it is no such
// error.
func ruleOf(err error) string {
	var rule session.Error
	var syntax parse.Error
	switch {
	case errors.As(err, &rule):
		err = rule
	case errors.As(err, &syntax):
		err = syntax
	default:
		return ""
	}
	_, text, _ := strings.Cut(err.Error(), ": ")
	return text
}
