package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// reason is the short name under which an error is counted: the phase of the
// dial and what happened, from a bounded set, the same in every run.
func reason(err error) string {
	var refused *dial.RefusedError
	if errors.As(err, &refused) {
		if refused.Status != 101 {
			return "status " + strconv.Itoa(refused.Status)
		}
		err = refused.Err
	}
	var e *dial.Error
	var closed *dial.CloseError
	switch {
	case errors.As(err, &closed) && closed.Err == nil:
		return "closed with " + strconv.Itoa(int(closed.Status))
	case !errors.As(err, &e) && refused == nil:
		return cause(err) // the end of an open connection
	case refused != nil || e.Phase == dial.PhaseRequest || e.Phase == dial.PhaseResponse:
		return "handshake: " + cause(err)
	default:
		return e.Phase.String() + ": " + cause(err)
	}
}

// An explainer says in a sentence what goes with a reason.
type explainer struct {
	timeout time.Duration
	secrets secrets
}

func newExplainer(p *plan) explainer { return explainer{p.timeout, p.secrets()} }

func (x explainer) explain(err error) string {
	text := x.text(err)
	if hint, ok := hints[reason(err)]; ok {
		text += " (" + hint + ")"
	}
	return printable(text)
}

func (x explainer) text(err error) string {
	var (
		e       *dial.Error
		refused *dial.RefusedError
		rule    session.Error
		syntax  parse.Error
	)
	if errors.As(err, &e) {
		err = e.Err // the report has the URL already
	}
	text := inFlags.Replace(err.Error())
	own := "" // words of ours, which may have quotes as well
	switch {
	case errors.As(err, &refused) && refused.Status != 101:
		_, answer, _ := strings.Cut(text, refused.Err.Error()+": ") // which the reason says already
		text = cmp.Or(answer, text)
	case errors.As(err, &rule):
		own = rule.Error()
	case errors.As(err, &syntax):
		own = syntax.Error()
	case errors.Is(err, context.DeadlineExceeded) && e != nil && e.Phase == dial.PhaseConnect:
		return fmt.Sprintf("no connection within --timeout %v", x.timeout)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within --timeout %v", x.timeout)
	}
	if before, after, ok := strings.Cut(text, own); ok {
		return before + own + x.secrets.maskQuoted(after)
	}
	return x.secrets.maskQuoted(text)
}

// inFlags turns what package session advises a programmer to do into what a user
// of storm can do.
var inFlags = strings.NewReplacer(
	"; it wants credentials: an Authorization header in Offer.Header", "",
	"; Offer.SubprotocolOptional accepts that", "",
)

var hints = map[string]string{
	"connect: no free local port":              "--local-addr with several addresses gives each its own ports",
	"connect: too many open files":             "raise ulimit -n, or choose a smaller -n",
	"status 401":                               "it wants credentials: -H 'Authorization: ...', or USER:PASSWORD@ before the host of the URL",
	"handshake: connection closed":             "by the server, before the end of an answer",
	"tls: certificate of an unknown authority": "SSL_CERT_FILE=ca.pem in the environment trusts it (Linux), --insecure leaves certificates unverified",
	"tls: certificate for another host":        "--insecure leaves certificates unverified",
}
