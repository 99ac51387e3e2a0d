package session

// Which extension of the response answers which offer: judgeExtensions walks the
// list, selection keeps what is taken.

import "github.com/zeroshake/zeroshake/parse"

// selection is what a response selects of the offered extensions.
type selection struct {
	order   [maxExtensions]uint8 // indices of offers, in response order
	n       int
	taken   uint64 // bit i: offer i is selected
	deflate deflateAnswer
}

// judgeExtensions: RFC 6455 section 9.1. The fields make one list (erratum
// 3433). A grammar error anywhere in it goes before what its elements mean.
func (c *Client) judgeExtensions(r *parse.Response, n *parse.Notes, s *selection) Error {
	const known = parse.SecWebSocketExtensions
	if !n.Repeated(known) && s.addPlain(c.request.extensions, r.Fields[n.First(known)].Value) {
		return 0
	}
	elements := 0
	var first Error
	for i := n.First(known); i >= 0; i = next(r.Fields, i, known) {
		x := parse.ScanExtensions(r.Fields[i].Value)
		for x.Next() {
			elements++
			if first == 0 {
				at := x.Offset() - len(x.Name())
				if first = s.add(c.request.extensions, &x); first != 0 {
					c.refuse(first, i, at)
				}
			}
		}
		if x.Err() != nil {
			return c.refuse(ErrExtensionsSyntax, i, x.Offset())
		}
		if !n.Repeated(known) {
			break
		}
	}
	if elements == 0 {
		return c.refuse(ErrExtensionsEmpty, n.First(known), -1)
	}
	return first
}

// next returns the index of the next field behind i that is known, or -1.
func next(fields []parse.Field, i int, known parse.Known) int {
	for i++; i < len(fields); i++ {
		if fields[i].Is(known.String()) {
			return i
		}
	}
	return -1
}

// add maps the response element that x is at to one of the offers, each of
// which can be selected once.
func (s *selection) add(offers []extension, x *parse.Extensions) Error {
	if string(x.Name()) == permessageDeflate {
		return s.addDeflate(offers, x)
	}
	chosen, e := -1, ErrExtensionNotOffered
	for i := range offers {
		if offers[i].name != string(x.Name()) {
			continue
		}
		if s.taken>>i&1 != 0 {
			e = ErrExtensionTaken
			continue
		}
		if same := equalParams(offers[i].params, *x); chosen < 0 || same {
			if chosen = i; same {
				break
			}
		}
	}
	if chosen < 0 {
		return e
	}
	s.take(chosen)
	return 0
}

func (s *selection) addDeflate(offers []extension, x *parse.Extensions) Error {
	if s.deflate.agreed {
		return ErrDeflateTwice
	}
	if e := s.deflate.read(x); e != 0 {
		return e
	}
	return s.agree(offers)
}

// agree takes the first offer that the permessage-deflate answer fits; the
// reason given otherwise is that of the first offer, the preferred one.
func (s *selection) agree(offers []extension) (e Error) {
	for i := range offers {
		offer := offers[i].deflate
		if offer == nil {
			continue
		}
		reason := s.deflate.fits(offer)
		if reason == 0 {
			s.deflate.agree(offer)
			s.take(i)
			return 0
		}
		if e == 0 {
			e = reason
		}
	}
	if e == 0 {
		e = ErrExtensionNotOffered
	}
	return e
}

// addPlain is add for a value that is one permessage-deflate and nothing
// unusual, if an offer fits it. It knows no rule: it is a short way past the
// ones above.
func (s *selection) addPlain(offers []extension, value []byte) bool {
	if s.deflate.readPlain(value) && s.agree(offers) == 0 {
		return true
	}
	s.deflate = deflateAnswer{}
	return false
}

func (s *selection) take(offer int) {
	s.order[s.n] = uint8(offer)
	s.n++
	s.taken |= 1 << offer
}

// equalParams: the same parameters in the same order, values compared as they
// are without quotes; one that is there is never empty. x is a copy: its
// caller's cursor stays.
func equalParams(params []param, x parse.Extensions) bool {
	for _, want := range params {
		if !x.NextParam() {
			return false
		}
		p := x.Param()
		if string(p.Name) != want.name || !equalValue(p.Raw, want.value) {
			return false
		}
	}
	return !x.NextParam()
}

func equalValue(raw []byte, value string) bool {
	i := 0
	for k := 0; k < len(raw); k++ {
		if raw[k] == '\\' {
			k++
		}
		if i == len(value) || raw[k] != value[i] {
			return false
		}
		i++
	}
	return i == len(value)
}
