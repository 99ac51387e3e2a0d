package serve

import (
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed cases/*.txt
var files embed.FS

// A Case is one connection: what the server sends, and what the client must.
type Case struct {
	ID    string // its number, as in Autobahn's test suite: group.case
	Title string
	// Informational: RFC 6455 does not say what the client has to do.
	Informational bool
	steps         []step
}

type step struct {
	line    string // as it is written
	verb    string
	octets  []byte // a frame's first octet and payload; of raw all
	n       int
	allowed [][]byte // payloads of the close
}

// Cases returns those of cases/*.txt, in order.
func Cases() ([]Case, error) {
	var cases []Case
	names, err := files.ReadDir("cases")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := files.ReadFile(path.Join("cases", name.Name()))
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(text), "\n") {
			if cases, err = add(cases, line); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name.Name(), i+1, err)
			}
		}
	}
	return cases, nil
}

// add reads a line.
func add(cases []Case, line string) ([]Case, error) {
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch {
	case verb == "" || strings.HasPrefix(verb, "#"):
		return cases, nil
	case verb == "==" || verb == "=?":
		id, title, _ := strings.Cut(rest, " ")
		return append(cases, Case{ID: id, Title: title, Informational: verb == "=?"}), nil
	case len(cases) == 0:
		return nil, fmt.Errorf("no case before it")
	}
	last := &cases[len(cases)-1]
	if steps, ok := texts[verb]; ok {
		if len(last.steps) > 0 { // the next of a list
			cases = append(cases, Case{ID: next(last.ID), Title: last.Title})
			last = &cases[len(cases)-1]
		}
		var err error
		last.steps, err = steps(line, rest)
		return cases, err
	}
	s := step{line: line, verb: verb}
	var err error
	switch verb {
	case ">", "<", "<?", "raw":
		s.octets, err = octets(rest)
		if err == nil && len(s.octets) == 0 {
			err = fmt.Errorf("no frame")
		}
	case "chop":
		s.n, err = strconv.Atoi(rest)
	case "quiet", "end":
	case "closes", "fails":
		for _, status := range strings.Split(rest, "|") {
			var payload []byte
			if payload, err = octets(status); err != nil {
				break
			}
			s.allowed = append(s.allowed, payload)
		}
	default:
		err = fmt.Errorf("unknown: %s", verb)
	}
	last.steps = append(last.steps, s)
	return cases, err
}

// next returns the number behind id.
func next(id string) string {
	dot := strings.LastIndexByte(id, '.')
	n, _ := strconv.Atoi(id[dot+1:])
	return id[:dot+1] + strconv.Itoa(n+1)
}

// texts are the lines that are a case each, of a text: valid; with a wrong
// octet behind the bar; or ending within a code point.
var texts = map[string]func(line, rest string) ([]step, error){
	"good": func(line, rest string) ([]step, error) {
		p, err := octets(rest)
		steps := []step{message(line, p), echoed(line, p)}
		steps = append(append(steps, fragments(line, p)...), frame(line, 0x80, nil), echoed(line, p))
		steps = append(steps, step{line: line, verb: "chop", n: 1}, message(line, p), echoed(line, p))
		return append(steps, step{line: line, verb: "closes", allowed: [][]byte{{0x03, 0xe8}}}), err
	},
	"bad": func(line, rest string) ([]step, error) {
		before, after, found := strings.Cut(rest, "|")
		p, err := octets(before)
		q, wrong := octets(after)
		if err == nil && (!found || wrong != nil || len(q) == 0) {
			err = fmt.Errorf("no octet behind a bar")
		}
		if err != nil {
			return nil, err
		}
		steps := append(fragments(line, p), step{line: line, verb: "quiet"}, frame(line, 0x00, q[:1]))
		return append(steps, failure(line)), nil
	},
	"wrong": func(line, rest string) ([]step, error) {
		p, err := octets(rest)
		return []step{message(line, p), failure(line)}, err
	},
	"cut": func(line, rest string) ([]step, error) {
		p, err := octets(rest)
		steps := append(fragments(line, p), step{line: line, verb: "quiet"}, frame(line, 0x80, nil))
		return append(steps, failure(line)), err
	},
}

func frame(line string, first byte, payload []byte) step {
	return step{line: line, verb: ">", octets: append([]byte{first}, payload...)}
}

func message(line string, p []byte) step { return frame(line, 0x81, p) }

func echoed(line string, p []byte) step {
	return step{line: line, verb: "<", octets: append([]byte{0x81}, p...)}
}

// fragments are a text that begins with p, an octet a frame.
func fragments(line string, p []byte) []step {
	steps := []step{frame(line, 0x01, nil)}
	for _, octet := range p {
		steps = append(steps, frame(line, 0x00, []byte{octet}))
	}
	return steps
}

func failure(line string) step {
	return step{line: line, verb: "fails", allowed: [][]byte{{0x03, 0xef}}} // 1007
}

// octets reads words: 0a is an octet, "text" its octets, 1000 a close status,
// and 300x"a" repeats what is behind the x.
func octets(s string) (p []byte, err error) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		count := 1
		if n, rest, ok := strings.Cut(s, "x"); ok && n != "" && strings.Trim(n, "0123456789") == "" {
			if count, err = strconv.Atoi(n); err != nil {
				return nil, err
			}
			s = rest
		}
		var word string
		var q []byte
		if s != "" && s[0] == '"' {
			if word, err = strconv.QuotedPrefix(s); err != nil {
				return nil, err
			}
			text, err := strconv.Unquote(word)
			if err != nil {
				return nil, err
			}
			q = []byte(text)
		} else if word, _, _ = strings.Cut(s, " "); len(word) == 4 {
			status, err := strconv.ParseUint(word, 10, 16)
			if err != nil {
				return nil, err
			}
			q = []byte{byte(status >> 8), byte(status)}
		} else if q, err = hex.DecodeString(word); err != nil || len(q) != 1 {
			return nil, fmt.Errorf("%q is not an octet", word)
		}
		p = append(p, slices.Repeat(q, count)...)
		s = s[len(word):]
	}
	return p, nil
}
