package fuzz

import (
	"strings"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// A verdict is what EndHandshake says.
type verdict struct {
	err         error
	selected    []int
	subprotocol int
}

// judge is the twin of Client.EndHandshake: RFC 6455 section 4.1 from top to
// bottom, in strings.
func judge(o session.Offer, r *parse.Response, accept string) verdict {
	fail := func(e session.Error) verdict { return verdict{err: e, subprotocol: -1} }
	values := func(name string) (list []string) {
		for _, f := range r.Fields {
			if fold(string(f.Name), name) {
				list = append(list, strings.Trim(string(f.Value), " \t"))
			}
		}
		return list
	}

	if r.Status != 101 {
		versions := values("Sec-WebSocket-Version")
		if list, _ := parsetest.Tokens(strings.Join(versions, ",")); versions == nil || contains(list, "13") {
			return fail(session.ErrUnexpectedStatus)
		}
		return fail(session.ErrUnsupportedVersion)
	}

	switch upgrade := values("Upgrade"); {
	case len(upgrade) == 0:
		return fail(session.ErrUpgradeMissing)
	case len(upgrade) > 1:
		return fail(session.ErrUpgradeRepeated)
	case !fold(upgrade[0], "websocket"):
		return fail(session.ErrUpgradeValue)
	}

	lines, listed := values("Connection"), false
	for _, line := range lines {
		list, _ := parsetest.Tokens(line)
		for _, token := range list {
			listed = listed || fold(token, "Upgrade")
		}
	}
	switch {
	case lines == nil:
		return fail(session.ErrConnectionMissing)
	case !listed:
		return fail(session.ErrConnectionValue)
	}

	switch proof := values("Sec-WebSocket-Accept"); {
	case len(proof) == 0:
		return fail(session.ErrAcceptMissing)
	case len(proof) > 1:
		return fail(session.ErrAcceptRepeated)
	case proof[0] != accept:
		return fail(session.ErrAcceptValue)
	}

	selected, e := negotiate(o.Extensions, values("Sec-WebSocket-Extensions"))
	if e != 0 {
		return fail(e)
	}

	subprotocol := -1
	switch chosen := values("Sec-WebSocket-Protocol"); {
	case len(chosen) == 0 && (len(o.Subprotocols) == 0 || o.SubprotocolOptional):
	case len(chosen) == 0:
		return fail(session.ErrSubprotocolMissing)
	case len(o.Subprotocols) == 0:
		return fail(session.ErrSubprotocolUnasked)
	case len(chosen) > 1:
		return fail(session.ErrSubprotocolRepeated)
	case chosen[0] == "":
		return fail(session.ErrSubprotocolEmpty)
	case !parse.IsToken(chosen[0]):
		return fail(session.ErrSubprotocolValue)
	case !contains(o.Subprotocols, chosen[0]):
		return fail(session.ErrSubprotocolNotOffered)
	default:
		for o.Subprotocols[subprotocol+1] != chosen[0] {
			subprotocol++
		}
		subprotocol++
	}
	return verdict{nil, selected, subprotocol}
}

// fold reports whether a is b, ASCII case ignored; b is ASCII.
func fold(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// negotiate finds the offer for each element of the response's lines.
func negotiate(offers, lines []string) (selected []int, e session.Error) {
	var answers []parsetest.Extension
	for _, line := range lines {
		list, ok := parsetest.Extensions(line)
		if !ok {
			return nil, session.ErrExtensionsSyntax
		}
		answers = append(answers, list...)
	}
	if lines != nil && answers == nil {
		return nil, session.ErrExtensionsEmpty
	}
	taken := make([]bool, len(offers))
	deflated := false
	for _, answer := range answers {
		if answer.Name == deflateName {
			if !wellFormed(answer.Params) || deflated {
				return nil, session.ErrDeflateParameter
			}
		}
		offered, first, same := false, -1, -1
		for i, entry := range offers {
			list, _ := parsetest.Extensions(entry)
			if list[0].Name != answer.Name {
				continue
			}
			offered = true
			switch {
			case taken[i], answer.Name == deflateName && !justifies(list[0].Params, answer.Params):
				continue
			case first < 0:
				first = i
			}
			if same < 0 && answer.Name != deflateName && equal(list[0].Params, answer.Params) {
				same = i
			}
		}
		switch {
		case !offered:
			return nil, session.ErrExtensionNotOffered
		case same >= 0:
			first = same
		case first < 0 && answer.Name == deflateName:
			return nil, session.ErrDeflateParameter
		case first < 0:
			return nil, session.ErrExtensionTaken
		}
		taken[first] = true
		selected = append(selected, first)
		deflated = deflated || answer.Name == deflateName
	}
	return selected, 0
}

func equal(a, b []parsetest.Param) bool {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

const deflateName = "permessage-deflate"

func param(params []parsetest.Param, name string) *parsetest.Param {
	for i := range params {
		if params[i].Name == name {
			return &params[i]
		}
	}
	return nil
}

// wellFormed is D1 to D5, what RFC 7692 section 7.1 asks of a response alone.
func wellFormed(params []parsetest.Param) bool {
	for i, p := range params {
		if param(params[:i], p.Name) != nil {
			return false
		}
		switch p.Name {
		case "server_no_context_takeover", "client_no_context_takeover":
			if !p.Bare {
				return false
			}
		case "server_max_window_bits", "client_max_window_bits":
			if !contains([]string{"8", "9", "10", "11", "12", "13", "14", "15"}, p.Value) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// justifies is D6 to D13, what it asks of a response to this offer.
func justifies(offer, answer []parsetest.Param) bool {
	bits := func(p *parsetest.Param) int { return strings.Index("  8 9 101112131415", pad(p.Value)) / 2 }
	if param(offer, "server_no_context_takeover") != nil && param(answer, "server_no_context_takeover") == nil {
		return false
	}
	if want := param(offer, "server_max_window_bits"); want != nil {
		got := param(answer, "server_max_window_bits")
		if got == nil || bits(got) > bits(want) {
			return false
		}
	}
	return param(answer, "client_max_window_bits") == nil || param(offer, "client_max_window_bits") != nil
}

func pad(s string) string {
	if len(s) == 1 {
		return " " + s
	}
	return s
}
