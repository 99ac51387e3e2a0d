package run

import (
	"errors"
	"strconv"
	"strings"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// failureReason is the short name under which a connection that did not open is
// counted: the phase and what happened, from a bounded set, the same in every
// run.
func failureReason(f *loop.Failure) string {
	var refused *dial.RefusedError
	switch {
	case errors.As(f.Err, &refused):
		return "proxy: status " + strconv.Itoa(refused.Status)
	case f.Response != nil && f.Response.Status != 101:
		return "status " + strconv.Itoa(f.Response.Status)
	case f.Response != nil || f.Phase == dial.PhaseRequest || f.Phase == dial.PhaseResponse:
		return "handshake: " + cause(f.Err)
	default:
		return f.Phase.String() + ": " + cause(f.Err)
	}
}

// endingReason is that of a connection that was open.
func endingReason(e *loop.Ending) string {
	switch {
	case e.Err != nil:
		return cause(e.Err)
	case e.Status == session.StatusEmpty:
		return "closed without a status"
	default:
		return "closed with " + strconv.Itoa(int(e.Status))
	}
}

// explainFailure says in a sentence what goes with a reason.
func explainFailure(f *loop.Failure, mask masker) string {
	text := inFlags.Replace(f.Explain())
	var (
		rule   session.Error
		syntax parse.Error
		own    string // words of ours, which may have quotes as well
	)
	switch {
	case f.Response != nil && f.Response.Status != 101:
		if _, answer, ok := strings.Cut(text, f.Err.Error()+": "); ok { // which the reason says already
			text = answer
		}
	case errors.As(f.Err, &rule):
		own = rule.Error()
	case errors.As(f.Err, &syntax):
		own = syntax.Error()
	}
	before, after, ok := strings.Cut(text, own)
	if !ok {
		before, after, own = "", text, ""
	}
	return withHint(before+own+mask.quoted(after), failureReason(f))
}

// explainEnding is the same of a connection that was open. The reason that the
// server gives is its own words.
func explainEnding(e *loop.Ending, mask masker) string {
	text := "the server closed the connection"
	switch {
	case e.Err != nil:
		text = mask.quoted(e.Err.Error())
	case len(e.Reason) > 0:
		text = "the server says " + mask.quoted(strconv.Quote(string(e.Reason)))
	}
	return withHint(text, endingReason(e))
}

func withHint(text, reason string) string {
	if hint, ok := hints[reason]; ok {
		text += " (" + hint + ")"
	}
	return printable(text)
}

// inFlags turns what package session advises a programmer to do into what a user
// of storm can do.
var inFlags = strings.NewReplacer(
	"; it wants credentials: an Authorization header in Offer.Header", "",
	"; Offer.SubprotocolOptional accepts that", "",
	": use the address in its Location header", "", // which is shown
	"; offer it in Offer.Subprotocols if it is wanted", "; --subprotocol offers it",
	"; it refuses for a time: its Retry-After header, if there is one, says how long", "", // which is shown
)

var hints = map[string]string{
	"connect: no free local port":              "--local-addr with several addresses gives each its own ports",
	"connect: too many open files":             "raise ulimit -n, or choose a smaller -n",
	"status 401":                               "it wants credentials: --user NAME:PASSWORD, --bearer TOKEN or -H 'Authorization: ...'",
	"handshake: connection closed":             "by the server, before the end of an answer",
	"no reply to a message":                    "--reply-timeout gives it longer; --no-reply awaits none",
	"tls: certificate of an unknown authority": "--cacert FILE trusts it, --insecure leaves certificates unverified",
	"tls: certificate for another host":        "--sni NAME expects another name, --insecure leaves certificates unverified",
}
